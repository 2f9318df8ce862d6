import assert from "node:assert/strict";
import { test } from "node:test";
import { isolated, literal, readable, shortened, shown } from "../../src/playground/web/static/tokens.js";

const UNSEEN = /[\p{Cc}\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

test("what can't be seen is shown as a sign, and nothing turns the direction", () => {
  assert.equal(shown("\n"), "⏎");
  assert.equal(shown("\u202e"), "‹202E›");
  assert.equal(shown(""), "∅");
  assert.equal(shown("  "), "␣␣");
  assert.equal(shown("\ud800"), "‹D800›", "half a pair");
  for (let code = 0; code < 0x3000; code++) assert.doesNotMatch(shown(`a${String.fromCharCode(code)}b`), UNSEEN, code.toString(16));
});

test("what can be seen stays: words, Chinese, Hebrew, emoji and their joiners", () => {
  for (const token of ["don't", "床前", "מלך", "👩‍👩‍👧‍👦", "👍🏽", "é", "<b>", "a b"]) assert.equal(shown(token), token);
  assert.equal(shown("a\u200db"), "a‹200D›b", "a joiner between letters joins nothing");
});

test("marks stand over something and do not pile up", () => {
  assert.equal(shown("\u0301"), "◌\u0301");
  assert.equal([...shown(`a${"\u0301".repeat(50)}`)].length, 3);
});

test("a token in a sentence keeps to itself", () => assert.equal(isolated("מלך"), "\u2068מלך\u2069"));

test("a text of many lines keeps its lines and tabs", () => assert.equal(readable("a\n\tb\u202e\u0007  c"), "a\n\tb‹202E›‹0007›  c"));

test("what is too long ends between whole characters", () => {
  const count = (/** @type {string} */ text) => [...new Intl.Segmenter().segment(text)].length;
  assert.equal(shortened("abcdef", 6, count), "abcdef");
  assert.equal(shortened("abcdef", 4, count), "abc…");
  assert.equal(shortened("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 2, count), "👩‍👩‍👧‍👦…");
  assert.equal(shortened("abc", 0, count), "a…", "something is always left");
});

test("markup for plotly is letters", () => assert.equal(literal('<a href="x">&$'), '&lt;a href="x"&gt;&amp;&#36;'));
