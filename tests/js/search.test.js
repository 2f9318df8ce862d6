import assert from "node:assert/strict";
import { test } from "node:test";
import { finder, fold, withQuery } from "../../src/playground/web/static/search.js";

const entry = "GAN 生成对抗网络 Text to image from tokens 由词元生成图像";

test("case, width and punctuation make no difference", () => {
  assert.equal(fold(" ＧＡＮ，Text-to-Image! "), "gan text to image");
  for (const query of ["gan", "GaN", "ｇａｎ", "text-to-image", "生成", "对抗网络", "  "]) assert.ok(finder(query)(entry), query);
});

test("every word must be there, in any order", () => {
  assert.ok(finder("tokens GAN")(entry));
  assert.ok(!finder("GAN music")(entry));
  assert.ok(!finder("噪声")(entry));
});

test("nothing a reader types is a pattern", () => {
  for (const query of ["(", "[a", "\\", ".*", "${x}", "<b>"]) assert.doesNotThrow(() => finder(query)(entry), query);
  assert.ok(!finder("[xyz]")("x"));
});

test("the query lives in the address beside what else is there", () => {
  assert.equal(withQuery("?view=lecture", "噪声 a"), "?view=lecture&q=%E5%99%AA%E5%A3%B0+a");
  assert.equal(withQuery("?q=old&view=lecture", " "), "?view=lecture");
  assert.equal(withQuery("?q=old", ""), "");
});
