/** Which tokens of attention are looked at, and which links between them: a view only, the weights stay as they are. Knows no document. */

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {import("./layers.js").Layer} Layer
 * @typedef {"all" | "within" | "first" | "second"} Across all links, those within a sentence, those from the first sentence to the second, and back
 * @typedef {(query: number, key: number) => boolean} Passes
 * @typedef {{data: ArrayLike<number>, rows: number, places: number[], passes: Passes, across: Across, can: {bare: boolean, across: boolean}}} Sifted
 * `places` are the tokens that are left, by their number in the frame; `can` says what the frame lets be left out
 */

/** @type {Across[]} */
export const ACROSS = ["all", "within", "first", "second"];

/** Whether a link from a token of sentence a to one of sentence b is looked at. @type {Record<Across, (a: number, b: number) => boolean>} */
const BETWEEN = { all: () => true, within: (a, b) => a === b, first: (a, b) => a === 0 && b === 1, second: (a, b) => a === 1 && b === 0 };

/** Weights among some of the tokens, copied once. @type {WeakMap<object, {name: string, data: Uint8Array}>} */
const copies = new WeakMap();

/** @param {import("./wire.js").Tensor} tensor @param {number[]} places @param {number} first the token of the first row */
function among({ data, shape: [layers, heads, rows, t] }, places, first) {
  const name = places.join();
  const known = copies.get(data);
  if (known?.name === name) return known.data;
  const own = places.filter((place) => place >= first);
  const copy = new Uint8Array(layers * heads * own.length * places.length);
  let i = 0;
  for (let head = 0; head < layers * heads; head++) for (const query of own) for (const key of places) copy[i++] = data[(head * rows + query - first) * t + key];
  copies.set(data, { name, data: copy });
  return copy;
}

/** @param {Layer} layer @param {Frame} frame @param {{bare?: boolean, across?: Across}} look @returns {Sifted} */
export function sifted(layer, frame, { bare = false, across = "all" }) {
  const tensor = frame.arrays[layer.array];
  const [, , rows, t] = tensor.shape;
  const told = (/** @type {string} */ name) => (name && frame.arrays[name]?.data.length === t ? Array.from(frame.arrays[name].data) : []);
  const [special, sentence] = [told(layer.special), told(layer.sentence)];
  const can = { bare: special.includes(1) && special.includes(0), across: sentence.includes(0) && sentence.includes(1) };
  const every = Array.from({ length: t }, (_, i) => i);
  const own = can.across ? across : "all";
  const places = can.bare && bare ? every.filter((i) => !special[i]) : every;
  const passes = (/** @type {number} */ query, /** @type {number} */ key) => BETWEEN[own](sentence[places[query]], sentence[places[key]]);
  if (places.length === t) return { data: tensor.data, rows, places, passes, across: own, can };
  return { data: among(tensor, places, t - rows), rows: places.filter((place) => place >= t - rows).length, places, passes, across: own, can };
}
