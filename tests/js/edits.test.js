import assert from "node:assert/strict";
import { test } from "node:test";
import { address, changed, queryOf, vsOf } from "../../src/playground/web/static/address.js";
import { branched, common, inForce, inWords, parting, read, tree, written } from "../../src/playground/web/static/edits.js";
import { changesOf, vsFrom } from "../../src/playground/web/static/pair.js";
import { Timeline } from "../../src/playground/web/static/timeline.js";

const TEXT = "100:clip=true;100:rate=2;400:rate=10";

test("edits are read and written", () => {
  assert.deepEqual(read(TEXT).map(({ step, field, value }) => [step, field, value]), [[100, "clip", "true"], [100, "rate", "2"], [400, "rate", "10"]]);
  assert.equal(written(read(TEXT)), TEXT);
  assert.deepEqual(read(""), []);
});

test("what was set last is in force, from its own step on", () => {
  const params = { rate: 1, clip: false, edits: TEXT };
  assert.deepEqual([99, 100, 399, 400, 900].map((step) => inForce(params, step).rate), [1, "2", "2", "10", "10"]);
});

test("a branch keeps what was changed before it, and at its step what it does not change itself", () => {
  assert.equal(branched("", 400, { rate: 10 }), "400:rate=10");
  assert.equal(branched(TEXT, 200, { rate: 0.5 }), "100:clip=true;100:rate=2;200:rate=0.5");
  assert.equal(branched(TEXT, 100, { rate: 3 }), "100:clip=true;100:rate=3");
  assert.equal(branched(TEXT, 500, { rate: 3 }), `${TEXT};500:rate=3`);
});

test("two branches part at the first edit that differs", () => {
  assert.equal(parting("", "400:rate=10"), 400);
  assert.equal(parting("100:rate=2;400:rate=10", "100:rate=2;300:rate=1"), 300);
  assert.equal(parting("100:rate=2", "100:rate=3"), 100);
  assert.equal(parting("100:rate=2", TEXT), 100);
  assert.equal(parting(TEXT, TEXT), Infinity);
});

test("frames up to the step of the edit are common, with all chapters before it and none after", () => {
  const frames = [...[0, 1].map((step) => ({ step, phase: "forward" })), ...[0, 10, 40].map((step) => ({ step, phase: "train" })), { step: 0, phase: "walk" }, { step: 1, phase: "walk" }];
  assert.deepEqual([0, 9, 10, 39, 40].map((step) => common(frames, step)), [3, 3, 4, 4, 5]);
  assert.equal(common(frames, Infinity), 7);
  assert.equal(common(frames.slice(0, 3), 10), 3, "no more than there are");
});

test("a branch hangs from the one that has all its edits but the last", () => {
  const found = tree(["400:rate=10;600:rate=1", "100:rate=2", "400:rate=10", "400:rate=10;500:rate=3;600:rate=4"]);
  assert.deepEqual(found.map(({ text, parent, from }) => [text, parent, from]), [
    ["", "", 0],
    ["400:rate=10", "", 400],
    ["400:rate=10;600:rate=1", "400:rate=10", 600],
    ["400:rate=10;500:rate=3;600:rate=4", "400:rate=10", 500],
    ["100:rate=2", "", 100],
  ]);
  assert.deepEqual(tree(["5:rate=2;6:rate=3"]).map(({ parent }) => parent), ["", ""], "one that was not visited is no parent");
});

const spec = /** @type {any} */ ({
  words: { edit: "step {step}: {name} {from} → {to}" },
  versus: { on: "on", off: "off" },
  lesson: { labels: { fields: { rate: "Rate", clip: "Clipping", loss: "Loss" }, options: { loss: { square: "squared", absolute: "absolute" } } } },
  fields: [{ name: "rate", type: "number" }, { name: "clip", type: "boolean" }, { name: "loss", type: "string" }],
});

test("edits are told with what was before, and only those that the branch above has not told", () => {
  const params = { rate: 1, clip: false, loss: "square" };
  assert.deepEqual(inWords("400:rate=10;1200:rate=0.5", params, spec), ["step 400: Rate 1 → 10", "step 1,200: Rate 10 → 0.5"]);
  assert.deepEqual(inWords("400:rate=10;600:rate=1", params, spec, "400:rate=10"), ["step 600: Rate 10 → 1"]);
  assert.deepEqual(inWords("4:clip=true;5:loss=absolute", params, spec), ["step 4: Clipping off → on", "step 5: Loss squared → absolute"]);
});

test("edits survive the address and stand beside the trunk", () => {
  const names = { fields: [{ name: "rate", default: 1 }, { name: "edits", default: "" }], reserved: ["vs", "at"] };
  const search = address("", { query: changed("", { edits: TEXT }), params: { rate: 1, edits: TEXT } }, 7, names, { vs: vsFrom({ edits: TEXT, rate: 2 }) });
  assert.equal(new URLSearchParams(queryOf(search, names)).get("edits"), TEXT);
  assert.deepEqual(changesOf(vsOf(search) ?? ""), { edits: TEXT, rate: "2" });
  assert.deepEqual(changesOf(vsFrom({ edits: "" })), { edits: "" });
  assert.equal(queryOf(changed(`edits=${TEXT}`, { edits: "" }), names), "", "the trunk has one query");
});

test("frames that the next run begins with as well stay, and the clock among them", () => {
  const frame = (/** @type {number} */ step) => ({ step, phase: "train", metrics: {}, texts: {}, arrays: {} });
  const timeline = new Timeline();
  timeline.reset(4);
  for (const step of [0, 1, 2, 3]) timeline.push(frame(step));
  timeline.end();
  timeline.seek(2);
  timeline.reset(4, [], 3);
  timeline.playing = true;
  assert.deepEqual([timeline.index, timeline.frames.length, timeline.complete], [2, 3, false]);
  timeline.tick(1);
  assert.equal(timeline.index, 2, "it waits where it was");
  for (const step of [0, 1, 2]) assert.equal(timeline.push(frame(step), step), false);
  assert.equal(timeline.frames.length, 3);
  timeline.push(frame(3), 3);
  timeline.tick(1);
  assert.equal(timeline.frame.step, 3, "and goes on with what is new");
  timeline.reset(4);
  assert.deepEqual([timeline.index, timeline.frames.length], [0, 0]);
});

test("a frame that is there is shown at once, another when it comes", () => {
  const frame = (/** @type {number} */ step) => ({ step, phase: "train", metrics: {}, texts: {}, arrays: {} });
  const timeline = new Timeline();
  timeline.reset(3);
  timeline.push(frame(0));
  timeline.push(frame(1));
  timeline.expect(1);
  assert.deepEqual([timeline.index, timeline.wanted], [1, null]);
  timeline.expect(2);
  assert.equal(timeline.push(frame(2)), true);
  assert.equal(timeline.index, 2);
});
