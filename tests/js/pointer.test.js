import assert from "node:assert/strict";
import { test } from "node:test";
import { hearing, strokes } from "../../src/playground/web/static/pointer.js";

class Element extends EventTarget {
  getBoundingClientRect() {
    return { left: 100, top: 50 };
  }
  setPointerCapture() {}
}

/** What a board was told of these events: name and what an event says besides a first finger's. */
function told(events, how = {}) {
  const element = new Element();
  const heard = [];
  const say = (name) => (...at) => heard.push([name, ...at.flat()].join(" "));
  strokes(element, { begin: ([x, y], erases) => heard.push(`begin ${x} ${y}${erases ? " erases" : ""}`) > 0, move: say("move"), end: say("end"), cancel: say("cancel"), hover: say("hover") }, how);
  for (const event of events) send(element, event);
  return heard;
}

function send(element, [name, x, y, more = {}]) {
  const buttons = name === "up" || name === "cancel" ? 0 : 1;
  const said = { pointerId: 1, isPrimary: true, pointerType: "touch", button: name === "move" ? -1 : 0, buttons, clientX: 100 + x, clientY: 50 + y, ctrlKey: false, ...more };
  const event = Object.assign(new Event(name === "click" ? "click" : `pointer${name}`, { cancelable: true }), said);
  if (more.at !== undefined) Object.defineProperty(event, "timeStamp", { value: more.at });
  element.dispatchEvent(event);
}

const SECOND = { pointerId: 2, isPrimary: false };
const MOUSE = { pointerType: "mouse" };

test("one finger draws, in pixels of the element", () => {
  assert.deepEqual(told([["down", 3, 4], ["move", 5, 6], ["up", 5, 6]]), ["begin 3 4", "move 5 6", "end"]);
});

test("a second finger takes back what has only just begun, and nothing draws until all are lifted", () => {
  const both = [["down", 3, 4, { at: 0 }], ["move", 5, 6], ["down", 60, 4, { ...SECOND, at: 90 }], ["move", 5, 40], ["move", 60, 40, SECOND], ["up", 60, 40, SECOND], ["move", 5, 80], ["up", 5, 80]];
  assert.deepEqual(told(both), ["begin 3 4", "move 5 6", "cancel"]);
  assert.deepEqual(told([...both, ["down", 1, 1], ["up", 1, 1]]).slice(-2), ["begin 1 1", "end"]);
  const rested = [["down", 3, 4, { at: 0 }], ["move", 8, 4], ["down", 60, 4, { ...SECOND, at: 5000 }]];
  assert.deepEqual(told(rested).at(-1), "cancel", "a finger that lay still drew nothing that was meant");
});

test("a second finger ends a stroke that has long been drawn", () => {
  assert.deepEqual(told([["down", 3, 4, { at: 0 }], ["move", 90, 4], ["down", 60, 90, { ...SECOND, at: 5000 }], ["cancel", 90, 4], ["cancel", 60, 90, SECOND]]), ["begin 3 4", "move 90 4", "end"]);
});

test("what the browser cancels is taken back", () => {
  assert.deepEqual(told([["down", 3, 4, { at: 0 }], ["move", 200, 4], ["cancel", 0, 0, { at: 5000 }]]), ["begin 3 4", "move 200 4", "cancel"]);
});

test("other buttons draw nothing", () => {
  for (const [button, buttons] of [[1, 4], [2, 2], [3, 8], [5, 32]]) {
    const more = { ...MOUSE, button, buttons };
    assert.deepEqual(told([["down", 3, 4, more], ["move", 50, 50, { ...MOUSE, buttons }], ["up", 50, 50, more]]), []);
  }
  assert.deepEqual(told([["down", 3, 4, { ...MOUSE, ctrlKey: true }], ["up", 3, 4, MOUSE]]), [], "a Mac's secondary click");
});

test("the stroke ends with its own button, whatever else is held", () => {
  assert.deepEqual(told([["down", 3, 4, MOUSE], ["move", 9, 9, { ...MOUSE, buttons: 3 }], ["move", 20, 20, { ...MOUSE, buttons: 2 }], ["move", 30, 30, { ...MOUSE, buttons: 2 }]]), ["begin 3 4", "move 9 9", "end"]);
});

test("a mouse that goes by hovers; a finger never does", () => {
  assert.deepEqual(told([["move", 3, 4, { ...MOUSE, buttons: 0 }], ["move", 5, 5, SECOND]]), ["hover 3 4"]);
});

test("a palm beside the pen changes nothing; a pen after the palm draws", () => {
  const [pen, palm] = [{ pointerType: "pen", pointerId: 7 }, { pointerId: 8 }];
  assert.deepEqual(told([["down", 3, 4, { ...pen, at: 0 }], ["down", 90, 90, { ...palm, at: 50 }], ["move", 5, 5, pen], ["up", 5, 5, pen]]), ["begin 3 4", "move 5 5", "end"]);
  assert.deepEqual(told([["down", 90, 90, { ...palm, at: 0 }], ["down", 3, 4, { ...pen, at: 50 }], ["up", 3, 4, pen]]), ["begin 90 90", "cancel", "begin 3 4", "end"]);
});

test("a pen that is turned round erases where that means something; its side button draws nothing", () => {
  const pen = { pointerType: "pen" };
  const turned = [["down", 3, 4, { ...pen, button: 5, buttons: 32 }], ["move", 5, 5, { ...pen, buttons: 32 }], ["up", 5, 5, { ...pen, button: 5 }]];
  assert.deepEqual(told(turned), []);
  assert.deepEqual(told(turned, { erases: true }), ["begin 3 4 erases", "move 5 5", "end"]);
  assert.deepEqual(told([["down", 3, 4, { ...pen, button: 2, buttons: 2 }], ["up", 3, 4, pen]], { erases: true }), []);
});

test("where one finger scrolls, nothing begins before it goes sideways or is lifted", () => {
  const patient = { patient: true };
  assert.deepEqual(told([["down", 3, 4], ["move", 4, 20], ["cancel", 4, 20]], patient), []);
  assert.deepEqual(told([["down", 3, 4], ["move", 4, 40], ["up", 4, 40]], patient), []);
  assert.deepEqual(told([["down", 3, 4], ["move", 20, 6], ["up", 20, 6]], patient), ["begin 3 4", "move 20 6", "end"]);
  assert.deepEqual(told([["down", 3, 4], ["up", 4, 5]], patient), ["begin 3 4", "end"]);
  assert.deepEqual(told([["down", 3, 4, MOUSE], ["up", 4, 5, MOUSE]], patient), ["begin 3 4", "end"]);
});

test("what is picked knows a finger, hears the first one alone, and no dragging", () => {
  const canvas = new Element();
  const heard = [];
  const hear = hearing({ at: (_, x, y, touch) => `${x},${y}${touch ? " by finger" : ""}`, over: (found) => heard.push(`over ${found}`), chosen: (found) => heard.push(`chosen ${found}`) });
  const stage = { canvas };
  hear(stage);
  hear(stage);
  for (const event of [["move", 1, 2, { ...MOUSE, buttons: 0 }], ["down", 9, 9], ["move", 60, 60, SECOND], ["down", 60, 60, SECOND], ["click", 9, 10], ["click", 40, 9], ["leave", 0, 0]]) send(canvas, event);
  assert.deepEqual(heard, ["over 1,2", "chosen 9,10 by finger", "over null"]);
});
