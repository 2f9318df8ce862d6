/** A world of cells on the stage: each layer's `draw` says what of it. Fetched for scenes that have such layers. */

import { MOVES, css, legibleOn, middle, mixed, part, placeOf, rangeOf, rgbOf, short, triangle } from "./cells-layout.js";
import { agent, badge, covers, sign } from "./cells-signs.js";
import { number } from "./format.js";

/**
 * @typedef {CanvasRenderingContext2D} Pen
 * @typedef {import("./layers.js").Job} Job
 * @typedef {import("./cells-layout.js").Place} Place
 * @typedef {import("./cells-layout.js").Rgb} Rgb
 * @typedef {{pen: Pen, job: Job, place: Place, letters: string[], alpha: number, tint: (share: number) => Rgb, ink: (ground: Rgb) => string}} Work `tint` is the colour of a value, from -1 to 1
 */

/** What fills the cells: of these one is seen at a time. */
const FILLS = ["values", "triangles", "heat"];
const APART = 3.5; // cells: a longer step is no step, the start was gone back to (the strongest wind carries over three)
const STRONGEST = 0.66; // of a colour, so that what stands on it can be read
const LEAST_WORD = 7.5; // CSS pixels: smaller letters are left out

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

/** The colour of a value from -1 to 1. @param {import("./layers.js").Layer} layer @param {(name: string) => string} token */
function tintOf({ color }, token) {
  const [ground, up, down] = ["fill", color, "bad"].map((name) => rgbOf(token(name)));
  return (/** @type {number} */ share) => mixed(ground, share < 0 ? down : up, STRONGEST * Math.abs(share));
}

/** Each cell by row and column. @param {Work} work @param {(i: number, x: number, y: number, row: number, column: number) => void} action `x`, `y` is its top left */
function each({ place: { left, top, cell, rows, columns } }, action) {
  for (let i = 0; i < rows * columns; i++) action(i, left + (i % columns) * cell, top + Math.floor(i / columns) * cell, Math.floor(i / columns), i % columns);
}

/** Whether a kind of layer is seen beside this one. @param {Work} work @param {string} draw */
const beside = ({ job }, draw) => job.others.some((layer) => layer.draw === draw);

/** Whether values stand in the cells as numbers. @param {Work} work */
const numbered = ({ job }) => job.grid.numbers;

/** @param {Work} work @param {string} text @param {number} x @param {number} y @param {number} size @param {string} color @param {number} [weight] */
function write({ pen }, text, x, y, size, color, weight = 500) {
  if (size < LEAST_WORD) return;
  pen.font = `${weight} ${size}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = color;
  pen.fillText(text, x, y);
}

/** The numbers of what fills the cells by one value each. @param {Work} work */
function written(work) {
  const { job, letters, place } = work;
  const layer = job.others.find(({ draw }) => draw === "values" || draw === "heat");
  if (!layer) return;
  const { data } = job.frame.arrays[layer.array];
  const tint = tintOf(layer, job.token);
  const range = layer.draw === "heat" ? /** @type {[number, number]} */ ([0, Math.max(1, ...data)]) : rangeOf([...job.before, job.frame], layer.array);
  each(work, (i, x, y) => {
    if (covers(letters[i]) || (layer.draw === "heat" && !data[i])) return;
    write(work, short(data[i]), x + place.cell / 2, y + place.cell * (beside(work, "arrows") ? 0.71 : 0.52), Math.min(22, place.cell * 0.3), work.ink(tint(part(data[i], range))), 650);
  });
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
  if (job.grid.over >= 0) mark(pen, place, job.grid.over, job.token);
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

/** What the colours mean, beside the world where there is room. @param {Work} work @param {[number, number]} range */
function scale({ pen, job, place, tint }, [low, high]) {
  const [left, side] = [place.left + place.columns * place.cell + 16, 150];
  if (job.plane.width - left < 52 || (!low && !high)) return;
  const top = place.top + place.rows * place.cell - side - 6;
  const ends = [high, low].filter(Boolean).concat(low && high ? [] : [0]).sort((a, b) => b - a);
  for (let y = 0; y < side; y++) {
    pen.fillStyle = css(tint(part(ends[0] + (y / (side - 1)) * (ends[1] - ends[0]), [low, high])));
    pen.fillRect(left, top + y, 12, 1.5);
  }
  pen.strokeStyle = job.token("edge");
  pen.lineWidth = 1;
  pen.strokeRect(left - 0.5, top - 0.5, 13, side + 1);
  pen.fillStyle = job.token("soft");
  pen.font = "500 14px system-ui, sans-serif";
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  ends.forEach((value, i) => pen.fillText(number(value), left + 19, top + i * side + (i ? -4 : 5)));
}

/** V as colour. @param {Work} work */
function values(work) {
  const { pen, job, place } = work;
  const { data } = job.frame.arrays[job.layer.array];
  const range = rangeOf([...job.before, job.frame], job.layer.array);
  scale(work, range);
  each(work, (i, x, y) => {
    pen.fillStyle = css(work.tint(part(data[i], range)));
    pen.fillRect(x, y, place.cell, place.cell);
  });
}

/** Q in the four triangles of a cell. @param {Work} work */
function triangles(work) {
  const { pen, job, letters, place } = work;
  const { data } = job.frame.arrays[job.layer.array];
  const range = rangeOf([...job.before, job.frame], job.layer.array);
  scale(work, range);
  const size = Math.min(18, place.cell * 0.215);
  each(work, (i, x, y, row, column) => {
    if (covers(letters[i])) return;
    const best = Math.max(...data.subarray(4 * i, 4 * i + 4));
    MOVES.forEach(([dx, dy], action) => {
      const value = data[4 * i + action];
      const ground = work.tint(part(value, range));
      pen.fillStyle = css(ground);
      path(pen, triangle(place, row, column, action));
      pen.fill();
      if (numbered(work)) write(work, short(value), x + place.cell * (0.5 + 0.3 * dx), y + place.cell * (0.5 + 0.34 * dy), size, work.ink(ground), value === best ? 750 : 450);
    });
    pen.globalAlpha = work.alpha * 0.35;
    pen.strokeStyle = job.token("edge");
    pen.lineWidth = 0.75;
    for (const [dx, dy] of [[1, 1], [1, -1]]) path(pen, [[x + place.cell * (0.5 - dx / 2), y + place.cell * (0.5 - dy / 2)], [x + place.cell * (0.5 + dx / 2), y + place.cell * (0.5 + dy / 2)]]), pen.stroke();
    pen.globalAlpha = work.alpha;
  });
}

/** @param {Pen} pen @param {[number, number][]} points */
function path(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"](x, y));
  if (points.length > 2) pen.closePath();
}

/** How often each cell was visited. @param {Work} work */
function heat(work) {
  const { pen, job, place } = work;
  const { data } = job.frame.arrays[job.layer.array];
  const most = Math.max(1, ...data);
  scale(work, [0, most]);
  each(work, (i, x, y) => {
    pen.fillStyle = css(work.tint(part(data[i], [0, most])));
    pen.fillRect(x, y, place.cell, place.cell);
  });
}

/** The greedy actions of each cell; where all are equal nothing is known yet. @param {Work} work */
function arrows(work) {
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
function trail(work) {
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

/** The agent at the end of its way; while the clock runs, on it. @param {Work} work @param {import("./wire.js").Tensor} way */
function walker({ pen, job, place }, { data, shape }) {
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

/** The agent on its way from one cell to the next, where a single step is shown. @param {Work} work @param {import("./wire.js").Tensor["data"]} update */
function stepper({ pen, job, place }, [row, column, , nextRow, nextColumn]) {
  const [from, to] = [middle(place, row, column), middle(place, nextRow, nextColumn)];
  const along = job.walking ? job.mix : 0;
  agent(pen, from[0] + along * (to[0] - from[0]), from[1] + along * (to[1] - from[1]), 0.62 * place.cell, [Math.sign(nextColumn - column), Math.sign(nextRow - row)], job.token);
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

/** How much of the next error each pair of state and action will learn. @param {Work} work */
function traces(work) {
  const { pen, job, letters, place, alpha } = work;
  const { data } = job.frame.arrays[job.layer.array];
  const most = Math.max(1e-6, ...data);
  pen.fillStyle = job.token(job.layer.color);
  each(work, (i, _x, _y, row, column) => {
    if (covers(letters[i])) return;
    for (let action = 0; action < 4; action++) {
      if (data[4 * i + action] < 0.005 * most) continue;
      pen.globalAlpha = alpha * 0.9 * (data[4 * i + action] / most) ** 0.5;
      path(pen, triangle(place, row, column, action));
      pen.fill();
    }
  });
  pen.globalAlpha = alpha;
}

/** One update: the value that changes, the cell that was entered, the value that was looked up there. A term under the hand stands out. @param {Work} work */
function update({ pen, job, place, alpha }) {
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

/** Terms of the equation that stand for a place on the stage. */
const TERMS = ["old", "new", "target", "td_error", "reward", "best_next", "gamma"];

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

/** @type {Record<string, (work: Work) => void>} */
const DRAWS = { world, values, triangles, arrows, heat, trail, traces, update };
