/** What is chosen and walked in a world of cells: arrows, the way of an episode, a single update, the one who walks. */

import { MOVES, middle, triangle } from "./cells-layout.js";
import { FILLS, beside, each, numbered, path } from "./cells-pen.js";
import { agent } from "./cells-signs.js";

/**
 * @typedef {import("./cells-pen.js").Pen} Pen
 * @typedef {import("./cells-pen.js").Work} Work
 */

const APART = 3.5; // cells: a longer step is no step, the start was gone back to (the strongest wind carries over three)
/** Terms of the equation that stand for a place on the stage. */
const TERMS = ["old", "new", "target", "td_error", "reward", "best_next", "gamma"];

/** The greedy actions of each cell; where all are equal nothing is known yet. @param {Work} work */
export function arrows(work) {
  const { pen, job, place, alpha } = work;
  const { cell } = place;
  const { data } = job.frame.arrays[job.layer.array];
  const crowded = numbered(work) && FILLS.some((draw) => beside(work, draw));
  if (crowded && beside(work, "triangles")) return; // the best number is bold
  const size = crowded ? 0.62 : 1;
  each(work, (i, _x, _y, row, column) => {
    const [x, y] = middle(place, row, column);
    const at = crowded ? y - 0.16 * cell : y;
    const best = MOVES.filter((_, action) => data[i] & (1 << action));
    if (best.length === 4) return dot(work, x, at);
    for (const [color, edge] of /** @type {[string, number][]} */ ([["card", 0.055], [job.layer.color, 0]])) {
      pen.strokeStyle = pen.fillStyle = job.token(color);
      pen.globalAlpha = edge ? alpha * 0.75 : alpha;
      for (const way of best) arrow(pen, x, at, way, cell * size, best.length > 1, edge);
    }
    pen.globalAlpha = alpha;
  });
}

/** @param {Work} work @param {number} x @param {number} y */
function dot({ pen, job, place, alpha }, x, y) {
  pen.fillStyle = job.token(job.layer.color);
  pen.globalAlpha = alpha * 0.3;
  pen.beginPath();
  pen.arc(x, y, Math.max(1.2, 0.05 * place.cell), 0, 7);
  pen.fill();
  pen.globalAlpha = alpha;
}

/** @param {Pen} pen @param {number} x @param {number} y @param {[number, number]} way @param {number} cell @param {boolean} tied from the middle outwards @param {number} edge in shares of the cell, around it */
function arrow(pen, x, y, [dx, dy], cell, tied, edge) {
  const [from, to, head] = tied ? [0, 0.4, 0.17] : [-0.28, 0.34, 0.24];
  const at = (/** @type {number} */ along, /** @type {number} */ across) => /** @type {[number, number]} */ ([x + cell * (along * dx - across * dy), y + cell * (along * dy + across * dx)]);
  pen.lineWidth = cell * ((tied ? 0.07 : 0.1) + 2 * edge);
  pen.lineCap = "butt";
  path(pen, [at(from - edge, 0), at(to - head + 0.02, 0)]);
  pen.stroke();
  path(pen, [at(to, 0), at(to - head, 0.75 * head), at(to - head, -0.75 * head)]);
  pen.fill();
  if (!edge) return;
  pen.lineWidth = 2 * edge * cell;
  pen.stroke();
}

/** The way of the episode. @param {Work} work */
export function trail(work) {
  const { pen, job, place, alpha } = work;
  const pale = numbered(work) ? 0.4 : 1; // numbers stand on it
  const { data, shape } = job.frame.arrays[job.layer.array];
  const points = Array.from({ length: shape[0] }, (_, k) => middle(place, data[2 * k], data[2 * k + 1]));
  for (const [color, width, opacity] of /** @type {[string, number, number][]} */ ([["card", 0.17, 0.7], [job.layer.color, 0.085, 0.85]])) {
    pen.strokeStyle = job.token(color);
    pen.lineWidth = Math.max(1.5, width * place.cell);
    pen.globalAlpha = alpha * opacity * pale;
    stretches(pen, points, place.cell);
  }
  pen.globalAlpha = alpha;
}

/** A line through points, broken where two are not neighbours. @param {Pen} pen @param {[number, number][]} points @param {number} cell */
function stretches(pen, points, cell) {
  pen.beginPath();
  points.forEach(([x, y], k) => {
    const apart = k && Math.hypot(x - points[k - 1][0], y - points[k - 1][1]) > APART * cell;
    pen[k && !apart ? "lineTo" : "moveTo"](x, y);
  });
  pen.stroke();
}

/** The agent at the end of its way; while the clock runs, on it. @param {Work} work @param {import("./wire.js").Tensor} way */
export function walker({ pen, job, place }, { data, shape }) {
  const n = shape[0];
  if (!n) return;
  const at = (/** @type {number} */ k) => middle(place, data[2 * k], data[2 * k + 1]);
  const along = job.walking ? job.mix * (n - 1) : n - 1;
  const before = Math.min(n - 1, Math.floor(along));
  const [a, b] = [at(before), at(Math.min(n - 1, before + 1))];
  const share = along - before;
  const far = Math.hypot(b[0] - a[0], b[1] - a[1]) > APART * place.cell; // carried back to the start, it does not walk
  const [x, y] = far && share < 1 ? a : [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
  const last = n > 1 ? (before < n - 1 ? [b[0] - a[0], b[1] - a[1]] : [a[0] - at(n - 2)[0], a[1] - at(n - 2)[1]]) : [0, 0];
  agent(pen, x, y, place.cell, [Math.sign(Math.round(last[0])), Math.sign(Math.round(last[1]))], job.token);
}

/** One update: the value that changes, the cell that was entered, the value that was looked up there. A term under the hand stands out. @param {Work} work */
export function update({ pen, job, place, alpha }) {
  const [row, column, action, nextRow, nextColumn, nextAction] = job.frame.arrays[job.layer.array].data;
  const from = middle(place, row, column);
  const to = middle(place, nextRow, nextColumn);
  const own = ["old", "new", "target", "td_error"];
  const seen = (/** @type {string[]} */ terms) => (job.lit.some((key) => TERMS.includes(key)) && !job.lit.some((key) => terms.includes(key)) ? 0.2 : 1);
  const outline = (/** @type {[number, number][]} */ points, /** @type {string} */ color, /** @type {number} */ opacity, dash = false) => {
    pen.globalAlpha = alpha * opacity;
    for (const [stroke, width] of /** @type {[string, number][]} */ ([["card", 0.15], [color, 0.075]])) {
      pen.strokeStyle = job.token(stroke);
      pen.lineWidth = Math.max(2, width * place.cell);
      pen.setLineDash(dash && stroke === color ? [0.16 * place.cell, 0.13 * place.cell] : []);
      path(pen, points);
      pen.stroke();
    }
    pen.setLineDash([]);
  };
  const corners = (/** @type {number} */ r, /** @type {number} */ c) => [0, 1, 2, 3].map((k) => triangle(place, r, c, k)[2]);
  outline(corners(nextRow, nextColumn), "data", seen(["reward"]), true);
  if (nextAction >= 0) outline(triangle(place, nextRow, nextColumn, nextAction), "data", seen(["best_next", "gamma"]));
  outline(triangle(place, row, column, action), job.layer.color, seen(own));
  pen.globalAlpha = alpha * seen(["reward"]);
  if (from[0] !== to[0] || from[1] !== to[1]) step(pen, from, to, place.cell, job.token);
  pen.globalAlpha = alpha;
}

/** From the cell that was left to the one that was entered. @param {Pen} pen @param {[number, number]} from @param {[number, number]} to @param {number} cell @param {(name: string) => string} token */
function step(pen, from, to, cell, token) {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const far = Math.hypot(dx, dy);
  const [ux, uy] = [dx / far, dy / far];
  const head = 0.22 * cell;
  const at = (/** @type {number} */ along, /** @type {number} */ across) => /** @type {[number, number]} */ ([from[0] + along * ux - across * uy, from[1] + along * uy + across * ux]);
  const end = far - 0.12 * cell;
  for (const [color, edge] of /** @type {[string, number][]} */ ([["card", 0.05], ["ink", 0]])) {
    pen.strokeStyle = pen.fillStyle = token(color);
    pen.lineWidth = cell * (0.09 + 2 * edge);
    path(pen, [at(0.12 * cell, 0), at(end - head, 0)]);
    pen.stroke();
    path(pen, [at(end, 0), at(end - head, 0.7 * head), at(end - head, -0.7 * head)]);
    pen.fill();
    pen.lineWidth = 2 * edge * cell;
    if (edge) pen.stroke();
  }
}

/** The agent on its way from one cell to the next, where a single step is shown. @param {Work} work @param {import("./wire.js").Tensor["data"]} update */
export function stepper({ pen, job, place }, [row, column, , nextRow, nextColumn]) {
  const [from, to] = [middle(place, row, column), middle(place, nextRow, nextColumn)];
  const along = job.walking ? job.mix : 0;
  agent(pen, from[0] + along * (to[0] - from[0]), from[1] + along * (to[1] - from[1]), 0.62 * place.cell, [Math.sign(nextColumn - column), Math.sign(nextRow - row)], job.token);
}
