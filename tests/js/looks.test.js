import assert from "node:assert/strict";
import { test } from "node:test";
import { asked, headAfter, lookOf, ranked, said, seen, unchosen, weight, withLook } from "../../src/playground/web/static/looks.js";
import { picksOf } from "../../src/playground/web/static/picks.js";

/** Two layers of three heads over four tokens, every weight another number. */
const data = Uint8Array.from({ length: 2 * 3 * 4 * 4 }, (_, i) => i);
const layer = /** @type {any} */ ({ array: "attention", tokens: "tokens", focus: "focus" });
const frame = (more = {}, texts = { tokens: ["a", "b", "c", "d"] }) => /** @type {any} */ ({ arrays: { attention: { data, shape: [2, 3, 4, 4] }, ...more }, texts });
const focus = { focus: { data: [1, 2, 3], shape: [3] } };

test("a weight is found by layer, head, query and key", () => {
  const own = seen({ ...unchosen(), head: [1, 2] }, layer, frame());
  for (let query = 0; query < 4; query++) for (let key = 0; key < 4; key++) assert.equal(weight(own, query, key), (((1 * 3 + 2) * 4 + query) * 4 + key) / 255);
});

test("rows may be those of the last tokens alone", () => {
  const last = /** @type {any} */ ({ arrays: { attention: { data: Uint8Array.of(51, 204, 0), shape: [1, 1, 1, 3] } }, texts: {} });
  const own = seen(unchosen(), layer, last);
  assert.deepEqual([0, 1, 2].map((key) => weight(own, 2, key)), [0.2, 0.8, 0]);
  assert.equal(weight(own, 1, 0), 0, "a query that was not sent");
  assert.deepEqual(own.tokens, ["0", "1", "2"], "tokens without words are numbers");
});

test("a frame opens on its focus until something is chosen", () => {
  const opened = seen(unchosen(), layer, frame(focus));
  assert.deepEqual([opened.layer, opened.head, opened.query], [1, 2, 3]);
  const chosen = seen({ ...unchosen(), head: [0, 1], query: -1 }, layer, frame(focus));
  assert.deepEqual([chosen.layer, chosen.head, chosen.query], [0, 1, -1]);
  assert.equal(asked(chosen), 3, "the last token is told where none is chosen");
  const beyond = seen({ ...unchosen(), head: [9, 9], query: 99, key: 99 }, layer, frame());
  assert.deepEqual([beyond.layer, beyond.head, beyond.query, beyond.key], [1, 2, 3, -1], "never beyond what is there");
});

test("tokens that were said once hold for the frames after", () => {
  assert.deepEqual(seen(unchosen(), layer, frame({}, /** @type {any} */ ({})), [frame()]).tokens, ["a", "b", "c", "d"]);
});

test("the strongest link is told, or the one that is meant", () => {
  const own = seen({ ...unchosen(), head: [0, 0], query: 1, key: 0 }, layer, frame());
  assert.deepEqual(ranked(own, 1).map(({ key }) => key), [3, 2, 1, 0]);
  assert.deepEqual(said(own), { head: "0.0", query: "\u2068b\u2069", key: "\u2068a\u2069", weight: 4 / 255 });
  assert.equal(said(own, true).weight, 7 / 255);
  assert.equal(said({ ...own, over: { query: 2, key: 3 } }).weight, 11 / 255, "under the pointer");
});

test("heads follow each other through the layers and round", () => {
  const own = seen({ ...unchosen(), head: [0, 2] }, layer, frame());
  assert.deepEqual(headAfter(own, 1), [1, 0]);
  assert.deepEqual(headAfter({ ...own, layer: 0, head: 0 }, -1), [1, 2]);
});

test("the link keeps a look, and beside it the picked points", () => {
  for (const view of ["h:matrix", "h:lines,3,11,127", "h:all,0,2", "h:matrix,0,2,5,1", "h:lines,1,0,-1"]) {
    const look = lookOf(`?view=${encodeURIComponent(view)}`);
    assert.equal(new URLSearchParams(withLook("a=1", look)).get("view"), view);
  }
  assert.equal(withLook("a=1", unchosen()), "a=1");
  const both = withLook("view=p:3,4", lookOf("view=h:lines"));
  assert.equal(new URLSearchParams(both).get("view"), "p:3,4;h:lines");
  assert.deepEqual(picksOf(both), [3, 4]);
  assert.equal(lookOf(both).view, "lines");
});

test("a look that can't be read is none", () => {
  for (const view of ["h:<script>", "h:matrix,1", "h:lines,9999,0", "matrix", "h:all,-1,0", ""]) assert.deepEqual(lookOf(`view=${encodeURIComponent(view)}`), unchosen());
});
