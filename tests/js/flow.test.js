import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = /** @type {any} */ ({ head: { append() {} }, createElement: () => ({ setAttribute() {}, append() {} }) });
const { between, numbered } = await import("../../src/playground/web/static/flow.js");

test("an arrow goes from the edge of one node to the edge of the other, in a straight line between their middles", () => {
  const [x0, y0, x1, y1] = between({ x: 0, y: 0 }, { x: 1, y: 0 });
  assert.deepEqual([x0, y0, x1, y1], [37, 0, 49, 0]);
  const [a, b, c, d] = between({ x: 3, y: 0.65 }, { x: 3, y: 1.75 });
  assert.ok(a === 258 && c === 258 && b < d, "straight down");
  const [e, f, g, k] = between({ x: 2, y: 1.3 }, { x: 3, y: 0.65 });
  assert.ok(e > 172 && g < 258 && f > k, "up to the right");
  assert.ok(Math.abs((k - f) / (g - e) - (-0.65 * 62) / 86) < 1e-9);
});

test("sub-steps are numbered within each turn", () => {
  const part = (/** @type {string} */ turn) => ({ key: "", turn, forward: [], back: [], new: [], formulas: [] });
  assert.deepEqual(numbered(["d", "d", "g", "g", "g"].map(part)), [1, 2, 1, 2, 3]);
});
