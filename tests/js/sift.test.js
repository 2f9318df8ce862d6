import assert from "node:assert/strict";
import { test } from "node:test";
import { lookOf, ranked, said, seen, unchosen, weight, withLook } from "../../src/playground/web/static/looks.js";

/** [CLS] a b [SEP] c [SEP]: two sentences between marks; every weight another number. */
const TOKENS = ["[CLS]", "a", "b", "[SEP]", "c", "[SEP]"];
const [SPECIAL, SENTENCE] = [[1, 0, 0, 1, 0, 1], [0, 0, 0, 0, 1, 1]];
const at = (/** @type {number} */ head, /** @type {number} */ query, /** @type {number} */ key) => (head * 6 + query) * 6 + key;
const data = Uint8Array.from({ length: 2 * 36 }, (_, i) => i);
const layer = /** @type {any} */ ({ array: "attention", tokens: "tokens", focus: "", special: "special", sentence: "sentence" });
const u1 = (/** @type {number[]} */ own) => ({ data: Uint8Array.from(own), shape: [own.length] });
const frame = /** @type {any} */ ({ arrays: { attention: { data, shape: [1, 2, 6, 6] }, special: u1(SPECIAL), sentence: u1(SENTENCE) }, texts: { tokens: TOKENS } });

test("without the marks every weight left is the one it was", () => {
  const own = seen({ ...unchosen(), head: [0, 1], query: 4, key: 2, bare: true }, layer, frame);
  assert.deepEqual([own.tokens, own.places, own.t, own.rows, own.told], [["a", "b", "c"], [1, 2, 4], 3, 3, TOKENS]);
  for (const [i, query] of [1, 2, 4].entries()) for (const [j, key] of [1, 2, 4].entries()) assert.equal(weight(own, i, j), at(1, query, key) / 255);
  assert.deepEqual([own.query, own.key], [2, 1], "what was chosen is the same token still");
  assert.equal(seen({ ...unchosen(), head: [0, 1], query: 3, bare: true }, layer, frame).query, -1, "a hidden token is not chosen");
  assert.equal(seen({ ...unchosen(), bare: true }, layer, frame).data, own.data, "copied once");
});

test("between two sentences: of each direction exactly its links", () => {
  /** @type {[string, (a: number, b: number) => boolean][]} */
  const meant = [["all", () => true], ["within", (a, b) => a === b], ["first", (a, b) => a < b], ["second", (a, b) => a > b]];
  for (const [across, rule] of meant) {
    const own = seen({ ...unchosen(), across: /** @type {any} */ (across) }, layer, frame);
    for (let q = 0; q < 6; q++) {
      for (let k = 0; k < 6; k++) assert.equal(own.passes(q, k), rule(SENTENCE[q], SENTENCE[k]), `${across} ${q} ${k}`);
      assert.deepEqual(ranked(own, q).map(({ key }) => key).sort(), [...Array(6).keys()].filter((k) => rule(SENTENCE[q], SENTENCE[k])));
    }
  }
});

test("both at once, and a weight that is left out is told truly", () => {
  const own = seen({ ...unchosen(), query: 4, bare: true, across: "first" }, layer, frame);
  assert.equal(own.passes(0, 2), true);
  assert.equal(own.passes(2, 0), false);
  assert.deepEqual(ranked(own, 2), [], "the second sentence looks at none");
  assert.equal(said(own).weight, at(0, 4, 4) / 255, "then the strongest of all is told");
  assert.equal(said({ ...own, over: { query: 0, key: 1 } }).weight, at(0, 1, 2) / 255);
});

test("a frame without marks, of one sentence, or of tokens that stand for nothing else is left whole", () => {
  const bare = { ...frame, arrays: { attention: frame.arrays.attention } };
  for (const [one, arrays] of /** @type {[string, any][]} */ ([["none", {}], ["marks alone", { special: u1([1, 1, 1, 1, 1, 1]), sentence: u1([0, 0, 0, 0, 0, 0]) }], ["of another length", { special: u1([1]), sentence: u1([0, 1]) }]])) {
    const own = seen({ ...unchosen(), bare: true, across: "second" }, layer, { ...bare, arrays: { ...bare.arrays, ...arrays } });
    assert.deepEqual([own.data, own.t, own.can, own.passes(0, 0)], [data, 6, { bare: false, across: false }, true], one);
  }
});

test("rows of the last tokens alone stay theirs", () => {
  const last = { ...frame, arrays: { ...frame.arrays, attention: { data: data.slice(0, 2 * 2 * 6), shape: [1, 2, 2, 6] } } };
  const own = seen({ ...unchosen(), head: [0, 1], bare: true }, layer, last);
  assert.deepEqual([own.rows, own.t], [1, 3]);
  assert.deepEqual([0, 1, 2].map((key) => weight(own, 2, key) * 255), [1, 2, 4].map((key) => 2 * 6 + key));
});

test("the link keeps what is left out", () => {
  for (const view of ["h:matrix;s:bare", "s:first", "h:product,3,1,10,3;s:bare,within"]) assert.equal(new URLSearchParams(withLook("a=1", lookOf(`view=${view}`))).get("view"), view);
  for (const view of ["s:<b>", "s:bares", "s:"]) assert.deepEqual(lookOf(`view=${encodeURIComponent(view)}`), unchosen());
});
