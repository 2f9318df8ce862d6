/** What a shared link promises of its run's last frame, and whether the run computed here keeps it. Knows no document. */

import { fill, number } from "./format.js";

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {{same: boolean, near: boolean, codeChanged: boolean, theirs: number}} Comparison
 */

const FORM = /^([0-9a-f]{8})\.([0-9a-f]{6})\.(-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;
const DIGITS = 5;
const NEAR = 0.02; // another machine rounds otherwise, and training carries that on

/** FNV-1a over all names and exact values, whatever their order: crypto.subtle is missing on plain http. @param {Record<string, number>} metrics */
function hash(metrics) {
  let bits = 0x811c9dc5;
  for (const name of Object.keys(metrics).sort()) {
    for (const char of `${name}=${metrics[name]};`) bits = Math.imul(bits ^ /** @type {number} */ (char.codePointAt(0)), 0x01000193);
  }
  return (bits >>> 0).toString(16).padStart(8, "0");
}

/** The metric that stands for a frame. @param {Frame} frame @param {{headline: Record<string, string>}} scene */
export function headlineOf({ phase, metrics }, { headline }) {
  return headline[phase] ?? Object.keys(metrics)[0];
}

/**
 * Hash of all metrics, the code that computed them, and one number to tell the reader.
 * @param {Record<string, number>} metrics of the last frame of a complete run
 * @param {string} v the code's hash @param {string} headline the metric that stands for the rest
 */
export function fingerprint(metrics, v, headline) {
  return `${hash(metrics)}.${v.slice(0, 6)}.${Number(metrics[headline].toPrecision(DIGITS))}`;
}

/**
 * A link's fingerprint held against a run; null when it can't be read.
 * @param {string} fp @param {Record<string, number>} metrics @param {string} v @param {string} headline
 * @returns {Comparison | null}
 */
export function compare(fp, metrics, v, headline) {
  const [, hashed, code, value] = FORM.exec(fp) ?? [];
  const theirs = Number(value);
  if (!Number.isFinite(theirs)) return null;
  return {
    same: hashed === hash(metrics),
    near: Math.abs(metrics[headline] - theirs) <= NEAR * Math.abs(theirs),
    codeChanged: code !== v.slice(0, 6),
    theirs,
  };
}

/** Both as the page says numbers; with all the digits a link holds, where they would look the same. @param {number} here @param {number} theirs */
function apart(here, theirs) {
  if (number(here) !== number(theirs)) return [here, theirs].map((value) => number(value));
  return [here, theirs].map((value) => String(Number(value.toPrecision(DIGITS))).replace("-", "−"));
}

/**
 * One sentence on whether the run is the one that was shared.
 * @param {string} fp @param {Frame} frame the last of a complete run
 * @param {{v: string, scene: {headline: Record<string, string>}}} run @param {{share: Record<string, string>, lesson: any}} spec
 * @returns {{kind: "same" | "near" | "differs" | "unreadable", text: string}}
 */
export function verdict(fp, frame, { v, scene }, { share, lesson }) {
  const headline = headlineOf(frame, scene);
  const found = compare(fp, frame.metrics, v, headline);
  if (!found) return { kind: "unreadable", text: share.unreadable };
  const kind = found.same ? "same" : found.near ? "near" : "differs";
  const sentence = share[found.codeChanged && !found.same ? `${kind}_code` : kind];
  const [here, theirs] = apart(frame.metrics[headline], found.theirs);
  return { kind, text: fill(sentence, { name: lesson.labels.metrics[headline], here, theirs }) };
}
