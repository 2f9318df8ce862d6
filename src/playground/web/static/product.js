/** How one weight comes about: query and key multiplied dimension by dimension, the sum, the scale, the mask, softmax over the row. Knows no document. */

import { asked, meant } from "./looks.js";

/**
 * @typedef {import("./looks.js").Seen} Seen
 * @typedef {{score: number, barred: boolean, power: number, weight: number}} Cell `power` is e to the score less the highest
 * @typedef {{query: number, key: number, q: number[], k: number[], products: number[], sum: number, score: number, row: Cell[], highest: number, total: number, weight: number, drawn: number, agrees: boolean}} Worked
 * tokens by their number in the frame; `drawn` is the weight on the stage, which an operation may have put in the place of this one
 */

const ALIKE = 1 / 255; // a step of the weights on the stage; what they are worked out from is rounded, too

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** Shares of one, by how high the scores are; what is barred gets none. @param {number[]} scores @param {boolean[]} barred */
export function softmax(scores, barred) {
  const highest = Math.max(...scores.filter((_, i) => !barred[i]));
  const powers = scores.map((score, i) => (barred[i] ? 0 : Math.exp(score - highest)));
  const total = sum(powers);
  return { highest, total, row: scores.map((score, i) => ({ score, barred: barred[i], power: powers[i], weight: powers[i] / total })) };
}

/** The link that is looked at, worked out; null where the frame has no queries and keys of this picture. @param {Seen} seen @param {import("./layers.js").Layer} layer @param {import("./wire.js").Frame} frame @returns {Worked | null} */
export function worked(seen, layer, frame) {
  const [queries, keys, bars] = (layer.product ?? []).map((name) => frame.arrays[name]);
  const [layers, heads, rows, t] = frame.arrays[layer.array].shape;
  if (rows !== t || [queries, keys].some((one) => one?.shape.slice(0, 3).join() !== [layers, heads, t].join())) return null; // of an earlier, shorter text
  const d = queries.shape[3];
  const head = seen.layer * heads + seen.head;
  const of = (/** @type {import("./wire.js").Tensor} */ { data }, /** @type {number} */ token) => Array.from(data.slice((head * t + token) * d, (head * t + token + 1) * d));
  const [query, key] = [seen.places[asked(seen)], seen.places[meant(seen)]];
  const q = of(queries, query);
  const times = (/** @type {number} */ token) => of(keys, token).map((value, i) => q[i] * value);
  const scores = Array.from({ length: t }, (_, token) => sum(times(token)) / Math.sqrt(d));
  const found = softmax(scores, scores.map((_, token) => Boolean(bars?.data[query * t + token])));
  const products = times(key);
  const drawn = frame.arrays[layer.array].data[(head * t + query) * t + key] / 255;
  const { weight } = found.row[key];
  return { query, key, q, k: of(keys, key), products, sum: sum(products), score: scores[key], ...found, weight, drawn, agrees: Math.abs(weight - drawn) < ALIKE };
}
