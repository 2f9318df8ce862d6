import assert from "node:assert/strict";
import { test } from "node:test";
import { all, matrix, under } from "../../src/playground/web/static/heads-layout.js";

const BOXES = [{ x: 0, y: 0, w: 740, h: 380 }, { x: 0, y: 0, w: 356, h: 356 }, { x: 0, y: 0, w: 1090, h: 640 }];
const seen = (/** @type {number} */ layers, /** @type {number} */ heads, /** @type {number} */ t) => ({ layers, heads, t, rows: 1, query: t - 1 });

test("heads of which the last token's row is known are strips, all on the stage and found again", () => {
  for (const box of BOXES)
    for (const [layers, heads] of [[1, 1], [2, 4], [4, 4], [6, 12], [12, 12]])
      for (const t of [2, 41, 128]) {
        const plan = all(box, seen(layers, heads, t), 1);
        const told = `${layers}x${heads} of ${t} on ${box.w}`;
        assert.ok(plan.tall <= plan.cell && (t < 41 || plan.tall <= 0.51 * plan.cell), told);
        assert.ok(plan.tall >= 8, `${told}: ${plan.tall}`);
        assert.ok(plan.x + (heads - 1) * plan.across + plan.cell <= box.w && plan.y + (layers - 1) * plan.down + plan.tall <= box.h, told);
        assert.deepEqual(under(plan, plan.x + (heads - 1) * plan.across + 2, plan.y + (layers - 1) * plan.down + plan.tall / 2), { head: [layers - 1, heads - 1] });
        if (plan.detail) assert.ok(plan.detail.y + plan.detail.tall <= box.h && plan.detail.y > plan.y + (layers - 1) * plan.down + plan.tall, told);
      }
});

test("one row is a strip that can be pointed at", () => {
  const plan = matrix(BOXES[1], { rows: 1, t: 64 }, 0.6);
  assert.ok(plan.tall >= 30 && plan.cell < 6);
  assert.deepEqual(under(plan, plan.x + 40.5 * plan.cell, plan.y + plan.tall - 1), { query: 63, key: 40 });
  assert.equal(under(plan, plan.x + 40.5 * plan.cell, plan.y + plan.tall + 1), null);
});

test("every row known: tiles and cells are squares", () => {
  for (const box of BOXES) {
    const plan = all(box, { ...seen(4, 4, 64), rows: 64 }, 1);
    assert.equal(plan.tall, plan.cell);
    const one = matrix(box, { rows: 14, t: 14 }, 4);
    assert.equal(one.tall, one.cell);
  }
});
