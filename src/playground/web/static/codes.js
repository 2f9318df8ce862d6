/** Tables of signed numbers: rows with names, one table beside or below another. The root of a number decides how dark it is, as in attention. */

import { write } from "./heads-ink.js";
import { legible, lineOf } from "./heads-layout.js";
import { face } from "./heads.js";
import { number } from "./format.js";
import { shown } from "./tokens.js";

/**
 * @typedef {import("./heads-layout.js").Box} Box
 * @typedef {import("./layers.js").Job} Job
 * @typedef {{x: number, y: number, w: number, h: number}[]} Tables
 */

const [GAP, RIM] = [14, 12];
const DEEPEST = 0.9; // of a colour

/**
 * Where k tables of so many rows and columns lie: in one row or one column, whichever makes them larger.
 * @param {Box} box @param {number} k @param {number} rows @param {number} columns @param {number} head above a table @param {number} room for the rows' names, left of the first of a row @returns {Tables}
 */
export function tables({ x, y, w, h }, k, rows, columns, head, room) {
  const fit = (/** @type {number} */ across) => {
    const down = Math.ceil(k / across);
    const [width, height] = [(w - 2 * RIM - room - (across - 1) * GAP) / across, (h - 2 * RIM - (down - 1) * GAP) / down - head];
    const square = columns === rows ? Math.min(width, height) : Infinity; // places by places
    return { across, down, width: Math.min(width, square), height: Math.min(height, square) };
  };
  const { across, down, width, height } = [fit(1), fit(k)].sort((a, b) => b.width * b.height - a.width * a.height)[0];
  const left = x + room + (w - room - across * width - (across - 1) * GAP) / 2;
  const top = y + (h - down * (height + head) - (down - 1) * GAP) / 2;
  return Array.from({ length: k }, (_, i) => ({ x: left + (i % across) * (width + GAP), y: top + head + Math.floor(i / across) * (height + head + GAP), w: width, h: height }));
}

/** How dark a number is, 0 to 1. @param {number} value @param {number} most */
export const depth = (value, most) => DEEPEST * Math.sqrt(Math.min(1, Math.abs(value) / (most || 1)));

/** @param {string} hex */
const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** @type {HTMLCanvasElement | null} */
let sheet = null;

/** A table's pixels, from the colour of what is below 0 through paper to that of what is above. @param {ArrayLike<number>} data @param {number} rows @param {number} columns @param {number} most @param {number[][]} colors */
function pixels(data, rows, columns, most, [paper, above, below]) {
  sheet ??= document.createElement("canvas");
  [sheet.width, sheet.height] = [columns, rows];
  const image = new ImageData(columns, rows);
  for (let i = 0; i < data.length; i++) {
    const [part, to] = [depth(data[i], most), data[i] < 0 ? below : above];
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = paper[c] + part * (to[c] - paper[c]);
    image.data[4 * i + 3] = 255;
  }
  /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d")).putImageData(image, 0, 0);
  return sheet;
}

/** The names of the rows: the frame's own, else numbers. @param {Job} job @param {number} rows */
const namesOf = ({ layer, frame, before = [] }, rows) => {
  const told = layer.tokens && (frame.texts?.[layer.tokens] ?? before.findLast(({ texts }) => texts?.[layer.tokens])?.texts[layer.tokens]);
  return Array.from({ length: rows }, (_, i) => shown((told || [])[i] ?? String(i)));
};

/** @param {CanvasRenderingContext2D} pen @param {Job} job */
export function codes(pen, job) {
  const { layer, frame, plane, color, token, names } = job;
  const { data, shape } = frame.arrays[layer.array];
  const [k, rows, columns] = shape;
  const box = { x: 0, y: 0, w: plane.width, h: plane.height };
  const line = lineOf(box);
  const rowNames = namesOf(job, rows);
  pen.font = face(line);
  const room = Math.min(Math.max(...rowNames.map((name) => pen.measureText(name).width)) + 10, box.w / 4);
  const places = tables(box, k, rows, columns, line * 2, room);
  const work = /** @type {any} */ ({ pen, token });
  const colors = [token("fill"), color, token("noise")].map(rgb);
  pen.textBaseline = "middle";
  pen.imageSmoothingEnabled = false;
  places.forEach(({ x, y, w, h }, i) => {
    const own = Array.prototype.slice.call(data, i * rows * columns, (i + 1) * rows * columns);
    const most = own.reduce((best, value) => Math.max(best, Math.abs(value)), 0);
    pen.drawImage(pixels(own, rows, columns, most, colors), x, y, w, h);
    const kind = frame.arrays[layer.labels]?.data[i];
    const scale = `± ${number(most, 2)}`;
    pen.font = face(line * 0.92);
    const wide = pen.measureText(scale).width;
    write(work, names[kind] ?? "", x, y - line, line, { weight: 600, room: w - wide - 10 });
    write(work, scale, x + w, y - line, line * 0.92, { align: "right", color: "soft" });
    const size = Math.min(line, Math.max(10, (h / rows) * 0.8));
    const at = Array.from({ length: rows }, (_, row) => y + ((row + 0.5) * h) / rows);
    if (x === places[0].x) for (const row of legible(at, size * 1.2)) write(work, rowNames[row], x - 8, at[row], size, { align: "right", color: "soft", room: room - 8 });
  });
  pen.textBaseline = "alphabetic";
}
