import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { answers, named, nameOf } from "../../src/playground/web/static/offline-answers.js";

const NAMES = { reserved: ["at", "vs", "lang"], fields: [{ name: "steps", type: "integer", default: 800 }, { name: "rate", type: "number", default: 1 }, { name: "text", type: "string", default: "" }, { name: "norm", type: "boolean", default: true }] };
const long = "生成 <b>;&".repeat(60);
const packed = `~${deflateSync(Buffer.from(long)).toString("base64url")}`;
const SPEC = /** @type {any} */ ({ ...NAMES, words: { absent: "Not in this file." } });

test("a run has one name, whatever way its address is written", async () => {
  const one = named({ steps: 800, rate: 1, text: long, norm: true }, NAMES);
  assert.equal(await nameOf(`?at=3&lang=zh&text=${encodeURIComponent(packed)}`, NAMES), one);
  assert.equal(await nameOf(`text=${encodeURIComponent(long)}&steps=8e2&rate=1.0&norm=true`, NAMES), one);
  assert.notEqual(await nameOf(`text=${encodeURIComponent(long)}&steps=801`, NAMES), one);
  assert.notEqual(await nameOf("text=007", NAMES), await nameOf("text=7", NAMES), "a text is no number");
});

test("what is no parameter, or stands there twice, changes no run", async () => {
  assert.equal(await nameOf("steps=1&other=1&steps=2", NAMES), await nameOf("steps=1", NAMES));
});

test("plans and runs come from the file, all else from where it came", async () => {
  const parts = { runs: JSON.stringify([{ part: "run-0", plan: { params: { steps: 20, rate: 1, text: "", norm: true }, work: 3 } }]), "run-0": "frames", code: "{}" };
  const unpack = (/** @type {string} */ name) => new Response(new Blob([gzipSync(parts[/** @type {keyof typeof parts} */ (name)])]).stream().pipeThrough(new DecompressionStream("gzip")));
  const asked = answers(unpack, SPEC, async (url) => new Response(`network: ${url}`));
  assert.equal((await (await asked("/plan/x?steps=20&v=1")).json()).work, 3);
  assert.equal(await (await asked("/runs/x?rate=1&steps=20&at=5")).text(), "frames");
  const refused = await asked("/runs/x?steps=21");
  assert.deepEqual([refused.status, (await refused.json()).errors[0].zh], [422, "Not in this file."]);
  assert.equal(await (await asked("/code/x?v=2")).text(), "{}");
  assert.equal(await (await asked("blob:null/1")).text(), "network: blob:null/1");
});
