import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { read, stroke, under, write } from "../../src/playground/web/static/painting.js";

const examples = JSON.parse(readFileSync(new URL("../paintings.json", import.meta.url), "utf8"));

for (const { size, colors, cells, text } of examples.pictures) {
  test(`the picture ${text || "of nothing"} is what painting.py reads`, () => {
    assert.deepEqual([.../** @type {Uint8Array} */ (read(text, size, colors))], cells);
    assert.equal(write(new Uint8Array(cells), colors), text);
  });
}

for (const { size, colors, text, what } of examples.bad) {
  test(`no picture: ${what}`, () => assert.equal(read(text, size, colors), null));
}

test("the largest boards make short texts that read back", () => {
  for (const [size, colors, most] of [[28, 4, 262], [28, 2, 131], [16, 16, 171]]) {
    const cells = Uint8Array.from({ length: size * size }, (_, i) => (i * 7 + (i >> 3)) % colors);
    const text = write(cells, colors);
    assert.match(text, /^[\w-]+$/);
    assert.ok(text.length <= most);
    assert.deepEqual(read(text, size, colors), cells);
  }
});

test("a brush covers the cells within its reach, and always the one it is over", () => {
  assert.deepEqual(under(4, 1.5, 1.5, 0.4), [5]);
  assert.deepEqual(under(4, 1.95, 1.95, 0.1), [5]);
  assert.deepEqual(under(4, 1.5, 1.5, 1), [1, 4, 5, 6, 9]);
  assert.deepEqual(under(4, 0.5, 0.5, 1.5), [0, 1, 4, 5], "nothing beyond the board");
  assert.deepEqual(under(4, -3, -3, 1), []);
});

test("a stroke leaves no gaps, however fast the hand", () => {
  const cells = new Uint8Array(16 * 16);
  stroke(cells, 16, [0.5, 0.5], [15.5, 15.5], 0.5, 3);
  for (let i = 0; i < 16; i++) assert.equal(cells[17 * i], 3);
  stroke(cells, 16, [0.5, 0.5], [15.5, 15.5], 2, 0);
  assert.ok(cells.every((color) => color === 0), "the eraser is the colour of paper");
});
