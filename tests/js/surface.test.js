import assert from "node:assert/strict";
import { test } from "node:test";
import { lines } from "../../src/playground/web/static/contour.js";
import { DRAW } from "../../src/playground/web/static/layers.js";
import { boxOf } from "../../src/playground/web/static/raster.js";

const N = 48;
/** A map over the square [-2, 2]², the first row at the top. @param {(x: number, y: number) => number} f */
const surface = (f) => Float32Array.from({ length: N * N }, (_, i) => f(-2 + (4 * ((i % N) + 0.5)) / N, 2 - (4 * (Math.floor(i / N) + 0.5)) / N));
const place = (/** @type {[number, number]} */ [u, v]) => /** @type {[number, number]} */ ([-2 + (4 * u) / N, 2 - (4 * v) / N]);

test("a level is where the map has that value: a circle is a circle", () => {
  const found = lines(surface((x, y) => 1 / (1 + Math.exp(4 * (Math.hypot(x, y) - 1.2)))), [N, N], 0.5);
  assert.equal(found.length, 1);
  for (const at of found[0].map(place)) assert.ok(Math.abs(Math.hypot(...at) - 1.2) < 0.01);
});

test("a level that leaves the map ends at its edge and does not run along it", () => {
  const [line, ...more] = lines(surface((x) => 0.5 + 0.2 * (x - 0.3)), [N, N], 0.5);
  assert.equal(more.length, 0);
  const inside = line.map(place).filter(([, y]) => Math.abs(y) < 1.9);
  assert.ok(inside.length > 20);
  for (const [x] of inside) assert.ok(Math.abs(x - 0.3) < 0.01);
  assert.deepEqual(lines(surface(() => 0.9), [N, N], 0.5), [], "nowhere");
});

test("two islands have two coasts, also where one lies at the edge", () => {
  const peak = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ u) => Math.exp(-((x - u) ** 2 + y ** 2) / 0.2);
  assert.equal(lines(surface((x, y) => peak(x, y, -1) + peak(x, y, 1)), [N, N], 0.5).length, 2);
  assert.equal(lines(surface((x, y) => peak(x, y, -2) + peak(x, y, 1)), [N, N], 0.5).length, 2);
});

test("a map lies over its extent, or over the whole stage", () => {
  const plane = { width: 700, height: 400, scale: 80, x: (/** @type {number} */ u) => 350 + 80 * u, y: (/** @type {number} */ v) => 200 - 80 * v };
  assert.deepEqual(boxOf(3, plane), { x: 110, y: -40, w: 480, h: 480 });
  assert.deepEqual(boxOf(0, plane), { x: 0, y: 0, w: 700, h: 400 });
});

/** A pen that notes how opaque each filled or stroked piece is. */
function pen() {
  /** @type {Record<string, any>} */
  const state = { globalAlpha: 1 };
  /** @type {[string, number][]} */
  const drawn = [];
  return { drawn, pen: /** @type {any} */ (new Proxy(state, { get: (_, name) => (name in state ? state[String(name)] : () => (name === "fill" || name === "stroke") && drawn.push([String(name), state.globalAlpha])) })) };
}

test("a mesh's cells are as opaque as the density says, a line's pieces likewise", () => {
  const plane = { x: (/** @type {number} */ u) => u, y: (/** @type {number} */ v) => v };
  const job = (/** @type {number[]} */ shape, /** @type {number[]} */ opacity) => /** @type {any} */ ({ layer: { array: "mesh", opacity: "density" }, plane, next: null, frame: { arrays: { mesh: { shape, data: Float32Array.from({ length: shape[0] * shape[1] * 2 }, (_, i) => i) }, density: { data: opacity } } } });
  const two = pen();
  DRAW.mesh(two.pen, job([2, 3, 2], [0.25, 0.75]));
  assert.deepEqual(two.drawn.slice(0, 2), [["fill", 0.25], ["fill", 0.75]]);
  const one = pen();
  DRAW.mesh(one.pen, job([1, 3, 2], [0.5, 1]));
  assert.deepEqual(one.drawn.slice(0, 2), [["stroke", 0.5], ["stroke", 1]]);
});
