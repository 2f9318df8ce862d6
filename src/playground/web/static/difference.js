/** What two runs differ in, in the reader's words. */

import { h } from "./dom.js";
import { inWords } from "./edits.js";
import { fill } from "./format.js";
import { differing } from "./pair.js";
import { said } from "./values.js";

/** @typedef {import("./page.js").Spec} Spec */

export const KINDS = ["one", "other"]; // how the two are drawn: solid and dashed

/**
 * The sentence above the stages, and what each of the two is called.
 * @param {Record<string, any>} one @param {Record<string, any>} other the parameters of both @param {Spec} spec
 * @returns {{parts: Node[], names: [string, string]}}
 */
export function difference(one, other, spec) {
  const { labels } = spec.lesson;
  const found = differing(one, other, spec.fields).map((name) => ({ name, label: labels.fields[name], says: [one, other].map((params) => (name === "edits" ? made(params, spec) : said(name, params[name], spec))) }));
  const parts = found.map(({ label, says }) => h("span", {}, h("b", {}, fill(spec.versus.of, { name: label, text: "" })), " ", named(says, 0), " | ", named(says, 1)));
  const called = (/** @type {number} */ k) => found.map(({ name, label, says }) => (labels.options[name] || name === "edits" ? says[k] : `${label} ${says[k]}`)).join(" · ");
  return { parts, names: [called(0), called(1)] };
}

/** @param {string[]} says @param {number} k */
const named = (says, k) => h("span", { class: `named ${KINDS[k]}` }, says[k]);

/** What was changed while a run trained, or that nothing was. @param {Record<string, any>} params @param {Spec} spec */
const made = (params, spec) => inWords(params.edits, params, spec).join(" · ") || spec.words.trunk;
