import assert from "node:assert/strict";
import { test } from "node:test";
import { address, changed, fingerprintOf, frameOf, mended, opening, queryFrom, queryOf, vsOf } from "../../src/playground/web/static/address.js";

const names = {
  fields: [
    { name: "data", default: "ring", type: "string", enum: ["ring", "moons"] },
    { name: "steps", default: 800, type: "integer" },
    { name: "points", default: "", type: "string" },
  ],
  reserved: ["at", "v", "vs", "view", "fp"],
};

test("a run has one query, however its address was written", () => {
  assert.equal(queryOf("?steps=800&data=moons&at=3&__theme=dark&v=x", names), "data=moons");
  assert.equal(queryOf("?data=ring", names), "");
  assert.equal(queryFrom({ data: "moons", steps: "800", points: "" }, names), "data=moons");
});

test("what others add to a link costs nobody the run", () => {
  assert.equal(queryOf("?data=moons&fbclid=x&utm_source=a&from=singlemessage&isappinstalled=0", names), "data=moons");
  assert.equal(queryOf("?fbclid=x", names), "");
  assert.equal(opening("?fbclid=x", { data: "moons" }, names), "fbclid=x&data=moons", "as if the address named no run");
  assert.equal(address("?data=moons&gclid=x&__theme=dark", { query: "data=moons", params: { data: "moons", steps: 800, points: "" } }, 7, names), "?data=moons&steps=800&__theme=dark&at=7");
});

test("a parameter that stands there twice counts once", () => {
  assert.equal(queryOf("?data=moons&data=ring&steps=9", names), "data=moons&steps=9");
});

test("the end of a sentence is no part of a number or a choice, but may be one of a text", () => {
  for (const end of [".", ")", "。", "）。", "” ", "!"]) assert.equal(queryOf(`?data=moons&steps=9${end}`, names), "data=moons&steps=9");
  assert.equal(queryOf("?data=moons。", names), "data=moons");
  assert.equal(queryOf("?steps=-9", names), "steps=-9");
  assert.equal(queryOf("?points=so it ends.", names), "points=so+it+ends.");
});

test("an address that came through other programs is read as it was meant", () => {
  assert.equal(mended("?data=moons&amp;steps=9&amp;at=3"), "?data=moons&steps=9&at=3");
  assert.equal(mended("?data%3Dmoons%26steps%3D9"), "?data=moons&steps=9");
  assert.equal(mended("??data=moons"), "?data=moons");
  assert.equal(mended("?text=a%26amp%3Bb"), "?text=a%26amp%3Bb", "what was encoded with care is left alone");
  assert.equal(mended("?%E4%3D%"), "?%E4%3D%");
  assert.equal(mended(""), "");
});

test("the address holds every parameter, the frame, and what else the page was opened with", () => {
  const run = { query: "data=drawn&points=~packed", params: { data: "drawn", steps: 800, points: "1,2;3,4" } };
  assert.equal(address("?at=2&view=lecture&v=old&__theme=dark", run, 7, names), "?data=drawn&steps=800&points=%7Epacked&at=7&view=lecture&__theme=dark");
});

test("an address that would be too long leaves the defaults out", () => {
  const run = { query: "", params: { data: "ring", steps: 800, points: "1,2;" } };
  assert.equal(address("", run, 7, { ...names, longest: 40 }), "?data=ring&steps=800&points=1%2C2%3B&at=7");
  assert.equal(address("", run, 7, { ...names, longest: 30 }), "?points=1%2C2%3B&at=7");
});

test("a fingerprint belongs to one run: it stands in the address of that run and of no other", () => {
  const run = { query: "", params: { data: "ring", steps: 800, points: "" } };
  assert.equal(address("?fp=old&at=2", run, 7, names), "?data=ring&steps=800&at=7");
  assert.equal(address("?fp=old", run, 7, names, { fp: "12345678.abcdef.0.5" }), "?data=ring&steps=800&at=7&fp=12345678.abcdef.0.5");
  assert.equal(queryOf("?data=moons&fp=x", names), "data=moons");
  assert.equal(fingerprintOf("?fp=%3Cb%3E"), "<b>");
  assert.equal(fingerprintOf("?fp"), "");
  assert.equal(fingerprintOf("?at=2"), null);
});

test("a page opens on its language's own run unless its address names one", () => {
  const names = { fields: [{ name: "model", default: "a" }], reserved: ["lang", "at"] };
  assert.equal(opening("?lang=zh", { model: "tang", steps: 3 }, names), "lang=zh&model=tang&steps=3");
  assert.equal(opening("?model=b", { model: "tang" }, names), "?model=b");
  assert.equal(opening("?at=3", {}, names), "at=3");
});

test("the frame asked for is a whole number, or nothing", () => {
  assert.equal(frameOf("?at=12"), 12);
  assert.equal(frameOf("?at=-3"), 0);
  assert.equal(frameOf("?at=<script>"), 0);
  assert.equal(frameOf(""), null);
});

test("a second run is said beside the first, and is no part of it", () => {
  const run = { query: "data=moons", params: { data: "moons", steps: 800, points: "" } };
  const search = address("?vs=steps:9", run, 7, names, { vs: "data:ring;steps:20" });
  assert.equal(search, "?data=moons&steps=800&vs=data%3Aring%3Bsteps%3A20&at=7");
  assert.equal(vsOf(search), "data:ring;steps:20");
  assert.equal(queryOf(search, names), "data=moons");
  assert.equal(address(search, run, 7, names), "?data=moons&steps=800&at=7", "it leaves the address when the comparison ends");
  assert.deepEqual([vsOf("?at=2"), vsOf("?vs=")], [null, null]);
});

test("the second run is the first with what differs changed", () => {
  assert.equal(changed("data=moons&steps=20", { data: "ring" }), "data=ring&steps=20");
  assert.equal(queryOf(changed("data=moons", { data: "ring" }), names), "", "a default is left out: one query a run");
  assert.equal(changed("", { points: "<b>&x=1" }), "points=%3Cb%3E%26x%3D1");
});
