import assert from "node:assert/strict";
import { test } from "node:test";

import { gridOf, meant, withGrid } from "../../src/playground/web/static/cells-looks.js";
import { partOf, withPart } from "../../src/playground/web/static/view.js";

const nothing = { pointed: null, chosen: null, numbers: false, play: false };

test("what is looked at in a world comes back from its link, whatever of it there is", () => {
  for (const numbers of [false, true])
    for (const play of [false, true])
      for (const chosen of /** @type {([number, number] | null)[]} */ ([null, [0, 0], [19, 3]])) {
        const grid = { pointed: null, chosen, numbers, play };
        assert.deepEqual(gridOf(withGrid("view=l:mesh", grid)), grid);
      }
  assert.equal(partOf(withGrid("view=l:mesh", { ...nothing, numbers: true, chosen: [2, 5] }), "c"), "numbers,2,5");
});

test("nothing looked at leaves nothing in the link, and other parts alone", () => {
  assert.equal(withGrid("at=3", nothing), "at=3");
  assert.equal(partOf(withGrid(withPart("view=c:numbers", "l", "-walls"), nothing), "l"), "-walls");
  assert.equal(withGrid("", { ...nothing, pointed: [1, 1] }), "", "a pointer is no choice");
});

test("an address can name nonsense", () => {
  for (const part of ["", "<b>", "numbersplay,x", "1", "-1,2", "1,2,3", "9999,0"]) assert.deepEqual(gridOf(`?view=${encodeURIComponent(`c:${part}`)}`), nothing, part);
});

test("the pointer comes before what was chosen; in a smaller world neither may be there", () => {
  const world = { rows: 3, columns: 4 };
  assert.deepEqual(meant({ ...nothing, pointed: [2, 3], chosen: [0, 0] }, world), [2, 3]);
  assert.deepEqual(meant({ ...nothing, chosen: [0, 0] }, world), [0, 0]);
  assert.equal(meant({ ...nothing, chosen: [3, 0] }, world), null);
  assert.equal(meant({ ...nothing, chosen: [0, 4] }, world), null);
  assert.deepEqual(meant({ ...nothing, pointed: [5, 5], chosen: [1, 1] }, world), [1, 1]);
});
