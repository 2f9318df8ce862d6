import assert from "node:assert/strict";
import { test } from "node:test";
import { pause, rest } from "../../src/playground/web/static/again.js";
import { Lost, Refusal, TAB, answer } from "../../src/playground/web/static/wire.js";

Object.assign(globalThis, { document: { documentElement: { dataset: {} } } }); // a page at its site's root

const refused = (/** @type {string} */ code) => new Refusal([{ field: "", code, en: "No.", zh: "不行。" }], "en");
const even = () => 0.5;

test("who can't reach the server waits longer each time, but not for ever", () => {
  const waits = Array.from({ length: 12 }, (_, tries) => pause(new Lost(), tries, even) ?? NaN);
  assert.deepEqual(waits.slice(0, 5), [0.5, 1, 2, 4, 8]);
  assert.equal(Math.max(...waits), 15);
});

test("pages don't come back all at once", () => {
  assert.notEqual(pause(new Lost(), 3, () => 0), pause(new Lost(), 3, () => 1));
});

test("what will pass is waited for, what won't is not", () => {
  assert.equal(pause(refused("stopping"), 0, even), 2);
  assert.equal(pause(refused("too_busy"), 7, even), 2);
  assert.equal(pause(refused("run_failed"), 0, even), null);
  assert.equal(pause(new TypeError("undefined is not a function"), 0, even), null);
});

/** What answer() makes of a server that says this. @param {() => Promise<Response>} says */
async function asked(says) {
  const real = globalThis.fetch;
  /** @type {any[]} */
  const heard = [];
  globalThis.fetch = (url, options) => {
    heard.push(url, options);
    return says();
  };
  const error = await answer("/runs/toy", "en").catch((thrown) => thrown);
  globalThis.fetch = real;
  return { error, heard };
}

test("a full server says when to come back", async () => {
  const body = JSON.stringify({ errors: [{ field: "", code: "too_busy", en: "Full.", zh: "满了。" }] });
  const headers = { "retry-after": "7", "content-type": "application/json" };
  const { error } = await asked(async () => new Response(body, { status: 503, headers }));
  assert.equal(error.message, "Full.");
  assert.equal(pause(error, 0, even), 7);
});

test("what stands before a server that restarts is waited for as well", async () => {
  const { error } = await asked(async () => new Response("<h1>Bad Gateway</h1>", { status: 502 }));
  assert.equal(pause(error, 0, even), 3);
  const { error: none } = await asked(async () => new Response("", { status: 404 }));
  assert.equal(pause(none, 0, even), null);
});

test("the page tells which page it is, and that its server is gone", async () => {
  const { error, heard } = await asked(() => Promise.reject(new TypeError("Failed to fetch")));
  assert.ok(error instanceof Lost);
  assert.equal(heard[1].headers["X-Tab"], TAB);
  assert.match(TAB, /^[0-9a-f]{24}$/);
});

test("who stops doesn't wait on", async () => {
  const control = new AbortController();
  const waiting = rest(60, control.signal);
  control.abort();
  await waiting;
});
