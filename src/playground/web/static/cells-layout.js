/** Where a world of cells lies on the stage, what is under a pointer, which colours its numbers have. Knows no document. */

/** @typedef {{left: number, top: number, cell: number, rows: number, columns: number}} Place in CSS pixels */
/** @typedef {[number, number, number]} Rgb */

export const AROUND = 10; // CSS pixels between the world and the rim of the stage
const SMALL = 160; // of a panel among many
/** Actions as the server numbers them: left, down, right, up; what each adds to column and row. @type {[number, number][]} */
export const MOVES = [[-1, 0], [0, 1], [1, 0], [0, -1]];

/** @param {number} width @param {number} height of the stage @param {number} rows @param {number} columns @returns {Place} */
export function placeOf(width, height, rows, columns) {
  const around = Math.min(width, height) < SMALL ? 1 : AROUND;
  const cell = Math.max(3, Math.floor(Math.min((width - 2 * around) / columns, (height - 2 * around) / rows)));
  return { left: Math.round((width - cell * columns) / 2), top: Math.round((height - cell * rows) / 2), cell, rows, columns };
}

/** The number of the cell under a point, row by row; -1 outside. @param {Place} place @param {number} x @param {number} y */
export function cellAt({ left, top, cell, rows, columns }, x, y) {
  const [column, row] = [Math.floor((x - left) / cell), Math.floor((y - top) / cell)];
  return column >= 0 && column < columns && row >= 0 && row < rows ? row * columns + column : -1;
}

/** The middle of a cell. @param {Place} place @param {number} row @param {number} column @returns {[number, number]} */
export const middle = ({ left, top, cell }, row, column) => [left + (column + 0.5) * cell, top + (row + 0.5) * cell];

/** The triangle of an action: the cell's middle and the two corners on its side. @param {Place} place @param {number} row @param {number} column @param {number} action @returns {[number, number][]} */
export function triangle(place, row, column, action) {
  const [x, y] = middle(place, row, column);
  const [dx, dy] = MOVES[action];
  const half = place.cell / 2;
  return [[x, y], [x + half * (dx - dy), y + half * (dy + dx)], [x + half * (dx + dy), y + half * (dy - dx)]];
}

/** How far from nothing a value is, -1 to 1, on the scale of the run; the root lets small values be seen. @param {number} value @param {[number, number]} range */
export function part(value, [low, high]) {
  const end = value < 0 ? -low : high;
  return end > 0 ? Math.sign(value) * Math.min(1, Math.abs(value) / end) ** 0.6 : 0;
}

/** The lowest and the highest of an array over frames, 0 among them. @param {{arrays: Record<string, import("./wire.js").Tensor>}[]} frames @param {string} name @returns {[number, number]} */
export function rangeOf(frames, name) {
  let [low, high] = [0, 0];
  for (const { arrays } of frames) {
    const [l, h] = ends(arrays[name]);
    if (l < low) low = l;
    if (h > high) high = h;
  }
  return [low, high];
}

/** @type {WeakMap<object, [number, number]>} */
const known = new WeakMap();

/** @param {import("./wire.js").Tensor | undefined} array @returns {[number, number]} */
function ends(array) {
  if (!array) return [0, 0];
  let found = known.get(array);
  if (!found) {
    found = [0, 0];
    for (const value of array.data) {
      if (value < found[0]) found[0] = value;
      if (value > found[1]) found[1] = value;
    }
    known.set(array, found);
  }
  return found;
}

/** @param {string} hex #rrggbb @returns {Rgb} */
export const rgbOf = (hex) => /** @type {Rgb} */ ([1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));

/** @param {Rgb} one @param {Rgb} other @param {number} share of the other @returns {Rgb} */
export const mixed = (one, other, share) => /** @type {Rgb} */ (one.map((value, i) => Math.round(value + share * (other[i] - value))));

/** @param {Rgb} color */
export const css = (color) => `rgb(${color.join()})`;

/** Relative luminance, after WCAG. @param {Rgb} color */
function light(color) {
  const [r, g, b] = color.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {Rgb} one @param {Rgb} other */
export function contrast(one, other) {
  const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}

/** Black or white: one of them can be read on any ground, at 4.58 to 1 at least. @param {Rgb} ground @returns {Rgb} */
export const legibleOn = (ground) => (contrast(ground, [0, 0, 0]) >= contrast(ground, [255, 255, 255]) ? [0, 0, 0] : [255, 255, 255]);

/** A value for a cell, as short as can be: ".95", "−12", "−.3". @param {number} value */
export function short(value) {
  const size = Math.abs(value);
  const text = value.toFixed(size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2);
  const plain = text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  return plain.replace(/^(-?)0\./, "$1.").replace(/^-0?$/, "0").replace("-", "−");
}
