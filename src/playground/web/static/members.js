/** Many seeds in one run: arrays `<name>_all` with a leading axis, one slice a member. Knows no document. */

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {{x: number, y: number, w: number, h: number}} Box
 */

const ALL = "_all";
/** The chip that switches between all members and the first alone, as the link keeps it beside those of the layers. */
export const MEMBERS = { key: "seeds", on: true };

/** The name of the array that has all members'. @param {string} array */
export const allOf = (array) => array + ALL;

/** @type {WeakMap<Frame, Frame[]>} */
const known = new WeakMap();

/** How many members a frame has of what layers show; 0 where it is one run's. @param {Frame | undefined} frame @param {{array: string}[]} layers */
export function membersOf(frame, layers) {
  const found = layers.map(({ array }) => frame?.arrays[allOf(array)]?.shape[0] ?? 0);
  return Math.max(0, ...found);
}

/** A frame as each of its members has it; what they share stays. @param {Frame} frame @param {number} count @returns {Frame[]} */
export function members(frame, count) {
  const before = known.get(frame);
  if (before) return before;
  const own = Object.entries(frame.arrays).filter(([name]) => name.endsWith(ALL));
  const made = Array.from({ length: count }, (_, i) => ({ ...frame, arrays: { ...frame.arrays, ...Object.fromEntries(own.map(([name, array]) => [name.slice(0, -ALL.length), slice(array, i)])) } }));
  known.set(frame, made);
  return made;
}

/** @param {import("./wire.js").Tensor} array @param {number} i @returns {import("./wire.js").Tensor} */
function slice({ data, shape }, i) {
  const size = data.length / shape[0];
  return { data: data.subarray(i * size, (i + 1) * size), shape: shape.slice(1) };
}

/** Boxes for so many panels of the stage's own shape, as large as they can be: row by row from the left. @param {number} count @param {number} width @param {number} height @param {number} head above each @returns {Box[]} */
export function panels(count, width, height, head) {
  const rows = (/** @type {number} */ columns) => Math.ceil(count / columns);
  const wide = (/** @type {number} */ columns) => Math.min(width / columns, (height / rows(columns) - head) * (width / height));
  const columns = Array.from({ length: count }, (_, i) => i + 1).reduce((best, some) => (wide(some) > wide(best) ? some : best));
  const w = wide(columns);
  const h = (w * height) / width;
  const [left, top] = [(width - columns * w) / 2, (height - rows(columns) * (h + head)) / 2];
  return Array.from({ length: count }, (_, i) => ({ x: left + (i % columns) * w, y: top + Math.floor(i / columns) * (h + head) + head, w, h }));
}
