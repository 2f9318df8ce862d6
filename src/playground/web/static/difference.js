/** What two runs differ in, in the reader's words. */

import { h } from "./dom.js";
import { fill, number } from "./format.js";
import { differing } from "./pair.js";

/** @typedef {import("./page.js").Spec} Spec */

export const KINDS = ["one", "other"]; // how the two are drawn: solid and dashed

const LONGEST = 24; // characters of a text that names a run

/**
 * The sentence above the stages, and what each of the two is called.
 * @param {Record<string, any>} one @param {Record<string, any>} other the parameters of both @param {Spec} spec
 * @returns {{parts: Node[], names: [string, string]}}
 */
export function difference(one, other, spec) {
  const { labels } = spec.lesson;
  const found = differing(one, other, spec.fields).map((name) => ({ name, label: labels.fields[name], says: [one, other].map((params) => said(name, params[name], spec)) }));
  const parts = found.map(({ label, says }) => h("span", {}, h("b", {}, fill(spec.versus.of, { name: label, text: "" })), " ", named(says, 0), " | ", named(says, 1)));
  const called = (/** @type {number} */ k) => found.map(({ name, label, says }) => (labels.options[name] ? says[k] : `${label} ${says[k]}`)).join(" · ");
  return { parts, names: [called(0), called(1)] };
}

/** @param {string[]} says @param {number} k */
const named = (says, k) => h("span", { class: `named ${KINDS[k]}` }, says[k]);

/** A value as the lesson names it. @param {string} name @param {any} value @param {Spec} spec */
function said(name, value, { lesson, versus }) {
  const option = lesson.labels.options[name]?.[value];
  if (option) return option;
  if (typeof value === "boolean") return versus[value ? "on" : "off"];
  if (typeof value === "number") return number(value);
  return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value || "–";
}
