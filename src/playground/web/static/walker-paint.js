/** A walker's pictures on canvases of their own, a pixel a pixel; the style sheet makes them large. */

import { token } from "./dom.js";
import { rgb } from "./raster.js";

/** @typedef {import("./walker-maths.js").Vector} Vector */

/** @type {Map<string, string>} */
const colors = new Map();

/** Colours are asked for once, until light turns to dark. */
export const recolor = () => colors.clear();

/** @param {string} name */
function color(name) {
  let value = colors.get(name);
  if (!value) colors.set(name, (value = token(name)));
  return value;
}

/** A picture's values, 0 to 1, as a colour's on paper, or as they are where it has three channels. @param {ImageData} image @param {Vector} values @param {number[]} shape @param {string} ink @param {[number, number]} at its top left */
function write(image, values, [h, w, channels = 1], ink, [left, top]) {
  const [low, high] = [rgb(color("card")), rgb(color(ink))];
  for (let i = 0; i < h * w; i++) {
    const target = 4 * ((top + Math.floor(i / w)) * image.width + left + (i % w));
    for (let c = 0; c < 3; c++) image.data[target + c] = channels === 3 ? 255 * values[3 * i + c] : low[c] + values[i] * (high[c] - low[c]);
    image.data[target + 3] = 255;
  }
}

/** Pictures side by side, so many to a row, a pixel of paper between them. @param {HTMLCanvasElement} canvas @param {Vector[]} pictures @param {number[]} shape @param {string} ink @param {number} [columns] */
export function paint(canvas, pictures, shape, ink, columns = pictures.length) {
  const [h, w] = shape;
  const gap = pictures.length > 1 ? 1 : 0;
  const rows = Math.ceil(pictures.length / columns);
  const [width, height] = [columns * (w + gap) - gap, rows * (h + gap) - gap];
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = pen.createImageData(width, height);
  pictures.forEach((values, i) => write(image, values, shape, ink, [(i % columns) * (w + gap), Math.floor(i / columns) * (h + gap)]));
  pen.putImageData(image, 0, 0);
}

const [SIZE, REACH] = [300, 2.6]; // of a plane of points: pixels, and how far it is seen

/** Points of the data's plane: the data, the decoded mesh, and what is looked at. @param {HTMLCanvasElement} canvas @param {{data: Vector, mesh?: import("./wire.js").Tensor, points: Vector[], ink: string, size?: number}} what */
export function plot(canvas, { data, mesh, points, ink, size = SIZE }) {
  canvas.width = canvas.height = size;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const at = (/** @type {number} */ u) => (size / 2) * (1 + u / REACH);
  const dot = (/** @type {Vector} */ { 0: u, 1: v }, /** @type {number} */ radius, /** @type {string} */ fill) => {
    pen.fillStyle = fill;
    pen.beginPath();
    pen.arc(at(u), at(-v), radius, 0, 7);
    pen.fill();
  };
  pen.fillStyle = color("card");
  pen.fillRect(0, 0, size, size);
  if (mesh) drawMesh(pen, mesh, at);
  pen.globalAlpha = 0.6;
  for (let i = 0; i < data.length; i += 2) dot([data[i], data[i + 1]], 2, color("data"));
  pen.globalAlpha = 1;
  for (const point of points) {
    dot(point, points.length > 1 ? 5 : 9, color("card"));
    dot(point, points.length > 1 ? 4 : 7, color(ink));
  }
}

/** @param {CanvasRenderingContext2D} pen @param {import("./wire.js").Tensor} mesh @param {(u: number) => number} at */
function drawMesh(pen, { data, shape: [rows, columns] }, at) {
  pen.strokeStyle = color("edge");
  pen.globalAlpha = 0.6;
  const go = (/** @type {number} */ i, /** @type {boolean} */ first) => pen[first ? "moveTo" : "lineTo"](at(data[2 * i]), at(-data[2 * i + 1]));
  pen.beginPath();
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) go(r * columns + c, c === 0);
  for (let c = 0; c < columns; c++) for (let r = 0; r < rows; r++) go(r * columns + c, r === 0);
  pen.stroke();
}
