/** Controls that answer late. */

import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.document = { getElementById: () => null };
globalThis.window = globalThis;
const { Controls } = await import("../../src/playground/web/static/controls.js");

const nothing = () => {};

function page() {
  return {
    spec: { fields: [{ name: "world", default: "a" }], trained: [], reserved: [] },
    presets: { show: nothing },
    checks: { suit: nothing },
    boards: { fit: nothing, waiting: false },
    running: { look: nothing },
    timeline: { playing: true },
    shown: null,
    draw: nothing,
  };
}

test("what was painted meanwhile is not undone by what a control says late", () => {
  const controls = new Controls(page());
  controls.made();
  controls.take({ world: "b" });
  assert.deepEqual(controls.wanted(["world"]), ["b"]);
  controls.drawn("world", "c");
  assert.deepEqual(controls.wanted(["world"]), ["c"]);
  controls.changed({ world: "b" });
  assert.equal(controls.params.world, "c");
  controls.changed({ world: "c" });
  assert.equal(controls.params.world, "c");
});

test("a hand may go back to what was written before", () => {
  const controls = new Controls(page());
  controls.made();
  controls.take({ world: "b" });
  controls.wanted(["world"]);
  controls.changed({ world: "b" });
  assert.equal(controls.hand.size, 0, "an echo is no hand");
  controls.changed({ world: "d" });
  controls.changed({ world: "b" });
  assert.equal(controls.params.world, "b");
  assert.deepEqual([...controls.hand], ["world"]);
});
