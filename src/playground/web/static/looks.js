/** What is looked at in attention: the view, a head, a query token and a key token. The link keeps it. Knows no document. */

import { ACROSS, sifted } from "./sift.js";
import { isolated } from "./tokens.js";
import { partOf, withPart } from "./view.js";

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {"all" | "matrix" | "lines" | "product"} View
 * @typedef {{head?: [number, number], query?: number, key?: number}} Over what the pointer is over
 * @typedef {{view: View, head: [number, number] | null, query: number | null, key: number, over: Over | null, bare: boolean, across: import("./sift.js").Across}} Look `head` is layer and head,
 * -1 stands for no token, null for what the frame opens on; `bare` hides the tokens that only mark where a text begins or ends
 * @typedef {{data: ArrayLike<number>, layers: number, heads: number, rows: number, t: number, layer: number, head: number, query: number, key: number, over: Over | null, tokens: string[]} & Left} Seen
 * a look at one frame, whose tokens are those that are not hidden; the last `rows` are queries
 * @typedef {Omit<import("./sift.js").Sifted, "data" | "rows"> & {told: string[]}} Left `told` are all tokens
 */

/** @type {View[]} */
export const VIEWS = ["all", "matrix", "lines", "product"];
const FORM = /^(all|matrix|lines|product)(?:,(\d{1,3}),(\d{1,3})(?:,(-1|\d{1,3})(?:,(\d{1,3}))?)?)?$/;

/** @returns {Look} */
export const unchosen = () => ({ view: "all", head: null, query: null, key: -1, over: null, bare: false, across: "all" });

/** The look that a page's address asks for. @param {string} search @returns {Look} */
export function lookOf(search) {
  const [, name, layer, head, query, key] = FORM.exec(partOf(search, "h")) ?? [];
  const left = partOf(search, "s").split(",");
  const look = { ...unchosen(), bare: left.includes("bare"), across: ACROSS.find((one) => left.includes(one)) ?? "all" };
  if (!name) return look;
  return { ...look, view: /** @type {View} */ (name), head: layer ? [Number(layer), Number(head)] : null, query: query ? Number(query) : null, key: Number(key ?? -1) };
}

/** An address's query that keeps this look, beside what else its `view` keeps. @param {string} search @param {Look} look */
export function withLook(search, { view, head, query, key, bare, across }) {
  const own = [view, ...(head ?? []), ...(head && query !== null ? [query] : []), ...(head && query !== null && key >= 0 ? [key] : [])];
  const left = [...(bare ? ["bare"] : []), ...(across === "all" ? [] : [across])];
  return withPart(withPart(search, "h", view === "all" && !head ? "" : own.join(",")), "s", left.join(","));
}

/** @param {number} i @param {number} n */
const within = (i, n) => Math.min(n - 1, Math.max(0, i));

/** A look at a frame; what is not chosen is as the frame opens. @param {Look} look @param {Layer} layer @param {Frame} frame @param {Frame[]} [earlier] for tokens that were said once @returns {Seen} */
export function seen(look, layer, frame, earlier = []) {
  const [layers, heads, , all] = frame.arrays[layer.array].shape;
  const left = sifted(layer, frame, look);
  const t = left.places.length;
  const focus = (layer.focus && frame.arrays[layer.focus]?.data) || [0, 0, -1];
  const [own, head] = look.head ?? focus;
  const here = (/** @type {number} */ token) => left.places.indexOf(token);
  const words = frame.texts?.[layer.tokens] ?? earlier.findLast(({ texts }) => texts?.[layer.tokens])?.texts[layer.tokens] ?? [];
  const told = Array.from({ length: all }, (_, i) => words[i] ?? String(i));
  const tokens = left.places.map((place) => told[place]);
  return { ...left, layers, heads, t, layer: within(own, layers), head: within(head, heads), query: here(Math.min(look.query ?? focus[2], all - 1)), key: here(look.key), over: look.over, tokens, told };
}

/** A head's weight from a query to a key token, 0 to 1. @param {Seen} seen @param {number} query @param {number} key */
export function weight({ data, heads, rows, t, layer, head }, query, key) {
  const row = query - (t - rows);
  return row < 0 ? 0 : data[((layer * heads + head) * rows + row) * t + key] / 255;
}

/** The query whose links are told: under the pointer, else chosen, else the last. @param {Seen} seen */
export const asked = ({ over, query, t }) => over?.query ?? (query < 0 ? t - 1 : query);

/** The key tokens of a query, the strongest first; of links that are left out none. @param {Seen} seen @param {number} query @param {boolean} [every] */
export function ranked(seen, query, every = false) {
  const all = Array.from({ length: seen.t }, (_, key) => ({ key, weight: weight(seen, query, key) }));
  return all.filter(({ key }) => every || seen.passes(query, key)).sort((a, b) => b.weight - a.weight || a.key - b.key);
}

/** The key token that is meant: under the pointer, else chosen, else the one looked at most. @param {Seen} seen @param {boolean} [strongest] the last at once */
export function meant(seen, strongest = false) {
  const key = strongest ? -1 : (seen.over?.key ?? (seen.over?.query === undefined ? seen.key : -1));
  if (key >= 0) return key;
  const query = asked(seen);
  return (ranked(seen, query)[0] ?? ranked(seen, query, true)[0]).key;
}

/** Words for a sentence about a look: the head, a query token, the key token that is meant, its weight. @param {Seen} seen @param {boolean} [strongest] */
export function said(seen, strongest = false) {
  const query = asked(seen);
  const key = meant(seen, strongest);
  return { head: (seen.over?.head ?? [seen.layer, seen.head]).join("."), query: isolated(seen.tokens[query]), key: isolated(seen.tokens[key]), weight: weight(seen, query, key) };
}

/** One head on or back, through all layers and round. @param {Seen} seen @param {number} by @returns {[number, number]} */
export function headAfter({ layers, heads, layer, head }, by) {
  const n = layers * heads;
  const i = (layer * heads + head + by + n) % n;
  return [Math.floor(i / heads), i % heads];
}
