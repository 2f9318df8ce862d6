import assert from "node:assert/strict";
import { test } from "node:test";
import { lay, nodesOf, numberAt } from "../../src/playground/web/static/tree-layout.js";

const DESK = { width: 740, height: 380 };
const HAND = { width: 356, height: 356 };
const layer = /** @type {any} */ ({ array: "tree", tokens: "tree", columns: 9 });

/** A search of a width, as the server sends it: each branch has `width` ways on, of all the best `width` are kept. @param {number} width @param {number} depth */
function searched(width, depth) {
  const rows = [[-1, 0, 0, 1]];
  let ends = [0];
  for (let d = 0; d < depth; d++) {
    const first = rows.length;
    for (const end of ends) for (let k = 0; k < width; k++) rows.push([end, k + 0.1 * (end % 3), rows[end][2] + k + 0.1 * (end % 3), 0]);
    const order = Array.from({ length: rows.length - first }, (_, i) => first + i).sort((a, b) => rows[a][2] - rows[b][2]);
    ends = order.slice(0, width);
    for (const end of ends) rows[end][3] = 1;
  }
  const frame = /** @type {any} */ ({ arrays: { tree: { data: Float32Array.from(rows.flat()), shape: [rows.length, 4] } }, texts: { tree: rows.map((_, i) => `t${i}`) } });
  return { nodes: nodesOf(layer, frame), ends };
}

test("each node knows its generation, its token and its fate", () => {
  const { nodes, ends } = searched(3, 4);
  assert.equal(nodes[0].depth, 0);
  for (const node of nodes.slice(1)) assert.equal(node.depth, nodes[node.parent].depth + 1);
  assert.equal(nodes[5].token, "t5");
  const best = nodes.filter(({ fate }) => fate === "best");
  assert.deepEqual(best.map(({ depth }) => depth).sort(), [0, 1, 2, 3, 4], "one of each generation");
  assert.equal(best.at(-1)?.bits, Math.min(...ends.map((end) => nodes[end].bits)));
  for (const end of ends) assert.notEqual(nodes[end].fate, "ended");
  for (const node of nodes) {
    assert.equal(node.fate === "dropped", !node.kept);
    if (node.fate === "living" || node.fate === "best") assert.notEqual(nodes[node.parent]?.fate, "ended");
    const heirs = nodes.filter(({ parent, fate }) => nodes[parent] === node && (fate === "living" || fate === "best"));
    if (node.fate === "ended") assert.equal(heirs.length, 0);
  }
});

test("a tree lies on the stage, nothing upon another, and no two lines cross", () => {
  for (const box of [DESK, HAND])
    for (const [width, depth] of [[1, 8], [2, 8], [3, 8], [4, 8], [4, 1]]) {
      const { nodes } = searched(width, depth);
      const { places } = lay(nodes, 9, box);
      assert.equal(places.length, nodes.length);
      for (let d = 0; d <= depth; d++) {
        const own = [...nodes.keys()].filter((i) => nodes[i].depth === d).sort((a, b) => places[a].y - places[b].y);
        own.forEach((i, k) => {
          const { x, y, room } = places[i];
          assert.ok(x > 0 && x < box.width && y - room / 2 >= 0 && y + room / 2 <= box.height);
          assert.ok(room >= 11, `${room} of ${width} on ${box.width}`);
          const next = own[k + 1];
          if (next === undefined) return;
          assert.ok(places[next].y - y >= (room + places[next].room) / 2 - 1e-6);
          if (d) assert.ok(places[nodes[next].parent].y >= places[nodes[i].parent].y, "children in their parents' order");
        });
      }
    }
});

test("what has grown keeps its place while more grows", () => {
  const [early, late] = [searched(3, 2), searched(3, 5)];
  const [before, after] = [lay(early.nodes, 9, DESK), lay(late.nodes, 9, DESK)];
  before.places.forEach((place, i) => assert.deepEqual(place, after.places[i]));
});

test("numbers stand where they have room", () => {
  const plan = { places: [18, 40, 18].map((room) => ({ x: 0, y: 0, room })), across: 80, line: 14 };
  assert.equal(numberAt(plan, 1, 20, 24), "below");
  assert.equal(numberAt(plan, 2, 24, 24), "beside");
  assert.equal(numberAt({ ...plan, across: 40, line: 11 }, 2, 18, 22), "", "on a phone there is none");
  assert.equal(numberAt(plan, 0, 14, 24), "", "the root costs nothing");
});
