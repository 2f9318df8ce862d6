import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { pack, packed, unpack } from "../../src/playground/web/static/packed.js";

const POEM = "床前明月光，疑是地上霜。举头望明月，低头思故乡。\n".repeat(40);

test("a long text travels deflated, and comes back", async () => {
  const text = await pack(POEM);
  assert.match(text, /^~[\w-]+$/);
  assert.equal(inflateSync(Buffer.from(text.slice(1), "base64url")).toString(), POEM, "as another program reads it");
  assert.equal(await unpack(text), POEM);
});

test("a short text stays as it is, but for one that begins with the mark", async () => {
  assert.equal(await pack("To be, or not to be"), "To be, or not to be");
  assert.equal(await unpack("To be"), "To be");
  assert.notEqual(await pack("~ about"), "~ about");
  assert.equal(await unpack(await pack("~ about")), "~ about");
});

test("of a query only what is long is packed", async () => {
  const pairs = new URLSearchParams(await packed(new URLSearchParams({ steps: "20", text: POEM }).toString()));
  assert.equal(pairs.get("steps"), "20");
  assert.equal(await unpack(pairs.get("text")), POEM);
});

test("what is no packed text is refused", async () => {
  await assert.rejects(unpack("~AAAA"));
  await assert.rejects(unpack("~床"));
});
