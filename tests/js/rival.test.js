import assert from "node:assert/strict";
import { test } from "node:test";
import { suggested } from "../../src/playground/web/static/rival.js";

test("the number offered first is another one, within its bounds", () => {
  assert.equal(suggested(800, 10, 5000, true), 1600);
  assert.equal(suggested(4000, 10, 5000, true), 2000);
  assert.equal(suggested(0, 0, 1, false), 0.5);
  assert.equal(suggested(0.001, 0, 0.01, false), 0.002);
  assert.equal(suggested(1, 1, 100, true), 2);
  assert.equal(suggested(1, 1, 1.5, true), 1, "where there is no other whole number, the server says so");
});
