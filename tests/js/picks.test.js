import assert from "node:assert/strict";
import { test } from "node:test";
import { following, picksOf, toggled, withPicks } from "../../src/playground/web/static/picks.js";
import { drawWays, nearest } from "../../src/playground/web/static/ways.js";

test("an address keeps the picked points and everything else", () => {
  assert.deepEqual(picksOf(`?${withPicks("?data=moons&at=3", [12, 40])}`), [12, 40]);
  assert.equal(new URLSearchParams(withPicks("?data=moons&at=3&view=p:1", [2])).get("data"), "moons");
  assert.equal(withPicks("?view=p:1", []), "");
  assert.deepEqual(picksOf("?view=p:12,40"), [12, 40]);
});

test("what can't be read picks nothing, and never too much", () => {
  for (const view of ["", "p:", "p:1,", "p:-1", "p:1.5", "p:1e3", "x:1", "p:<script>", "p:9999999", "p:1,2 q", "P:1"]) {
    assert.deepEqual(picksOf(`?view=${encodeURIComponent(view)}`), [], view);
  }
  assert.deepEqual(picksOf("?view=p:1,1,2"), [1, 2]);
  assert.deepEqual(picksOf("?view=p:1,2,3,4,5,6,7"), [1, 2, 3, 4, 5]);
  assert.deepEqual(picksOf(""), []);
});

test("a point is picked and let go; the sixth takes the place of the first", () => {
  assert.deepEqual(toggled([1, 2], 2), [1]);
  assert.deepEqual(toggled([1, 2, 3, 4, 5], 6), [2, 3, 4, 5, 6]);
});

test("the key goes round all points that leave a trail, and ends nowhere", () => {
  assert.equal(following([], 1000), 0);
  assert.equal(following([0], 1000), 8);
  assert.equal(following([992], 1000), 0);
  assert.equal(following([0, 992], 1000), 1);
  assert.equal(following([0, 1], 2), 1);
  assert.equal(following([3], 40, 1), 4, "pictures one by one");
});

const plane = /** @type {any} */ ({ width: 200, height: 100, scale: 10, x: (/** @type {number} */ u) => 100 + 10 * u, y: (/** @type {number} */ v) => 50 - 10 * v });

test("the nearest point within reach is meant, or none", () => {
  const at = [0, 0, 1, 0, 1, 1];
  assert.equal(nearest(at, plane, 108, 49, 14), 1);
  assert.equal(nearest(at, plane, 108, 42, 14), 2);
  assert.equal(nearest(at, plane, 150, 50, 14), -1);
});

test("a way is drawn from its start over now to its end, with a line to the guess; a point that is not there is passed over", () => {
  /** @type {any[][]} */
  const told = [];
  const state = /** @type {Record<string, any>} */ ({});
  const pen = /** @type {any} */ (new Proxy(state, { get: (_, name) => (name in state ? state[/** @type {string} */ (name)] : (/** @type {any[]} */ ...args) => void told.push([name, ...args])) }));
  const way = [[9, 9, 0, 0], [9, 9, 2, 0], [9, 9, 4, 0]];
  drawWays(pen, [1, 77], { way, passed: 2, places: [9, 9, 3, 0], guesses: [{ at: [9, 9, 4, 3], color: "good" }], plane, paper: "paper", ink: "ink", color: () => "model" });
  const paths = [[]];
  for (const [call, x] of told) {
    if (call === "beginPath") paths.push([]);
    if (call === "lineTo") /** @type {any[]} */ (paths.at(-1)).push(x);
  }
  assert.deepEqual(paths.filter(({ length }) => length), [[100, 120, 140], [130, 140], [100, 120, 130], [130, 140], [130, 140]]);
  assert.deepEqual(told.filter(([call]) => call === "fillText").map(([, text]) => text), ["1"]);
});
