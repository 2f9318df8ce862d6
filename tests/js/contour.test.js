import assert from "node:assert/strict";
import { test } from "node:test";
import { contours } from "../../src/playground/web/static/contour.js";

const plane = { width: 740, height: 440, scale: 90, x: (/** @type {number} */ u) => 370 + 90 * u, y: (/** @type {number} */ v) => 220 - 90 * v };

/** Area of polygons with holes, in squared stage units: the rings' signed areas. @param {[number, number][][][]} polygons */
function area(polygons) {
  const signed = polygons.flat().map((ring) => ring.slice(1).reduce((sum, [x, y], i) => sum + (ring[i][0] * y - x * ring[i][1]) / 2, 0));
  return Math.abs(signed.reduce((a, b) => a + b, 0)) / plane.scale ** 2;
}

/** As many normal numbers as are wanted, by Box and Muller from a linear congruential generator. @param {number} n */
function normal(n) {
  let state = 1;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return Array.from({ length: n }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

test("contours of a Gaussian are the ellipses of its closed form, smoothed by the kernel", () => {
  const s = 0.5;
  const found = contours(Float32Array.from(normal(40_000), (x) => s * x), plane);
  const variance = s ** 2 + 0.15 ** 2;
  [0.08, 0.25, 0.45, 0.65].forEach((level, k) => {
    const exact = 2 * Math.PI * variance * Math.log(1 / level); // exp(-r²/2v) = level
    assert.ok(Math.abs(area(found[k]) / exact - 1) < 0.08, `${level}: ${area(found[k])} against ${exact}`);
  });
});

test("a ring has a hole, two islands have two coasts", () => {
  const ring = Float32Array.from({ length: 2000 }, (_, i) => 1.2 * (i % 2 ? Math.sin : Math.cos)((2 * Math.PI * Math.floor(i / 2)) / 1000));
  assert.deepEqual(contours(ring, plane)[1].map((rings) => rings.length), [2], "one polygon with one hole");
  const islands = Float32Array.from(normal(2000), (x, i) => 0.1 * x + (i % 2 ? 0 : i < 1000 ? -1 : 1));
  assert.equal(contours(islands, plane)[1].length, 2);
});
