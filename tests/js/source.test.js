import assert from "node:assert/strict";
import { test } from "node:test";
import { marked, marks } from "../../src/playground/web/static/source.js";

const RAN = { train: { "a.py": ["outer", "C.m"] }, reverse: { "a.py": ["outer"], "b.py": ["outer.<locals>.inner"] } };
const file = (/** @type {[string, number, number][]} */ ...functions) => ({ name: "a.py", lines: new Array(6).fill([]), functions });

test("a line is marked by the innermost function it belongs to", () => {
  const nested = file(["outer", 1, 4], ["outer.<locals>.inner", 2, 3], ["C.m", 6, 6]);
  assert.deepEqual(marked(nested, RAN, "train"), ["now", "", "", "now", "", "now"]);
  assert.deepEqual(marked(nested, RAN, "reverse"), ["now", "", "", "now", "", "ran"], "what ran in another chapter, and in this one");
  assert.deepEqual(marked(nested, RAN, "forward"), ["ran", "", "", "ran", "", "ran"]);
});

test("the same name in another file is another function", () => {
  assert.deepEqual(marked({ ...file(["outer.<locals>.inner", 1, 2]), name: "c.py" }, RAN, "reverse"), ["", "", "", "", "", ""]);
  assert.deepEqual(marked({ ...file(["outer.<locals>.inner", 1, 2]), name: "b.py" }, RAN, "reverse").slice(0, 3), ["now", "now", ""]);
});

test("nothing is marked that is not known", () => {
  assert.equal(marks({ v: "1", ran: RAN }, "1"), "code_waiting");
  assert.equal(marks({ v: "1", whole: true, ran: RAN }, "2"), "code_older");
  assert.equal(marks({ v: "1", whole: true }, "1"), "code_unmarked");
  assert.equal(marks({ v: "1", whole: true, ran: RAN }, "1"), RAN);
});
