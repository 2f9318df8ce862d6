/** Painted pictures: cells and the short text a run takes, as painting.py writes it; and what a brush covers. Knows no document. */

/** @param {number} colors */
const widthOf = (colors) => 32 - Math.clz32(colors - 1);

/**
 * The number of each cell's colour, row by row; null for what is no picture of that size.
 * @param {string} text @param {number} size @param {number} colors
 */
export function read(text, size, colors) {
  const cells = new Uint8Array(size * size);
  if (!text) return cells;
  const bytes = bytesOf(text);
  const width = widthOf(colors);
  if (bytes.length !== Math.ceil((size * size * width) / 8)) return null;
  for (let i = 0; i < cells.length * width; i++) cells[Math.floor(i / width)] |= ((bytes[i >> 3] >> (7 - (i & 7))) & 1) << (width - 1 - (i % width));
  return cells.every((color) => color < colors) && write(cells, colors) === text ? cells : null;
}

/** @param {Uint8Array} cells @param {number} colors */
export function write(cells, colors) {
  if (!cells.some(Boolean)) return "";
  const width = widthOf(colors);
  const bytes = new Uint8Array(Math.ceil((cells.length * width) / 8));
  for (let i = 0; i < cells.length * width; i++) bytes[i >> 3] |= ((cells[Math.floor(i / width)] >> (width - 1 - (i % width))) & 1) << (7 - (i & 7));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** No bytes for what is not base64url. @param {string} text */
function bytesOf(text) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/**
 * Colour the cells that a round brush touches on its way: those whose middle it reaches, and the ones it is over.
 * @param {Uint8Array} cells @param {number} size @param {[number, number]} from in cells from the top left @param {[number, number]} to @param {number} radius @param {number} color
 */
export function stroke(cells, size, from, to, radius, color) {
  const steps = Math.max(1, Math.ceil(4 * Math.hypot(to[0] - from[0], to[1] - from[1])));
  for (let i = 0; i <= steps; i++) {
    const x = from[0] + ((to[0] - from[0]) * i) / steps;
    const y = from[1] + ((to[1] - from[1]) * i) / steps;
    for (const cell of under(size, x, y, radius)) cells[cell] = color;
  }
}

/** The cells under a round brush. @param {number} size @param {number} x @param {number} y @param {number} radius @returns {number[]} */
export function under(size, x, y, radius) {
  const found = [];
  const reach = Math.ceil(radius);
  const [column, row] = [Math.floor(x), Math.floor(y)];
  for (let r = Math.max(0, row - reach); r <= Math.min(size - 1, row + reach); r++) {
    for (let c = Math.max(0, column - reach); c <= Math.min(size - 1, column + reach); c++) {
      if ((r === row && c === column) || Math.hypot(c + 0.5 - x, r + 0.5 - y) <= radius) found.push(r * size + c);
    }
  }
  return found;
}
