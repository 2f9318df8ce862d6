/** What all drawings of a world of cells share: its cells one by one, colours of values, numbers, lines. */

import { mixed, rgbOf } from "./cells-layout.js";

/**
 * @typedef {CanvasRenderingContext2D} Pen
 * @typedef {import("./layers.js").Job} Job
 * @typedef {import("./cells-layout.js").Place} Place
 * @typedef {import("./cells-layout.js").Rgb} Rgb
 * @typedef {{pen: Pen, job: Job, place: Place, letters: string[], alpha: number, tint: (share: number) => Rgb, ink: (ground: Rgb) => string}} Work `tint` is the colour of a value, from -1 to 1
 */

/** What fills the cells: of these one is seen at a time. */
export const FILLS = ["values", "triangles", "heat"];
const STRONGEST = 0.66; // of a colour, so that what stands on it can be read
const LEAST_WORD = 7.5; // CSS pixels: smaller letters are left out

/** The colour of a value from -1 to 1. @param {import("./layers.js").Layer} layer @param {(name: string) => string} token */
export function tintOf({ color }, token) {
  const [ground, up, down] = ["fill", color, "bad"].map((name) => rgbOf(token(name)));
  return (/** @type {number} */ share) => mixed(ground, share < 0 ? down : up, STRONGEST * Math.abs(share));
}

/** Each cell by row and column. @param {Work} work @param {(i: number, x: number, y: number, row: number, column: number) => void} action `x`, `y` is its top left */
export function each({ place: { left, top, cell, rows, columns } }, action) {
  for (let i = 0; i < rows * columns; i++) action(i, left + (i % columns) * cell, top + Math.floor(i / columns) * cell, Math.floor(i / columns), i % columns);
}

/** Whether a kind of layer is seen beside this one. @param {Work} work @param {string} draw */
export const beside = ({ job }, draw) => job.others.some((layer) => layer.draw === draw);

/** Whether values stand in the cells as numbers. @param {Work} work */
export const numbered = ({ job }) => job.grid.numbers;

/** @param {Work} work @param {string} text @param {number} x @param {number} y @param {number} size @param {string} color @param {number} [weight] */
export function write({ pen }, text, x, y, size, color, weight = 500) {
  if (size < LEAST_WORD) return;
  pen.font = `${weight} ${size}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = color;
  pen.fillText(text, x, y);
}

/** @param {Pen} pen @param {[number, number][]} points */
export function path(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"](x, y));
  if (points.length > 2) pen.closePath();
}
