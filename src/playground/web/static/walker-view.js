/** What a walker looks at, and how an address keeps it: `view=w:path,line,3,9,0.4;z:0.31,-1.2;x:d,0,3`. Knows no document. */

import { partOf, withPart } from "./view.js";

/**
 * @typedef {"move" | "sample" | "path" | "sum" | "encode" | "codes"} Mode
 * @typedef {"line" | "sphere" | "loop"} Way
 * @typedef {{mode: Mode, at: number[], axes: import("./walker-model.js").Axes, way: Way, t: number, items: number[], from: "prior" | "fitted", seed: number, eps: number, item: number, cell: number, put: Record<number, number>}} View
 * `at` is the place on all axes, `items` those that stand for a, b and c, `seed` draws the samples, `eps` the ε of an input's code (0: the code is μ), `item` is the input;
 * of a model with a codebook `cell` is looked at, and `put` has the codes that were put into cells
 */

/** Those of a space that can be walked: a codebook has its own. @type {Mode[]} */
export const MODES = ["move", "sample", "path", "sum", "encode"];
/** @type {Way[]} */
export const WAYS = ["line", "sphere", "loop"];
const MOST = 64; // items, and dimensions

/** @param {boolean} prior whether N(0, I) is part of the model @returns {View} */
export const opening = (prior) => ({ mode: "move", at: [0, 0], axes: { kind: "p", i: 0, j: 1 }, way: "line", t: 0.5, items: [0, 1, 2], from: prior ? "prior" : "fitted", seed: 1, eps: 0, item: 0, cell: 0, put: {} });

/** @param {string | undefined} text @param {number} fallback @param {number} least @param {number} most */
function whole(text, fallback, least, most) {
  return text && /^\d{1,6}$/.test(text) ? Math.min(most, Math.max(least, Number(text))) : fallback;
}

/** @param {string} text @param {number} fallback @param {number} most */
function real(text, fallback, most) {
  return /^-?\d{1,3}(\.\d{1,4})?$/.test(text ?? "") ? Math.min(most, Math.max(-most, Number(text))) : fallback;
}

/** The view that an address asks for; what can't be read is as on opening. @param {string} search @param {boolean} prior @returns {View} */
export function viewOf(search, prior) {
  const view = opening(prior);
  const [name, ...parts] = partOf(search, "w").split(",");
  view.mode = name === "codes" ? "codes" : (MODES.find((mode) => mode === name) ?? "move");
  if (view.mode === "sample") Object.assign(view, { from: parts[0] === "fitted" ? "fitted" : parts[0] === "prior" ? "prior" : view.from, seed: whole(parts[1], 1, 1, 999999) });
  if (view.mode === "path") {
    view.way = WAYS.find((way) => way === parts[0]) ?? "line";
    view.items = [...[1, 2].map((k) => whole(parts[k], view.items[k - 1], 0, MOST - 1)), 2];
    view.t = Math.max(0, real(parts[3], 0.5, 1));
  }
  if (view.mode === "sum") view.items = [0, 1, 2].map((k) => whole(parts[k], k, 0, MOST - 1));
  if (view.mode === "encode") Object.assign(view, { item: whole(parts[0], 0, 0, MOST - 1), eps: whole(parts[1], 0, 0, 999999) });
  if (view.mode === "codes") {
    const put = parts.slice(2).map((text) => text.split(".").map((number) => whole(number, -1, 0, 999)));
    Object.assign(view, { item: whole(parts[0], 0, 0, MOST - 1), cell: whole(parts[1], 0, 0, 999), put: Object.fromEntries(put.filter(([place, code]) => place >= 0 && code >= 0)) });
  }
  const at = partOf(search, "z");
  if (at) view.at = at.split(",").slice(0, MOST).map((text) => real(text, 0, 20));
  if (view.at.length < 2) view.at.push(0);
  const [kind, i, j] = partOf(search, "x").split(",");
  const axes = { kind: /** @type {"p" | "d"} */ (kind === "d" ? "d" : "p"), i: whole(i, 0, 0, MOST - 1), j: whole(j, 1, 0, MOST - 1) };
  if (axes.i !== axes.j) view.axes = axes;
  return view;
}

/** @param {number} value */
const short = (value) => String(Number(value.toFixed(2)));

/** An address's query that keeps this view, beside what else its `view` keeps; nothing of one that is as on opening. @param {string} search @param {View} view */
export function withView(search, { mode, at, axes, way, t, items, from, seed, eps, item, cell, put }) {
  /** @type {Record<Mode, (string | number)[]>} */
  const details = { move: [], sample: [from, seed], path: [way, items[0], items[1], short(t)], sum: items.slice(0, 3), encode: [item, eps], codes: [item, cell, ...Object.entries(put).map((pair) => pair.join("."))] };
  const place = at.map(short);
  while (place.length > 2 && place[place.length - 1] === "0") place.pop();
  const still = place.every((value) => value === "0" || value === "-0");
  const usual = axes.kind === "p" && axes.i === 0 && axes.j === 1;
  const own = withPart(search, "w", mode === "move" ? "" : [mode, ...details[mode]].join(","));
  return withPart(withPart(own, "z", still ? "" : place.join(",")), "x", usual ? "" : [axes.kind, axes.i, axes.j].join(","));
}
