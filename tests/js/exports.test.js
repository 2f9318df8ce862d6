import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, wrap } from "../../src/playground/web/static/exports.js";
import { spread } from "../../src/playground/web/static/gif.js";
import { chapterAt } from "../../src/playground/web/static/timeline.js";

const frame = (/** @type {string} */ phase, /** @type {number} */ step, /** @type {Record<string, number>} */ metrics) => ({ phase, step, metrics, texts: {}, arrays: {} });

test("a row a frame, a column a metric, in the order in which they appear", () => {
  const frames = [frame("forward", 0, { t: 0, snr: 13.5 }), frame("train", 5, { t: 1, loss: 1e-7 })];
  assert.equal(csv(frames), "frame,phase,step,t,snr,loss\r\n0,forward,0,0,13.5,\r\n1,train,5,1,,1e-7\r\n");
  assert.equal(csv([]), "frame,phase,step\r\n");
});

test("what would break a row is quoted", () => {
  assert.equal(csv([frame('a "b", c', 0, { "x\ny": 1 })]), 'frame,phase,step,"x\ny"\r\n0,"a ""b"", c",0,1\r\n');
});

test("captions break between words, Chinese anywhere but before its punctuation", () => {
  const fits = (/** @type {string} */ line) => line.length <= 8;
  assert.deepEqual(wrap("one two three", fits), ["one two", "three"]);
  assert.deepEqual(wrap("unbreakable word", fits), ["unbreakable", "word"]);
  assert.deepEqual(wrap("一二三四五六七八，九", fits), ["一二三四五六七", "八，九"]);
  assert.deepEqual(wrap("", fits), [""]);
});

test("a film has every frame, or so many that lie evenly", () => {
  assert.deepEqual(spread(3, 120), [0, 1, 2]);
  assert.deepEqual(spread(1, 120), [0]);
  assert.deepEqual(spread(0, 120), []);
  const some = spread(500, 120);
  assert.equal(new Set(some).size, 120);
  assert.deepEqual([some[0], some[119]], [0, 499]);
});

test("a chapter's frames up to one", () => {
  const frames = ["a", "b", "b", "b", "a"].map((phase, step) => frame(phase, step, {}));
  assert.deepEqual([0, 2, 4].map((i) => chapterAt(frames, i).map(({ step }) => step)), [[0], [1, 2], [4]]);
});
