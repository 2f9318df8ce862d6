import assert from "node:assert/strict";
import { test } from "node:test";
import { format, MOST, parse, stroke } from "../../src/playground/web/static/brush.js";
import { judge } from "../../src/playground/web/static/checks.js";
import { ticks } from "../../src/playground/web/static/charts.js";
import { about, duration, fill, number } from "../../src/playground/web/static/format.js";
import { suits } from "../../src/playground/web/static/when.js";

test("numbers for readers", () => {
  assert.equal(number(1234), "1,234");
  assert.equal(number(0.070512), "0.0705");
  assert.equal(number(-0.5), "−0.5");
  assert.equal(number(0.999, 2), "1.00");
  assert.equal(number(-0.001, 2), "0.00");
  assert.equal(number(NaN), "–");
  assert.equal(duration(3.4), "3");
  assert.equal(duration(13), "15");
});

test("templates take names, decimals and quotients, and nothing else", () => {
  assert.equal(fill("{a:1} {a/b:2} {name} {gone}", { a: 3, b: 2, name: "x" }), "3.0 1.50 x –");
  assert.equal(fill("${alert(1)} {a}", { a: 1 }), "${alert(1)} 1");
});

test("shares are told in percent", () => {
  assert.equal(fill("{a:%} {b:%} {c:%}", { a: 0.9961, b: 1, c: 0 }), "99.6% 100% 0%");
});

test("what is about some parameters suits those", () => {
  assert.ok(suits(null, {}));
  assert.ok(suits({ data: "ring|moons", w: 2 }, { data: "moons", w: 2 }));
  assert.ok(!suits({ data: "ring|moons", w: 2 }, { data: "digits", w: 2 }));
  assert.deepEqual(["a|b", " ", ""].map((text) => suits({ text: "*" }, { text })), [true, false, false], "any text at all");
});

test("drawn points go to text and back, apart and inside", () => {
  assert.deepEqual(parse(format([[1, -2], [30, 40]])), [[1, -2], [30, 40]]);
  assert.deepEqual(parse(""), []);
  assert.deepEqual(stroke(null, [500, -900.4], 5), [[200, -200]]);
  assert.equal(stroke([0, 0], [70, 0], MOST).length, 10);
  assert.equal(stroke([0, 0], [70, 0], 4).length, 4, "no more than there is room for");
  assert.deepEqual(stroke([0, 0], [3, 0], MOST), [], "not closer than the spacing");
});

test("a check is judged by the last frame of its chapter", () => {
  const frames = [0.9, 0.2].map((sw2, step) => ({ step, phase: "train", metrics: { sw2, floor: 0.1 }, texts: {}, arrays: {} }));
  const check = { ask: "", phase: "train", value: "sw2", over: "floor", told: "", options: [{ say: "", below: 1.5 }, { say: "", below: 5 }, { say: "" }] };
  assert.equal(judge(check, frames)?.right, 1);
  assert.equal(judge({ ...check, over: undefined }, frames)?.right, 0);
  assert.equal(judge({ ...check, phase: "reverse" }, frames), null);
});

test("logarithmic axes have plain numbers", () => {
  assert.deepEqual(ticks([0.06, 0.4]).tickvals.filter((v) => v >= 0.05 && v <= 0.5), [0.05, 0.1, 0.2, 0.5]);
  assert.ok(ticks([0.01, 100]).tickvals.every((value) => Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6)));
});

test("a sentence about a frame has its numbers, its texts and its step, and nothing of them becomes a template again", () => {
  const frame = /** @type {any} */ ({ step: 3, metrics: { loss: 0.25 }, texts: { block: ["Down", "Block"], loud: ["{loss}"] } });
  assert.equal(about("{step}: {block} {loss:1} {data} {loud}", frame, { data: "faces" }), "3: Down Block 0.3 faces {loss}");
  assert.equal(about("{tokens} tokens", /** @type {any} */ ({ step: 1, metrics: { tokens: 2 }, texts: { tokens: ["a", "b"] } })), "2 tokens", "a number comes before a text of its name");
  assert.equal(about("{step}", /** @type {any} */ ({ step: 1, metrics: {} })), "1");
});
