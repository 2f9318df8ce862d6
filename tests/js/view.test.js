import assert from "node:assert/strict";
import { test } from "node:test";

import { chosenOf, partOf, withChosen, withPart } from "../../src/playground/web/static/view.js";

const LAYERS = [
  { key: "surface", on: true },
  { key: "mesh", on: false },
  { key: "fake", on: true },
];

test("parts of a view live beside one another", () => {
  const both = withPart(withPart("?data=ring", "p", "1,2"), "l", "mesh");
  assert.equal(partOf(both, "p"), "1,2");
  assert.equal(partOf(both, "l"), "mesh");
  assert.equal(new URLSearchParams(withPart(both, "p", "")).get("view"), "l:mesh");
  assert.equal(new URLSearchParams(withPart("view=p:1", "p", "")).get("view"), null);
});

test("only what a layer would not be by itself is kept, and it comes back", () => {
  const chosen = new Map([["surface", false], ["mesh", true], ["fake", true], ["of_another_run", false]]);
  const search = withChosen("?at=3", chosen, LAYERS);
  assert.equal(partOf(search, "l"), "-surface,mesh");
  assert.deepEqual([...chosenOf(search)], [["surface", false], ["mesh", true]]);
  assert.equal(withChosen(search, new Map(), LAYERS), "at=3");
});

test("an address can name nonsense", () => {
  assert.deepEqual([...chosenOf("?view=l:<b>,--x,,mesh,a b")], [["mesh", true]]);
  assert.deepEqual([...chosenOf("?view=p:1")], []);
});
