/** A world of cells on the stage: each layer's `draw` says what of it. Fetched for scenes that have such layers. */

import { css, legibleOn, placeOf } from "./cells-layout.js";
import { heat, traces, triangles, values, written } from "./cells-fills.js";
import { meant } from "./cells-looks.js";
import { FILLS, beside, numbered, tintOf } from "./cells-pen.js";
import { badge, sign } from "./cells-signs.js";
import { arrows, stepper, trail, update, walker } from "./cells-ways.js";
import { number } from "./format.js";

/**
 * @typedef {import("./cells-pen.js").Pen} Pen
 * @typedef {import("./cells-pen.js").Work} Work
 * @typedef {import("./layers.js").Job} Job
 * @typedef {import("./cells-layout.js").Place} Place
 * @typedef {import("./cells-layout.js").Rgb} Rgb
 */

/** @param {Pen} pen @param {Job} job */
export function cells(pen, job) {
  const { layer, frame, plane } = job;
  const [rows, columns] = frame.arrays.world.shape;
  const place = placeOf(plane.width, plane.height, rows, columns);
  const letters = Array.from(frame.arrays.world.data, (code) => String.fromCharCode(code));
  const work = { pen, job, place, letters, alpha: pen.globalAlpha, tint: tintOf(layer, job.token), ink: (/** @type {Rgb} */ on) => css(legibleOn(on)) };
  pen.lineCap = pen.lineJoin = "round";
  pen.setLineDash([]);
  DRAWS[layer.draw ?? ""]?.(work);
  if (layer === job.others.at(-1)) above(work);
  pen.globalAlpha = work.alpha;
  pen.lineCap = "butt";
  pen.textAlign = "start";
  pen.textBaseline = "alphabetic";
  return { layer, place };
}

/** Floor, walls, signs and rewards; where values fill the cells, they are the floor. @param {Work} work */
function world(work) {
  const { pen, job, letters, place } = work;
  const { token, frame } = job;
  drawWorld(pen, place, letters, Array.from(frame.arrays.reward?.data ?? [], (value) => value || undefined), token, !FILLS.some((draw) => beside(work, draw)));
}

/** What stands above all layers: the one who walks, the frame of the cell that is meant. @param {Work} work */
function above(work) {
  const { pen, job, place } = work;
  if (numbered(work)) written(work);
  const trail = job.others.find(({ draw }) => draw === "trail");
  if (trail) walker(work, job.frame.arrays[trail.array]);
  const update = job.others.find(({ draw }) => draw === "update");
  if (update) stepper(work, job.frame.arrays[update.array].data);
  const cell = meant(job.grid, place);
  if (cell) mark(pen, place, cell[0] * place.columns + cell[1], job.token);
}

/** @param {Pen} pen @param {Place} place @param {string[]} letters @param {(number | undefined)[]} rewards of entering each cell @param {(name: string) => string} token @param {boolean} floor whether it is drawn */
export function drawWorld(pen, place, letters, rewards, token, floor) {
  const { cell } = place;
  const spots = letters.map((_, i) => ({ pen, x: place.left + (i % place.columns) * cell, y: place.top + Math.floor(i / place.columns) * cell, cell, token }));
  pen.fillStyle = token("fill");
  if (floor) pen.fillRect(place.left, place.top, place.columns * cell, place.rows * cell);
  spots.forEach((spot, i) => sign(spot, letters[i]));
  lines(pen, place, token);
  rewards.forEach((value, i) => value !== undefined && badge(spots[i], `${value > 0 ? "+" : ""}${number(value)}`, value > 0));
}

/** A frame around the cell that is meant. @param {Pen} pen @param {Place} place @param {number} i @param {(name: string) => string} token */
export function mark(pen, { left, top, cell, columns }, i, token) {
  for (const [color, width] of /** @type {[string, number][]} */ ([["card", 6], ["ink", 2.5]])) {
    pen.strokeStyle = token(color);
    pen.lineWidth = width;
    pen.strokeRect(left + (i % columns) * cell, top + Math.floor(i / columns) * cell, cell, cell);
  }
}

/** Fine lines between the cells, a firm one around them. @param {Pen} pen @param {Place} place @param {(name: string) => string} token */
function lines(pen, { left, top, cell, rows, columns }, token) {
  const alpha = pen.globalAlpha;
  pen.strokeStyle = pen.fillStyle = token("edge");
  pen.globalAlpha = alpha * 0.4;
  for (let i = 1; i < columns; i++) pen.fillRect(left + i * cell - 0.5, top, 1, rows * cell);
  for (let i = 1; i < rows; i++) pen.fillRect(left, top + i * cell - 0.5, columns * cell, 1);
  pen.globalAlpha = alpha;
  pen.lineWidth = 1.5;
  pen.strokeRect(left - 0.5, top - 0.5, columns * cell + 1, rows * cell + 1);
}

/** @type {Record<string, (work: Work) => void>} */
const DRAWS = { world, values, triangles, arrows, heat, trail, traces, update };
