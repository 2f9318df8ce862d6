import assert from "node:assert/strict";
import { test } from "node:test";
import { address, frameOf, queryFrom, queryOf } from "../../src/playground/web/static/address.js";

const names = {
  fields: [
    { name: "data", default: "ring" },
    { name: "steps", default: 800 },
    { name: "points", default: "" },
  ],
  reserved: ["at", "v", "view"],
};

test("a run has one query, however its address was written", () => {
  assert.equal(queryOf("?steps=800&data=moons&at=3&__theme=dark&v=x", names), "data=moons");
  assert.equal(queryOf("?data=ring", names), "");
  assert.equal(queryFrom({ data: "moons", steps: "800", points: "" }, names), "data=moons");
});

test("what is no parameter goes to the server, which says so", () => {
  assert.equal(queryOf("?nonsense=1", names), "nonsense=1");
});

test("the address holds every parameter, the frame, and what else the page was opened with", () => {
  const run = { query: "data=drawn&points=~packed", params: { data: "drawn", steps: 800, points: "1,2;3,4" } };
  assert.equal(address("?at=2&view=lecture&v=old&__theme=dark", run, 7, names), "?data=drawn&steps=800&points=%7Epacked&at=7&view=lecture&__theme=dark");
});

test("the frame asked for is a whole number, or nothing", () => {
  assert.equal(frameOf("?at=12"), 12);
  assert.equal(frameOf("?at=-3"), 0);
  assert.equal(frameOf("?at=<script>"), 0);
  assert.equal(frameOf(""), null);
});
