import assert from "node:assert/strict";
import { test } from "node:test";
import { spread, traces } from "../../src/playground/web/static/curves.js";
import { members, membersOf, panels } from "../../src/playground/web/static/members.js";

const tensor = (/** @type {number[]} */ data, /** @type {number[]} */ ...shape) => ({ data: Float32Array.from(data), shape });
const frame = (/** @type {Record<string, any>} */ arrays, metrics = {}, step = 0) => ({ step, phase: "train", metrics, texts: {}, arrays });

test("each member has its own slice, and shares the rest", () => {
  const one = frame({ data: tensor([9, 9], 1, 2), sample: tensor([1, 2, 3, 4], 2, 2), sample_all: tensor([1, 2, 3, 4, 5, 6, 7, 8], 2, 2, 2) });
  assert.equal(membersOf(one, [{ array: "data" }, { array: "sample" }]), 2);
  assert.equal(membersOf(one, [{ array: "data" }]), 0);
  const [first, second] = members(one, 2);
  assert.deepEqual([...first.arrays.sample.data], [...one.arrays.sample.data], "the plain array is the first member's");
  assert.deepEqual([...second.arrays.sample.data], [5, 6, 7, 8]);
  assert.deepEqual(second.arrays.sample.shape, [2, 2]);
  assert.equal(second.arrays.data, one.arrays.data);
  assert.equal(members(one, 2)[1], second, "cut once a frame");
});

test("panels keep the stage's shape, overlap nowhere, fill what they can and stay inside", () => {
  for (const [count, width, height] of [[16, 740, 460], [16, 358, 224], [2, 300, 900], [5, 740, 460], [1, 100, 100]]) {
    const boxes = panels(count, width, height, 18);
    assert.equal(boxes.length, count);
    for (const { x, y, w, h } of boxes) {
      assert.ok(Math.abs(w / h - width / height) < 1e-9);
      assert.ok(x >= -1e-9 && y >= 18 - 1e-9 && x + w <= width + 1e-9 && y + h <= height + 1e-9);
    }
    for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) assert.ok(a.x + a.w <= b.x + 1e-9 || b.x + b.w <= a.x + 1e-9 || a.y + a.h + 18 <= b.y + 1e-9 || b.y + b.h + 18 <= a.y + 1e-9);
  }
  assert.equal(new Set(panels(16, 740, 460, 18).map(({ x }) => Math.round(x))).size, 4, "sixteen are four by four");
  for (const { x, y, w, h } of panels(16, 535, 390, 18, 1)) assert.ok(Math.abs(w - h) < 1e-9 && w > 80 && x >= -1e-9 && y >= 18 - 1e-9 && x + w <= 535 + 1e-9 && y + h <= 390 + 1e-9, "square worlds stand in square panels");
});

const chart = /** @type {any} */ ({ key: "loss", x: "step", phases: ["train"], series: [{ metric: "loss", color: "model", reference: false }, { metric: "floor", color: "data", reference: true }] });
const colors = (/** @type {string} */ name) => ({ model: "#d55e00", data: "#0072b2", ink: "#000000" })[name] ?? "";

test("many seeds are a band from the lowest to the highest and the median's line; one seed is a line", () => {
  const frames = [0, 1].map((step) => frame({}, { loss: 2, floor: 1, loss_low: 1, loss_median: 3, loss_high: 5 }, step));
  const found = traces(frames, chart, 0, colors);
  assert.deepEqual(found.map(({ y }) => y[1]), [1, 5, 2, 3, 1]);
  assert.deepEqual(found.map((/** @type {any} */ { fill }) => fill ?? ""), ["", "tonexty", "", "", ""]);
  assert.equal(/** @type {any} */ (found[1]).fillcolor, "rgba(213,94,0,0.2)");
  assert.deepEqual(found.map(({ line }) => line.width), [0, 0, 1, 2.6, 1.6]);
  const alone = traces(frames.map((one) => frame({}, { loss: 2, floor: 1 }, one.step)), chart, 1, colors);
  assert.deepEqual(alone.map(({ line }) => [line.dash, line.color]), [["7px 4px", "rgb(106.5,47,0)"], ["2px 5px", "rgb(0,57,89)"]]);
});

test("what many seeds make of a number is said, where there are many", () => {
  assert.deepEqual(spread(frame({}, { loss: 2, loss_low: 1, loss_median: 3, loss_high: 5 }), "loss"), { median: 3, low: 1, high: 5 });
  assert.equal(spread(frame({}, { loss: 2 }), "loss"), null);
});
