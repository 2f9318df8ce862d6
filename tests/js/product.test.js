import assert from "node:assert/strict";
import { test } from "node:test";
import { seen, unchosen } from "../../src/playground/web/static/looks.js";
import { softmax, worked } from "../../src/playground/web/static/product.js";

const near = (/** @type {number} */ a, /** @type {number} */ b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);
const layer = /** @type {any} */ ({ array: "attention", tokens: "tokens", focus: "", special: "special", sentence: "sentence", product: ["query", "key", "barred"] });

/** Two heads, three tokens, four dimensions. In head 0.1 token 1 asks (1, 2, 0, 2); the scores are chosen so that the weights are 1/8, 3/8, 1/2. */
const KEYS = [0, Math.log(3), Math.log(4)].map((score) => [2 * score, 0, 7, 0]);
const f4 = (/** @type {number[]} */ own, /** @type {number[]} */ shape) => ({ data: Float32Array.from(own), shape });
const nothing = Array(12).fill(0);
const frame = (/** @type {number[]} */ attention, barred = Array(9).fill(0), rows = 3) =>
  /** @type {any} */ ({
    arrays: {
      attention: { data: Uint8Array.from(attention), shape: [1, 2, rows, 3] },
      query: f4([...nothing, 0, 0, 0, 0, 1, 2, 0, 2, 0, 0, 0, 0], [1, 2, 3, 4]),
      key: f4([...nothing, ...KEYS.flat()], [1, 2, 3, 4]),
      barred: { data: Uint8Array.from(barred), shape: [3, 3] },
      special: { data: Uint8Array.from([1, 0, 0]), shape: [3] },
    },
    texts: { tokens: ["[CLS]", "x", "y"] },
  });
const DRAWN = [...Array(9).fill(85), 255, 0, 0, 32, 96, 128, 85, 85, 85];
const look = { ...unchosen(), head: /** @type {[number, number]} */ ([0, 1]), query: 1, key: 2 };
const found = (/** @type {any} */ one, own = look) => /** @type {import("../../src/playground/web/static/product.js").Worked} */ (worked(seen(own, layer, one), layer, one));

test("dimension by dimension, sum, scale and softmax come out as by hand", () => {
  const own = found(frame(DRAWN));
  assert.deepEqual([own.query, own.key, own.q], [1, 2, [1, 2, 0, 2]]);
  [2 * Math.log(4), 0, 0, 0].forEach((value, i) => near(own.products[i], value));
  near(own.sum, 2 * Math.log(4));
  near(own.score, Math.log(4)); // √4 = 2
  near(own.highest, Math.log(4));
  near(own.total, 1 / 4 + 3 / 4 + 1);
  own.row.forEach(({ weight, power }, i) => (near(weight, [1 / 8, 3 / 8, 1 / 2][i]), near(power, [1 / 4, 3 / 4, 1][i])));
  near(own.weight, 1 / 2);
  near(own.drawn, 128 / 255);
  assert.ok(own.agrees);
});

test("what is barred gets nothing, the others share it", () => {
  const own = found(frame(DRAWN, [0, 0, 0, 0, 0, 1, 0, 0, 0]));
  assert.deepEqual(own.row.map(({ barred }) => barred), [false, false, true]);
  assert.equal(own.weight, 0);
  near(own.row[1].weight, 3 / 4);
  assert.ok(!own.agrees, "the stage has another weight: said so");
});

test("hidden marks take part in the row all the same", () => {
  const own = found(frame(DRAWN), { ...look, bare: true });
  assert.equal(own.row.length, 3);
  near(own.weight, 1 / 2);
  assert.deepEqual([own.query, own.key], [1, 2]);
});

test("no token chosen: the strongest link of the last", () => {
  const own = found(frame([...Array(15).fill(0), 0, 255, 0]), { ...look, query: -1, key: -1 });
  assert.deepEqual([own.query, own.key], [2, 1]);
});

test("queries and keys that are not of this picture are none of its", () => {
  const { query, ...without } = frame(DRAWN).arrays;
  const one = (/** @type {any} */ arrays, own = layer) => worked(seen(look, own, { ...frame(DRAWN), arrays }), own, { ...frame(DRAWN), arrays });
  assert.equal(one(without), null);
  assert.equal(one({ ...without, query: f4(nothing, [1, 1, 3, 4]) }), null, "of another model");
  assert.equal(one(frame([1, 2, 3, 4, 5, 6], Array(9).fill(0), 1).arrays), null, "rows of the last token alone");
  assert.equal(one(frame(DRAWN).arrays, { ...layer, product: [] }), null, "roll-out has none");
});

test("large scores do no harm", () => {
  const { row } = softmax([1e4, 1e4 - Math.LN2, -1e4], [false, false, false]);
  [2 / 3, 1 / 3, 0].forEach((weight, i) => near(row[i].weight, weight));
});
