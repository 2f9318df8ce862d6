/** How a painted picture looks on the stage: what shows through, the cells, the grid, and what the brush would cover. */

import { token } from "./dom.js";

/**
 * @typedef {number | [number, number, number]} Color a grey as data has it (0 is paper), or red, green, blue
 * @typedef {{size: number, palette: [string, Color][] | null, over: string}} Board no palette: a mask
 * @typedef {{board: Board, colors: [string, Color][], cells: Uint8Array}} Picture
 * @typedef {{left: number, top: number, cell: number}} Place in CSS pixels
 * @typedef {import("./wire.js").Tensor} Tensor
 */

/** Where a board is on the canvas. @param {import("./layers.js").Plane} plane @param {number} size @returns {Place} */
export function placeOf({ width, height }, size) {
  const cell = Math.floor((Math.min(width, height) - 16) / size);
  return { left: Math.round((width - cell * size) / 2), top: Math.round((height - cell * size) / 2), cell };
}

/**
 * @param {import("./stage.js").Stage} stage @param {Picture} picture
 * @param {Tensor | undefined} shown pictures, of which the first lies below
 * @param {number[]} brush the cells it would cover
 */
export function drawBoard(stage, { board, colors, cells }, shown, brush) {
  const { pen } = stage;
  const { size, palette } = board;
  const place = placeOf(stage.plane, size);
  const [grey, mark, ink] = ["data", "mark", "ink"].map(token);
  const below = shown?.shape[1] === size && shown.shape[2] === size ? shown : undefined;
  stage.clear();
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [place.left + (i % size) * place.cell, place.top + Math.floor(i / size) * place.cell];
    if (below) fill(pen, x, y, place.cell, pixel(below, i), grey);
    if (palette && (cells[i] || !below)) fill(pen, x, y, place.cell, colors[cells[i]][1], grey);
    if (!palette && cells[i]) cover(pen, x, y, place.cell, mark, ink);
  }
  grid(pen, place, size);
  for (const [width, color] of /** @type {[number, string][]} */ ([[5, "card"], [2, "ink"]])) {
    pen.lineWidth = width;
    pen.strokeStyle = token(color);
    outline(pen, place, brush, size);
  }
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} cell @param {Color} color @param {string} grey the colour of a full grey */
function fill(pen, x, y, cell, color, grey) {
  const colored = Array.isArray(color);
  pen.globalAlpha = colored ? 1 : color / 255;
  pen.fillStyle = colored ? `rgb(${color.join()})` : grey;
  pen.fillRect(x, y, cell, cell);
  pen.globalAlpha = 1;
}

/** A covered cell: what lies below shows through, and the hatching tells it from a colour. @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} cell @param {string} mark @param {string} ink */
function cover(pen, x, y, cell, mark, ink) {
  pen.globalAlpha = 0.62;
  pen.fillStyle = mark;
  pen.fillRect(x, y, cell, cell);
  pen.globalAlpha = 1;
  pen.strokeStyle = ink;
  pen.lineWidth = 0.75;
  pen.beginPath();
  pen.moveTo(x, y + cell);
  pen.lineTo(x + cell, y);
  pen.stroke();
}

/** @param {Tensor} pictures @param {number} i @returns {Color} */
function pixel({ data, shape }, i) {
  return shape[3] === 3 ? [data[3 * i], data[3 * i + 1], data[3 * i + 2]] : data[i];
}

/** @param {CanvasRenderingContext2D} pen @param {Place} place @param {number} size */
function grid(pen, { left, top, cell }, size) {
  const side = cell * size;
  pen.fillStyle = pen.strokeStyle = token("edge");
  pen.globalAlpha = 0.35;
  for (let i = 1; i < size; i++) {
    pen.fillRect(left + i * cell, top, 0.5, side);
    pen.fillRect(left, top + i * cell, side, 0.5);
  }
  pen.globalAlpha = 1;
  pen.lineWidth = 1;
  pen.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
}

/** The sides that cells don't share. @param {CanvasRenderingContext2D} pen @param {Place} place @param {number[]} cells @param {number} size */
function outline(pen, { left, top, cell }, cells, size) {
  const has = (/** @type {number} */ x, /** @type {number} */ y) => x >= 0 && x < size && cells.includes(y * size + x);
  const side = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ dx, /** @type {number} */ dy) => {
    pen.moveTo(left + x * cell, top + y * cell);
    pen.lineTo(left + (x + dx) * cell, top + (y + dy) * cell);
  };
  pen.beginPath();
  for (const i of cells) {
    const [x, y] = [i % size, Math.floor(i / size)];
    if (!has(x, y - 1)) side(x, y, 1, 0);
    if (!has(x, y + 1)) side(x, y + 1, 1, 0);
    if (!has(x - 1, y)) side(x, y, 0, 1);
    if (!has(x + 1, y)) side(x + 1, y, 0, 1);
  }
  pen.stroke();
}
