/** Layers made of pixels: maps and grids of pictures. */

import { cellOf, face, fitWords, writeWords } from "./heads.js";

/** @typedef {import("./layers.js").Job} Job */

const DEEPEST = 0.6; // of a map's colour: what lies on it is to be seen

/** @param {string} color @returns {[number, number, number]} */
export function rgb(color) {
  const n = parseInt(color.replace("#", ""), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

const scratch = /** @type {Map<string, HTMLCanvasElement>} */ (new Map());

/** A canvas of its own for a layer's pixels. @param {string} key @param {number} w @param {number} h */
function sheet(key, w, h) {
  const canvas = scratch.get(key) ?? document.createElement("canvas");
  scratch.set(key, canvas);
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  return canvas;
}

/** The lowest and the highest. @param {ArrayLike<number>} data @returns {[number, number]} */
function ends(data) {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < data.length; i++) [least, most] = [Math.min(least, data[i]), Math.max(most, data[i])];
  return [least, most];
}

/**
 * Values as paper to colour, over a box.
 * @param {CanvasRenderingContext2D} pen @param {ArrayLike<number>} data @param {[number, number]} size rows and columns, the first row at the top
 * @param {Pick<Job, "layer" | "color" | "paper">} look @param {import("./layers.js").Box} box
 */
export function map(pen, data, [rows, columns], { layer, color, paper }, { x, y, w, h }) {
  const canvas = sheet(layer.key, columns, rows);
  const own = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = own.createImageData(columns, rows);
  const [low, high] = [rgb(paper), rgb(color)];
  const [least, most] = layer.span ?? ends(data);
  for (let i = 0; i < data.length; i++) {
    const part = DEEPEST * Math.min(1, Math.max(0, (data[i] - least) / (most - least || 1)));
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = low[c] + part * (high[c] - low[c]);
    image.data[4 * i + 3] = 255;
  }
  own.putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(canvas, x, y, w, h);
}

/** Where a map lies: over its extent, or the whole stage. @param {number} extent @param {import("./layers.js").Plane} plane @returns {import("./layers.js").Box} */
export const boxOf = (extent, { width, height, scale, x, y }) =>
  extent ? { x: x(-extent), y: y(extent), w: 2 * extent * scale, h: 2 * extent * scale } : { x: 0, y: 0, w: width, h: height };

/** @param {CanvasRenderingContext2D} pen @param {Job} job */
export function heatmap(pen, job) {
  const { data, shape } = job.frame.arrays[job.layer.array];
  map(pen, data, /** @type {[number, number]} */ (shape), job, boxOf(job.layer.extent, job.plane));
}

/** What stands above the columns: the lesson's words, or numbers where it has none. @param {Job} job @param {number} columns @returns {string[]} */
function wordsOf({ layer, frame, names }, columns) {
  const labels = layer.labels && frame.arrays[layer.labels]?.data;
  return labels ? Array.from(labels.slice(0, columns), (label) => names[label] ?? String(label)) : [];
}

/** A grid of pictures in its box, with a title and the columns' words above; says where it lies. @param {CanvasRenderingContext2D} pen @param {Job} job */
export function images(pen, job) {
  const { frame, layer, color, paper, box, title, ink } = job;
  if (!box) return;
  const { data, shape } = frame.arrays[layer.array];
  const [n, h, w, channels = 1] = shape;
  const columns = layer.columns || Math.ceil(Math.sqrt(n));
  const rows = Math.ceil(n / columns);
  const canvas = sheet(layer.key, columns * w, rows * h);
  const own = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const picture = own.createImageData(columns * w, rows * h);
  const [low, high] = [rgb(paper), rgb(color)];
  for (let k = 0; k < n; k++) {
    const [left, top] = [(k % columns) * w, Math.floor(k / columns) * h];
    for (let i = 0; i < h * w; i++) {
      const target = 4 * ((top + Math.floor(i / w)) * columns * w + left + (i % w));
      const source = (k * h * w + i) * channels;
      for (let c = 0; c < 3; c++) picture.data[target + c] = channels === 3 ? data[source + c] : low[c] + (data[source] / 255) * (high[c] - low[c]);
      picture.data[target + 3] = 255;
    }
  }
  own.putImageData(picture, 0, 0);
  const line = Math.max(11, Math.min(15, box.h / 13));
  const words = wordsOf(job, columns);
  const { cell, head, set } = words.length ? fitWords(pen, words, box, rows, line) : { cell: cellOf(box, columns, rows, line * 1.6), head: line * 1.6, set: null };
  const left = box.x + (box.w - cell * columns) / 2;
  pen.fillStyle = ink;
  pen.textAlign = "left";
  pen.font = face(line, 600);
  pen.fillText(title ?? "", left, box.y + line * 1.1, box.x + box.w - left); // narrower letters rather than a cut
  if (set) writeWords(pen, set, left, box.y + head, cell);
  pen.imageSmoothingEnabled = cell > w * 0.9 ? false : true;
  pen.drawImage(canvas, left, box.y + head, cell * columns, cell * rows);
  return { layer, left, top: box.y + head, cell, columns, n };
}
