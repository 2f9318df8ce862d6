import assert from "node:assert/strict";
import { test } from "node:test";
import { depth, tables } from "../../src/playground/web/static/codes.js";

const BOXES = [{ x: 0, y: 0, w: 740, h: 380 }, { x: 0, y: 0, w: 356, h: 356 }, { x: 0, y: 0, w: 178, h: 198 }, { x: 0, y: 0, w: 1090, h: 640 }];

test("tables lie on the stage, apart from each other, with room for their titles and their rows' names", () => {
  for (const box of BOXES)
    for (const k of [1, 2, 3])
      for (const [rows, columns] of [[1, 16], [48, 64], [48, 48], [128, 128], [16, 384]]) {
        const [head, room] = [24, 40];
        const found = tables(box, k, rows, columns, head, room);
        assert.equal(found.length, k);
        for (const { x, y, w, h } of found) assert.ok(w > 8 && h > 8 && x >= room && x + w <= box.w && y >= head && y + h <= box.h, `${k} of ${rows}x${columns} on ${box.w}`);
        for (const [i, one] of found.entries())
          for (const other of found.slice(0, i)) assert.ok(one.x >= other.x + other.w || one.y - head >= other.y + other.h, "apart");
      }
});

test("places by places are square", () => {
  for (const box of BOXES) for (const { w, h } of tables(box, 3, 48, 48, 24, 40)) assert.ok(Math.abs(w - h) < 1e-9);
});

test("the root of a number decides how dark it is, whatever its sign", () => {
  assert.equal(depth(0, 2), 0);
  assert.equal(depth(-2, 2), depth(2, 2));
  assert.ok(Math.abs(depth(0.5, 2) - depth(2, 2) / 2) < 1e-9);
  assert.equal(depth(9, 2), depth(2, 2));
  assert.equal(depth(0, 0), 0);
});
