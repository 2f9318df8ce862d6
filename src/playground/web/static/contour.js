/** Where points lie densely: contours of a kernel density estimate, computed here, so that they move with the points. */

import levels from "./vendor/d3-contour/contours.js";
import density from "./vendor/d3-contour/density.js";
import { face } from "./heads.js";
import { now } from "./layers.js";
import { boxOf } from "./raster.js";

/** @typedef {import("./layers.js").Job} Job */
/** @typedef {import("./layers.js").Plane} Plane */

const LEVELS = [0.08, 0.25, 0.45, 0.65, 0.85]; // of the greatest density
const BANDWIDTH = 0.15; // the kernel's standard deviation, in stage units, the same for all point sets

/** What to ask of d3, which reckons with cells of one pixel, for a kernel that is this wide: three box blurs of radius r have variance r (r + 1). @param {number} width @param {number} cell in pixels */
function bandwidth(width, cell) {
  const r = (cell * (Math.sqrt(4 * (width / cell) ** 2 + 1) - 1)) / 2;
  return Math.sqrt(r * (r + 1));
}

/** Polygons in stage pixels, the widest first. @param {ArrayLike<number>} at @param {Plane} plane */
export function contours(at, plane) {
  const cell = plane.height > 300 ? 8 : 4;
  const estimate = /** @type {import("./vendor/d3-contour/density.js").Density<number>} */ (density())
    .x((i) => plane.x(at[2 * i]))
    .y((i) => plane.y(at[2 * i + 1]))
    .size([plane.width, plane.height])
    .cellSize(cell)
    .bandwidth(bandwidth(BANDWIDTH * plane.scale, cell))
    .contours(Array(at.length / 2).keys());
  return LEVELS.map((level) => estimate(level * estimate.max).coordinates);
}

/** @param {CanvasRenderingContext2D} pen @param {Job} job */
export function contour(pen, job) {
  const alpha = pen.globalAlpha;
  pen.fillStyle = pen.strokeStyle = job.color;
  pen.lineWidth = 1;
  for (const polygons of contours(now(job), job.plane)) {
    pen.beginPath();
    for (const ring of polygons.flat()) {
      ring.forEach(([x, y], k) => pen[k ? "lineTo" : "moveTo"](x, y));
      pen.closePath();
    }
    pen.globalAlpha = alpha * 0.14;
    pen.fill("evenodd");
    pen.globalAlpha = alpha * 0.6;
    pen.stroke();
  }
  pen.globalAlpha = alpha;
}

/**
 * The lines where a map has a value, in its own cells, 0 to columns and 0 to rows: what runs along its edge is left off.
 * @param {ArrayLike<number>} data @param {[number, number]} size rows and columns @param {number} value @returns {[number, number][][]}
 */
export function lines(data, [rows, columns], value) {
  const { coordinates } = levels().size([columns, rows]).contour(data, value);
  const edge = (/** @type {[number, number]} */ [x, y]) => x <= 0.5 || y <= 0.5 || x >= columns - 0.5 || y >= rows - 0.5;
  return coordinates.flat().flatMap((/** @type {[number, number][]} */ ring) => {
    const start = ring.findIndex(edge);
    const turned = start < 0 ? ring : [...ring.slice(start, -1), ...ring.slice(0, start + 1)];
    /** @type {[number, number][][]} */
    const pieces = [[]];
    turned.forEach((at, k) => {
      if (k && edge(at) && edge(turned[k - 1])) pieces.push([]);
      pieces[pieces.length - 1].push(at);
    });
    return pieces.filter(({ length }) => length > 1);
  });
}

/** The line where a map has a value, its name beside the highest place. @param {CanvasRenderingContext2D} pen @param {Job} job */
export function level(pen, { frame, layer, plane, color, paper, ink, title }) {
  const { data, shape } = frame.arrays[layer.array];
  const [rows, columns] = shape;
  const { x, y, w, h } = boxOf(layer.extent, plane);
  const found = lines(data, [rows, columns], layer.at).map((line) => line.map(([u, v]) => /** @type {[number, number]} */ ([x + (u / columns) * w, y + (v / rows) * h])));
  pen.lineJoin = "round";
  for (const [style, width] of /** @type {[string, number][]} */ ([[paper, 5], [color, 2.4]])) {
    pen.strokeStyle = style;
    pen.lineWidth = width;
    pen.beginPath();
    for (const line of found) line.forEach(([u, v], k) => pen[k ? "lineTo" : "moveTo"](u, v));
    pen.stroke();
  }
  const inside = found.flat().filter(([u, v]) => u > 8 && u < plane.width - 70 && v > 22 && v < plane.height - 30);
  if (!inside.length) return;
  const [u, v] = inside.reduce((best, at) => (at[1] < best[1] ? at : best));
  pen.font = face(13, 650);
  pen.textAlign = "left";
  pen.strokeStyle = paper;
  pen.lineWidth = 4;
  pen.strokeText(title ?? "", u + 6, v - 6);
  pen.fillStyle = ink;
  pen.fillText(title ?? "", u + 6, v - 6);
}
