import assert from "node:assert/strict";
import { test } from "node:test";
import { bars, end, margin, namesOf } from "../../src/playground/web/static/bars.js";

const chart = /** @type {any} */ ({ series: [{ metric: "chance", color: "model" }, { metric: "before", color: "noise" }], names: "candidates", phases: ["lens"] });
const token = (/** @type {string} */ name) => name;
const frame = (/** @type {string[]} */ candidates, /** @type {number[]} */ chance, before = chance) => /** @type {any} */ ({ arrays: Object.fromEntries(Object.entries({ chance, before }).map(([name, data]) => [name, { data, shape: [data.length] }])), texts: { candidates } });

test("a row a name, the series beside each other, the first on top", () => {
  const { rows, traces, axis } = bars([frame(["a", "<b>"], [0.7, 0.3], [0.1, 0.9])], chart, token);
  assert.deepEqual(rows, ["a", "<b>"]);
  assert.deepEqual(traces.map(({ x, y, marker }) => [x, y, marker.color]), [[[0.7, 0.3], [0, 1], "model"], [[0.1, 0.9], [0, 1], "noise"]]);
  assert.deepEqual(axis.ticktext, ["a", "&lt;b&gt;"]);
});

test("a second run's bars stand under the same names, new ones below", () => {
  const { rows, traces } = bars([frame(["a", "b"], [0.7, 0.3]), frame(["b", "c"], [0.6, 0.4])], chart, token);
  assert.deepEqual(rows, ["a", "b", "c"]);
  assert.deepEqual(traces[2].y, [1, 2]);
});

test("names are short and can be seen", () => {
  const names = namesOf(frame(["\n", "", " ", "extraordinarily long", "床前明月光疑是地上霜"], [1, 1, 1, 1, 1]), chart);
  assert.deepEqual(names, ["⏎", "∅", "␣", "extraordinari…", "床前明月光疑…"]);
  assert.ok(margin(names) < 140);
  assert.deepEqual(namesOf(frame([], [1, 2]), chart), ["1", "2"]);
});

test("the axis holds every frame of the chapter", () => assert.ok(end([frame(["a"], [0.2]), frame(["a"], [0.1], [0.8])], chart) > 0.8));
