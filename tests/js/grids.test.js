import assert from "node:assert/strict";
import { test } from "node:test";
import { alike, frameThem, namesAt, pictureAt } from "../../src/playground/web/static/grids.js";

/** @param {Record<string, any>} layer @param {Record<string, number>} [place] */
const grid = (layer, place = {}) => /** @type {any} */ ({ layer: { captions: "", linked: "", ...layer }, left: 10, top: 100, cell: 20, columns: 4, n: 6, ...place });

test("a place means the picture that is drawn there, or none", () => {
  const grids = [grid({}), grid({}, { top: 200, n: 4 })];
  assert.equal(pictureAt(grids, 11, 101), 0);
  assert.equal(pictureAt(grids, 89, 119), 3);
  assert.equal(pictureAt(grids, 31, 121), 5);
  assert.equal(pictureAt(grids, 51, 121), -1, "beyond the last");
  assert.equal(pictureAt(grids, 31, 201), 1, "the second grid");
  for (const [x, y] of [[9, 101], [91, 101], [11, 99], [11, 221]]) assert.equal(pictureAt(grids, x, y), -1);
});

test("pictures with names can be picked, and those that are the same ones; not while the frame has no names", () => {
  const [made, near, real] = [grid({ array: "sample", captions: "likest" }), grid({ array: "copied", linked: "sample" }), grid({ array: "data" })];
  const frame = /** @type {any} */ ({ arrays: { likest: {} } });
  assert.deepEqual(alike([near, made, real], frame), [made, near]);
  assert.deepEqual(alike([near, made, real], /** @type {any} */ ({ arrays: {} })), []);
  assert.deepEqual(alike([near, real], frame), []);
});

test("the frame lies around the picked picture in every grid that has it", () => {
  /** @type {number[][]} */
  const drawn = [];
  const pen = /** @type {any} */ ({ strokeRect: (/** @type {number[]} */ ...box) => drawn.push(box) });
  frameThem(pen, [grid({}), grid({}, { top: 200, n: 4 })], [5], "ink", "paper");
  assert.deepEqual(drawn, [[31, 121, 18, 18], [31, 121, 18, 18]]);
});

test("names are fetched once, and again after a failure", async () => {
  let [asked, fails] = [0, true];
  globalThis.fetch = /** @type {any} */ (async () => {
    asked += 1;
    if (fails) throw new TypeError("offline");
    return { json: async () => ["taco", "wolf"] };
  });
  const told = () => new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(namesAt("names/a.json", () => {}), []);
  await told();
  fails = false;
  const came = new Promise((resolve) => assert.deepEqual(namesAt("names/a.json", () => resolve(true)), []));
  await came;
  assert.deepEqual(namesAt("names/a.json", () => {}), ["taco", "wolf"]);
  assert.equal(asked, 2);
});
