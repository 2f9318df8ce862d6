import assert from "node:assert/strict";
import { test } from "node:test";
import { all, legible, lines, matrix, spread, under } from "../../src/playground/web/static/heads-layout.js";
import { ramp } from "../../src/playground/web/static/heads-ink.js";

const DESK = { x: 0, y: 0, w: 740, h: 380 };
const HAND = { x: 0, y: 0, w: 356, h: 356 };
const HALF = { x: 0, y: 0, w: 178, h: 198 };
const PROJECTOR = { x: 0, y: 0, w: 1090, h: 640 };
const seen = (/** @type {number} */ layers, /** @type {number} */ heads, /** @type {number} */ t, rows = t) => ({ layers, heads, t, rows, query: t - 1 });

test("every tile lies on the stage, apart from the others, and is found again", () => {
  for (const box of [DESK, HAND, PROJECTOR])
    for (const [layers, heads] of [[1, 1], [2, 2], [4, 4], [6, 12], [12, 12]]) {
      const plan = all(box, seen(layers, heads, 64), 4);
      assert.ok(plan.x >= 0 && plan.x + (heads - 1) * plan.across + plan.cell <= box.w, `${layers}x${heads} across ${box.w}`);
      assert.ok(plan.y - plan.head >= 0 && plan.y + (layers - 1) * plan.down + plan.cell <= box.h, `${layers}x${heads} down ${box.h}`);
      assert.ok(plan.across >= plan.cell + 4 && plan.down >= plan.cell + 4 && plan.cell >= 16);
      for (const [layer, head] of [[0, 0], [layers - 1, heads - 1], [layers - 1, 0]])
        assert.deepEqual(under(plan, plan.x + (head + 0.5) * plan.across - (plan.across - plan.cell) / 2, plan.y + layer * plan.down + plan.cell / 2), { head: [layer, head] });
      const [right, bottom] = [plan.x + (heads - 1) * plan.across + plan.cell, plan.y + (layers - 1) * plan.down + plan.cell];
      if (plan.detail) assert.ok(plan.detail.x - plan.detail.room > right || plan.detail.y > bottom, "one head beside them or below, not over them");
    }
  assert.equal(under(all(DESK, seen(4, 4, 8), 3), 1, 1), null);
});

test("a matrix and its words lie on the stage; its cells are found", () => {
  for (const box of [DESK, HAND, HALF, PROJECTOR])
    for (const t of [1, 2, 14, 64, 128])
      for (const widest of [1, 4, 30]) {
        const plan = matrix(box, { rows: t, t }, widest);
        assert.ok(plan.x - plan.room - 8 >= 0 && plan.x + t * plan.cell <= box.w && plan.y > 0 && plan.y + t * plan.cell <= box.h, `${t} tokens on ${box.w}`);
        if (plan.panel) assert.ok(plan.panel.x + plan.panel.w <= box.w);
        const place = (/** @type {number} */ key, /** @type {number} */ query) => under(plan, plan.x + (key + 0.5) * plan.cell, plan.y + (query + 0.5) * plan.cell);
        assert.deepEqual(place(0, t - 1), { query: t - 1, key: 0 });
        assert.deepEqual(place(t - 1, 0), { query: 0, key: t - 1 });
        assert.equal(place(t, 0), null);
        assert.deepEqual(under(plan, plan.x - 9, plan.y + 0.5 * plan.cell), { query: 0 }, "its word means the row");
      }
});

test("rows of the last tokens alone are numbered as those tokens", () => {
  const plan = matrix(DESK, { rows: 1, t: 9 }, 2);
  assert.deepEqual(under(plan, plan.x + 2.5 * plan.cell, plan.y + 0.5 * plan.cell), { query: 8, key: 2 });
});

test("two columns of tokens: any number on any stage, each token found on its side", () => {
  for (const box of [DESK, HAND, PROJECTOR])
    for (const t of [1, 5, 41, 128]) {
      const plan = lines(box, seen(1, 1, t), 5);
      assert.ok(plan.left - plan.room >= 0 && plan.right + plan.room <= box.w && plan.right - plan.left > 90);
      assert.ok(plan.at.every((y, i) => y >= 0 && y <= box.h && (!i || y > plan.at[i - 1])));
      for (const i of [0, t - 1]) {
        assert.deepEqual(under(plan, plan.left - 20, plan.at[i]), { query: i });
        assert.deepEqual(under(plan, plan.right + 20, plan.at[i]), { key: i });
      }
      assert.equal(under(plan, (plan.left + plan.right) / 2, plan.at[0]), null);
    }
});

test("lines that are too many are wide around one of them, and fill the height", () => {
  const at = spread(128, 360, 14, 60);
  const gaps = at.slice(1).map((y, i) => y - at[i]);
  assert.ok(Math.min(...gaps.slice(57, 62)) > 12, "those around it can be read");
  assert.ok(Math.max(...gaps.slice(0, 40)) < 3);
  assert.ok(Math.abs(at[127] + gaps[126] / 2 - 360) < 0.01);
  const even = spread(10, 360, 14, 3);
  assert.ok(even.slice(1).every((y, i) => Math.abs(y - even[i] - 28) < 1e-9), "few stand evenly, not too far apart");
});

test("labels never stand closer than they can be read, and those meant are there", () => {
  const at = Array.from({ length: 128 }, (_, i) => 2.5 * i);
  const kept = legible(at, 14, [77, 78]);
  assert.ok(kept.includes(77) && !kept.includes(78));
  const sorted = kept.map((i) => at[i]).sort((a, b) => a - b);
  assert.ok(sorted.slice(1).every((y, i) => y - sorted[i] >= 14));
  assert.ok(kept.length > 15);
});

test("more weight is always further from nothing", () => {
  for (const [zero, color, ink] of [["#f2f0ea", "#d55e00", "#1c1f24"], ["#262a31", "#f08a4b", "#eceae4"]]) {
    const table = ramp(zero, color, ink);
    const light = (/** @type {number} */ i) => 0.2126 * table[4 * i] + 0.7152 * table[4 * i + 1] + 0.0722 * table[4 * i + 2];
    const way = Math.sign(light(255) - light(0));
    for (let i = 16; i < 256; i += 16) assert.ok(way * (light(i) - light(i - 16)) > 0, `${ink} at ${i}`);
    assert.deepEqual([...table.slice(0, 3)], [1, 3, 5].map((i) => parseInt(zero.slice(i, i + 2), 16)));
  }
});
