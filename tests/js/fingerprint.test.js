import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, fingerprint, headlineOf, verdict } from "../../src/playground/web/static/fingerprint.js";

const V = "a1b2c3d4e5f60718";
const metrics = { t: 0, sw2: 0.07127331, sw2_floor: 0.0705145015546269, loss: -1.5e-7 };

test("a fingerprint is a hash of everything, the code, and one number to tell", () => {
  assert.match(fingerprint(metrics, V, "sw2"), /^[0-9a-f]{8}\.a1b2c3\.0\.071273$/);
  assert.equal(fingerprint({ a: 1 }, V, "a"), "250123b7.a1b2c3.1", "FNV-1a of a=1; by another program: links of last year must still be read");
});

test("the order of the metrics is no part of it, the last bit is", () => {
  const other = Object.fromEntries(Object.entries(metrics).reverse());
  assert.equal(fingerprint(other, V, "sw2"), fingerprint(metrics, V, "sw2"));
  assert.notEqual(fingerprint({ ...metrics, t: Number.MIN_VALUE }, V, "sw2"), fingerprint(metrics, V, "sw2"));
  assert.notEqual(fingerprint({ ...metrics, extra: 0 }, V, "sw2"), fingerprint(metrics, V, "sw2"));
});

test("numbers of every size come back", () => {
  for (const value of [0, -0.5, 1e-7, -3.25e21, 123456789, 1 / 3]) {
    const found = compare(fingerprint({ a: value }, V, "a"), { a: value }, V, "a");
    assert.deepEqual(found, { same: true, near: true, codeChanged: false, theirs: Number(value.toPrecision(5)) });
  }
});

test("near is within two percent of what was shared", () => {
  const fp = fingerprint({ a: 0.05 }, V, "a");
  assert.deepEqual(compare(fp, { a: 0.051 }, V, "a"), { same: false, near: true, codeChanged: false, theirs: 0.05 });
  assert.equal(compare(fp, { a: 0.0511 }, V, "a")?.near, false);
  assert.equal(compare(fp, { a: 0.0511 }, "ffffffffff", "a")?.codeChanged, true);
});

test("what is no fingerprint is none", () => {
  const hostile = ["", "x", "<script>alert(1)</script>", "2e68c52f.a1b2c3.NaN", "2e68c52f.a1b2c3.Infinity", `2e68c52f.a1b2c3.1${"0".repeat(400)}`, "2e68c52f.a1b2c3.1 ", "2e68c52f.a1b2c3.", "2E68C52F.a1b2c3.1", "2e68c52f.a1b2c3.1\n"];
  for (const fp of hostile) assert.equal(compare(fp, { a: 1 }, V, "a"), null, fp);
});

test("a chapter without a headline is told by its first metric", () => {
  const frame = { step: 1, phase: "diverged", metrics, texts: {}, arrays: {} };
  assert.equal(headlineOf(frame, { headline: { train: "loss" } }), "t");
  assert.equal(headlineOf({ ...frame, phase: "train" }, { headline: { train: "loss" } }), "loss");
});

test("the reader is told in one sentence, with as many digits as make a difference", () => {
  const share = { same: "same", near: "{name} {here} {theirs} close", near_code: "code close", differs: "{name} {here} {theirs}", differs_code: "{name} {here} {theirs}; code", unreadable: "unreadable" };
  const spec = { share, lesson: { labels: { metrics: { a: "distance" } } } };
  const said = (/** @type {string} */ fp, /** @type {number} */ a, v = V) =>
    verdict(fp, { step: 1, phase: "train", metrics: { a }, texts: {}, arrays: {} }, { v, scene: { headline: { train: "a" } } }, spec);
  const fp = fingerprint({ a: 0.0712 }, V, "a");
  assert.deepEqual(said(fp, 0.0712), { kind: "same", text: "same" });
  assert.deepEqual(said(fp, 0.0712, "ffffffff"), { kind: "same", text: "same" }, "the code may change and the run stay");
  assert.deepEqual(said(fp, 0.0713), { kind: "near", text: "distance 0.0713 0.0712 close" });
  assert.deepEqual(said(fp, 0.071201), { kind: "near", text: "distance 0.071201 0.0712 close" });
  assert.deepEqual(said(fp, 0.0713, "ffffffff"), { kind: "near", text: "code close" });
  assert.deepEqual(said(fp, 0.0913), { kind: "differs", text: "distance 0.0913 0.0712" });
  assert.deepEqual(said(fp, 0.0913, "ffffffff"), { kind: "differs", text: "distance 0.0913 0.0712; code" });
  assert.deepEqual(said("<b>", 0.0712), { kind: "unreadable", text: "unreadable" });
});
