import assert from "node:assert/strict";
import { test } from "node:test";
import { FRAMES_PER_SECOND, Timeline } from "../../src/playground/web/static/timeline.js";

const frame = (/** @type {number} */ step, phase = "a") => ({ step, phase, metrics: {}, texts: {}, arrays: {} });
const filled = (/** @type {string} */ phases) => {
  const timeline = new Timeline();
  timeline.reset(phases.length);
  [...phases].forEach((phase, i) => timeline.push(frame(i, phase)));
  return timeline;
};

test("the clock waits at the newest frame while a run goes on, and stops at its end", () => {
  const timeline = filled("aaa");
  timeline.playing = true;
  timeline.tick(10);
  assert.equal(timeline.index, 2);
  assert.equal(timeline.playing, true);
  timeline.push(frame(3));
  timeline.tick(1 / FRAMES_PER_SECOND);
  assert.equal(timeline.index, 3);
  timeline.end();
  timeline.tick(1);
  assert.equal(timeline.playing, false);
});

test("time never runs backwards", () => {
  const timeline = filled("aaa");
  timeline.playing = true;
  timeline.tick(-1);
  assert.equal(timeline.position, 0);
});

test("speed scales time and stays on its scale", () => {
  const timeline = filled("a".repeat(100));
  timeline.playing = true;
  timeline.faster(9);
  assert.equal(timeline.speed, 4);
  timeline.tick(1);
  assert.equal(timeline.position, 4 * FRAMES_PER_SECOND);
  timeline.faster(-9);
  assert.equal(timeline.speed, 0.25);
});

test("a loop begins again, a rest does not", () => {
  const timeline = filled("aaa");
  timeline.end();
  timeline.playing = timeline.loop = true;
  timeline.tick(10);
  assert.equal(timeline.index, 2, "the last frame is shown before it begins again");
  timeline.tick(0.01);
  assert.equal(timeline.index, 0);
  timeline.loop = false;
  timeline.tick(10);
  timeline.tick(10);
  assert.deepEqual([timeline.index, timeline.playing], [2, false]);
  timeline.toggle();
  assert.deepEqual([timeline.index, timeline.playing], [0, true]);
});

test("a frame a link asks for is shown once it is there", () => {
  const timeline = new Timeline();
  timeline.reset(5);
  timeline.wanted = 3;
  timeline.playing = true;
  [0, 1, 2].forEach((i) => timeline.push(frame(i)));
  assert.equal(timeline.tick(1), false);
  timeline.push(frame(3));
  assert.equal(timeline.index, 3);
});

test("a frame beyond the end of a run becomes its last", () => {
  const timeline = filled("aaa");
  timeline.wanted = 99;
  timeline.end();
  assert.equal(timeline.index, 2);
});

test("steps stop playing and stay inside", () => {
  const timeline = filled("aaa");
  timeline.playing = true;
  timeline.step(-1);
  assert.deepEqual([timeline.index, timeline.playing], [0, false]);
  for (let i = 0; i < 9; i++) timeline.step(1);
  assert.equal(timeline.index, 2);
});

test("chapters are the runs of equal phases, and pictures mix inside a chapter only", () => {
  const timeline = filled("aabbb");
  assert.deepEqual(timeline.chapters, [
    { phase: "a", start: 0, count: 2, coming: false },
    { phase: "b", start: 2, count: 3, coming: false },
  ]);
  timeline.seek(0.5);
  assert.equal(timeline.ahead?.mix, 0.5);
  timeline.seek(1.5);
  assert.equal(timeline.ahead, null);
});

test("the chapters to come have their places from the start, and take them as frames arrive", () => {
  const timeline = new Timeline();
  const planned = [
    { phase: "a", frames: 2 },
    { phase: "b", frames: 4 },
    { phase: "c", frames: 3 },
  ];
  timeline.reset(9, planned);
  const places = () => timeline.chapters.map(({ phase, start, coming }) => `${phase}${start}${coming ? "?" : ""}`).join(" ");
  assert.equal(places(), "a0? b2? c6?");
  ["a", "a", "b"].forEach((phase, i) => timeline.push(frame(i, phase)));
  assert.equal(places(), "a0 b2 c6?", "no name moves while frames arrive");
  timeline.push(frame(3, "c"));
  assert.equal(places(), "a0 b2 c3", "a chapter that was shorter than planned gives its room to the next");
  timeline.end();
  assert.deepEqual(timeline.chapters.at(-1), { phase: "c", start: 3, count: 1, coming: false }, "at the end only what is there");
});

test("a run that stops early, or goes another way than planned, shows what it has", () => {
  const timeline = new Timeline();
  timeline.reset(5, [{ phase: "a", frames: 2 }, { phase: "b", frames: 3 }]);
  timeline.push(frame(0, "a"));
  timeline.push(frame(1, "diverged"));
  assert.deepEqual(timeline.chapters.map(({ phase }) => phase), ["a", "diverged"]);
});
