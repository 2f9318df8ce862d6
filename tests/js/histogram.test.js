import assert from "node:assert/strict";
import { test } from "node:test";
import { ceiling, edges, steps } from "../../src/playground/web/static/histogram.js";

const frame = (/** @type {Record<string, number[]>} */ arrays) => ({
  step: 0, phase: "a", metrics: {}, texts: {},
  arrays: Object.fromEntries(Object.entries(arrays).map(([name, data]) => [name, { data: Float32Array.from(data), shape: [data.length] }])),
});

test("the axis reaches half a bin beyond the outer centres", () => {
  assert.deepEqual(edges([-1, 0, 1]), [-1.5, 1.5]);
  assert.deepEqual(edges([3]), [2.5, 3.5]);
});

test("one height for the whole chapter, of every series, so that the axis keeps still", () => {
  const frames = [frame({ a: [1, 4], b: [2, 2] }), frame({ a: [10, 0] }), frame({ a: [0, 0], b: [0, 20], other: [99, 99] })];
  assert.equal(ceiling(frames, ["a", "b"]), 21);
  assert.equal(ceiling(frames.slice(0, 2), ["a", "b"]), 10.5);
  assert.equal(ceiling([], ["a"]), 1);
});

test("a step line has two corners a bin, from edge to edge", () => {
  assert.deepEqual(steps([1, 2], 4), [[0, 0.25], [0.5, 0.25], [0.5, 0.5], [1, 0.5]]);
});
