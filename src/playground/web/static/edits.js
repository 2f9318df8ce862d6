/** Changes made while a run trains, as its parameter `edits` has them: "step:field=value" joined by ";". Knows no document. */

import { fill } from "./format.js";
import { said } from "./values.js";

/**
 * @typedef {{step: number, field: string, value: string}} Edit
 * @typedef {{step: number, phase: string}} Moment
 * @typedef {{text: string, parent: string, from: number}} Branch the step at which it leaves its parent; the trunk's text is ""
 */

export const TRAINING = "train"; // the chapter whose steps edits count

/** @param {string} text @returns {Edit[]} */
export const read = (text) =>
  text.split(";").flatMap((part) => {
    const [, step, field, value] = /^(\d+):(\w+)=(.*)$/s.exec(part) ?? [];
    return field ? [{ step: Number(step), field, value }] : [];
  });

/** @param {Edit[]} edits */
export const written = (edits) => edits.map(({ step, field, value }) => `${step}:${field}=${value}`).join(";");

/** A run's parameters for the update after a step. @param {Record<string, any>} params @param {number} step @returns {Record<string, any>} */
export const inForce = (params, step) => ({ ...params, ...Object.fromEntries(read(params.edits).filter((edit) => edit.step <= step).map(({ field, value }) => [field, value])) });

/** The edits of a branch: those of its run up to a step, and what is changed there. @param {string} text @param {number} step @param {Record<string, any>} changes */
export function branched(text, step, changes) {
  const kept = read(text).filter((edit) => edit.step < step || (edit.step === step && !(edit.field in changes)));
  return written([...kept, ...Object.entries(changes).map(([field, value]) => ({ step, field, value: String(value) }))]);
}

/** The step after which two runs part that differ in edits alone; Infinity for the same edits. @param {string} one @param {string} other */
export function parting(one, other) {
  const [some, others] = [read(one), read(other)];
  const same = (/** @type {number} */ i) => i < some.length && i < others.length && written([some[i]]) === written([others[i]]);
  let i = 0;
  while (same(i)) i++;
  return Math.min(some[i]?.step ?? Infinity, others[i]?.step ?? Infinity);
}

/** How many of a run's first frames another has as well that parts from it after a step. @param {Moment[]} frames @param {number} step */
export function common(frames, step) {
  if (step === Infinity) return frames.length;
  const past = frames.findIndex((frame, i) => (frame.phase === TRAINING ? frame.step > step : frames[i - 1]?.phase === TRAINING));
  return past < 0 ? frames.length : past;
}

/** Branches as a tree, each below the one it leaves; of one's branches the latest first, so that no line crosses another. @param {Iterable<string>} texts @returns {Branch[]} */
export function tree(texts) {
  const all = new Set(["", ...texts]);
  const branches = [...all].filter(Boolean).map((text) => ({ text, parent: parentOf(text, all) })).map((branch) => ({ ...branch, from: parting(branch.text, branch.parent) }));
  branches.sort((one, other) => other.from - one.from);
  /** @type {(parent: string) => Branch[]} */
  const below = (parent) => branches.filter((branch) => branch.parent === parent).flatMap((branch) => [branch, ...below(branch.text)]);
  return [{ text: "", parent: "", from: 0 }, ...below("")];
}

/** The branch that has all of these edits but the last ones. @param {string} text @param {Set<string>} all */
function parentOf(text, all) {
  for (let edits = read(text).slice(0, -1); edits.length; edits.pop()) if (all.has(written(edits))) return written(edits);
  return "";
}

/** Edits in words, but for those that another branch has told. @param {string} text @param {Record<string, any>} params of the run @param {import("./page.js").Spec} spec @param {string} [told] */
export function inWords(text, params, spec, told = "") {
  const edits = read(text);
  return edits.slice(read(told).length).map(({ step, field, value }) => {
    const before = { ...params, ...Object.fromEntries(edits.filter((edit) => edit.step < step).map((edit) => [edit.field, edit.value])) };
    const [from, to] = [before[field], value].map((one) => said(field, kind(one, field, spec), spec));
    return fill(spec.words.edit, { step, name: spec.lesson.labels.fields[field], from, to });
  });
}

/** A value as its field has it. @param {any} value perhaps text @param {string} field @param {import("./page.js").Spec} spec */
function kind(value, field, { fields }) {
  const { type } = fields.find(({ name }) => name === field) ?? { type: "string" };
  if (type === "boolean") return String(value) === "true";
  return type === "number" || type === "integer" ? Number(value) : value;
}
