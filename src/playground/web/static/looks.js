/** What is looked at in attention: the view, a head, a query token and a key token. The link keeps it. Knows no document. */

import { isolated } from "./tokens.js";
import { partOf, withPart } from "./view.js";

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {"all" | "matrix" | "lines"} View
 * @typedef {{head?: [number, number], query?: number, key?: number}} Over what the pointer is over
 * @typedef {{view: View, head: [number, number] | null, query: number | null, key: number, over: Over | null}} Look `head` is layer and head, -1 stands for
 * no token, null for what the frame opens on
 * @typedef {{data: ArrayLike<number>, layers: number, heads: number, rows: number, t: number, layer: number, head: number, query: number, key: number, over: Over | null, tokens: string[]}} Seen
 * a look at one frame; the last `rows` tokens are queries
 */

/** @type {View[]} */
export const VIEWS = ["all", "matrix", "lines"];
const FORM = /^(all|matrix|lines)(?:,(\d{1,3}),(\d{1,3})(?:,(-1|\d{1,3})(?:,(\d{1,3}))?)?)?$/;

/** @returns {Look} */
export const unchosen = () => ({ view: "all", head: null, query: null, key: -1, over: null });

/** The look that a page's address asks for. @param {string} search @returns {Look} */
export function lookOf(search) {
  const [, name, layer, head, query, key] = FORM.exec(partOf(search, "h")) ?? [];
  if (!name) return unchosen();
  return { view: /** @type {View} */ (name), head: layer ? [Number(layer), Number(head)] : null, query: query ? Number(query) : null, key: Number(key ?? -1), over: null };
}

/** An address's query that keeps this look, beside what else its `view` keeps. @param {string} search @param {Look} look */
export function withLook(search, { view, head, query, key }) {
  const own = [view, ...(head ?? []), ...(head && query !== null ? [query] : []), ...(head && query !== null && key >= 0 ? [key] : [])];
  return withPart(search, "h", view === "all" && !head ? "" : own.join(","));
}

/** @param {number} i @param {number} n */
const within = (i, n) => Math.min(n - 1, Math.max(0, i));

/** A look at a frame; what is not chosen is as the frame opens. @param {Look} look @param {Layer} layer @param {Frame} frame @param {Frame[]} [earlier] for tokens that were said once @returns {Seen} */
export function seen(look, layer, frame, earlier = []) {
  const { data, shape } = frame.arrays[layer.array];
  const [layers, heads, rows, t] = shape;
  const focus = (layer.focus && frame.arrays[layer.focus]?.data) || [0, 0, -1];
  const [own, head] = look.head ?? focus;
  const query = look.query ?? focus[2];
  const told = frame.texts?.[layer.tokens] ?? earlier.findLast(({ texts }) => texts?.[layer.tokens])?.texts[layer.tokens] ?? [];
  const tokens = Array.from({ length: t }, (_, i) => told[i] ?? String(i));
  return { data, layers, heads, rows, t, layer: within(own, layers), head: within(head, heads), query: query < t ? Math.max(-1, query) : t - 1, key: look.key < t ? look.key : -1, over: look.over, tokens };
}

/** A head's weight from a query to a key token, 0 to 1. @param {Seen} seen @param {number} query @param {number} key */
export function weight({ data, heads, rows, t, layer, head }, query, key) {
  const row = query - (t - rows);
  return row < 0 ? 0 : data[((layer * heads + head) * rows + row) * t + key] / 255;
}

/** The query whose links are told: under the pointer, else chosen, else the last. @param {Seen} seen */
export const asked = ({ over, query, t }) => over?.query ?? (query < 0 ? t - 1 : query);

/** The key tokens of a query, the strongest first. @param {Seen} seen @param {number} query */
export function ranked(seen, query) {
  const all = Array.from({ length: seen.t }, (_, key) => ({ key, weight: weight(seen, query, key) }));
  return all.sort((a, b) => b.weight - a.weight || a.key - b.key);
}

/** Words for a sentence about a look: the head, a query token, the key token meant or else the strongest, its weight. @param {Seen} seen @param {boolean} [strongest] */
export function said(seen, strongest = false) {
  const query = asked(seen);
  const meant = strongest ? -1 : (seen.over?.key ?? (seen.over?.query === undefined ? seen.key : -1));
  const key = meant < 0 ? ranked(seen, query)[0].key : meant;
  return { head: (seen.over?.head ?? [seen.layer, seen.head]).join("."), query: isolated(seen.tokens[query]), key: isolated(seen.tokens[key]), weight: weight(seen, query, key) };
}

/** One head on or back, through all layers and round. @param {Seen} seen @param {number} by @returns {[number, number]} */
export function headAfter({ layers, heads, layer, head }, by) {
  const n = layers * heads;
  const i = (layer * heads + head + by + n) % n;
  return [Math.floor(i / heads), i % heads];
}
