/** Where points lie densely: contours of a kernel density estimate, computed here, so that they move with the points. */

import density from "./vendor/d3-contour/density.js";
import { now } from "./layers.js";

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
