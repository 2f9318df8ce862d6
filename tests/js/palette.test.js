import assert from "node:assert/strict";
import { test } from "node:test";
import { medianCut, painter } from "../../src/playground/web/static/palette.js";

const film = (/** @type {number[][]} */ ...colors) => Uint8ClampedArray.from(colors.flatMap((color) => [...color, 255]));

test("few colours are kept as they are", () => {
  const colors = [[255, 255, 255], [0, 114, 178], [213, 94, 0]];
  const pixels = film(...Array.from({ length: 300 }, (_, i) => colors[i % 3]));
  const palette = medianCut(pixels, 255);
  assert.deepEqual(palette.toSorted(), colors.toSorted());
  const index = painter(palette)(pixels);
  index.forEach((k, i) => assert.deepEqual(palette[k], colors[i % 3]));
});

test("many colours become as many as asked, each near to the one that stands for it", () => {
  const pixels = film(...Array.from({ length: 4096 }, (_, i) => [16 * (i % 16), 16 * (Math.floor(i / 16) % 16), 16 * Math.floor(i / 256)]));
  const palette = medianCut(pixels, 255);
  assert.equal(palette.length, 255);
  const index = painter(palette)(pixels);
  const away = index.reduce((sum, k, i) => sum + Math.hypot(...[0, 1, 2].map((c) => palette[k][c] - pixels[4 * i + c])), 0) / index.length;
  assert.ok(away < 30, `mean distance ${away}`);
});

test("one colour is one", () => {
  assert.deepEqual(medianCut(film([9, 8, 7], [9, 8, 7]), 255), [[9, 8, 7]]);
});
