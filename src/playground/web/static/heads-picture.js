/** Attention, drawn: all heads as tiles, one head as a matrix, one as lines between tokens. Darker is more; the root of a weight decides, so that small ones are seen. */

import { frameIt, list, ramp, write } from "./heads-ink.js";
import { all, legible, lineOf, matrix, sizeOf } from "./heads-layout.js";
import { drawLines } from "./heads-lines.js";
import { face } from "./heads.js";
import { seen as seenOf, unchosen } from "./looks.js";
import { shown } from "./tokens.js";

/**
 * @typedef {import("./looks.js").Seen} Seen
 * @typedef {import("./heads-layout.js").Plan} Plan
 * @typedef {CanvasRenderingContext2D} Pen
 * @typedef {import("./heads-ink.js").Work} Work
 */

const KEPT = 4; // sheets of pixels

/** @type {{data: ArrayLike<number>, across: string, table: Uint8ClampedArray, canvas: HTMLCanvasElement}[]} */
const sheets = [];

/** Every head's pixels on one canvas, written once a frame: a row of squares for each layer; links that are left out are see-through. @param {Seen} seen @param {Uint8ClampedArray} table */
function sheet({ data, layers, heads, rows, t, passes, across }, table) {
  const known = sheets.find((one) => one.data === data && one.across === across && one.table === table);
  if (known) return known.canvas;
  const canvas = sheets.length < KEPT ? document.createElement("canvas") : /** @type {any} */ (sheets.shift()).canvas;
  [canvas.width, canvas.height] = [heads * t, layers * rows];
  const image = new ImageData(heads * t, layers * rows);
  const [pixels, colors] = [new Uint32Array(image.data.buffer), new Uint32Array(table.buffer)];
  const left = Array.from({ length: rows * t }, (_, at) => passes(t - rows + Math.floor(at / t), at % t));
  let i = 0;
  for (let layer = 0; layer < layers; layer++)
    for (let head = 0; head < heads; head++)
      for (let row = 0; row < rows; row++)
        for (let key = 0, at = ((layer * rows + row) * heads + head) * t; key < t; key++, i++) pixels[at++] = left[row * t + key] ? colors[data[i]] : 0;
  canvas.getContext("2d").putImageData(image, 0, 0);
  sheets.push({ data, across, table, canvas });
  return canvas;
}

/** @param {Pen} pen @param {import("./layers.js").Job} job @returns {{layer: import("./layers.js").Layer, plan: Plan, seen: Seen}} */
export function heads(pen, { layer, frame, before, plane, color, token, look: chosen = unchosen() }) {
  const seen = seenOf(chosen, layer, frame, before);
  const table = ramp(token("fill"), color, token("ink"));
  const tone = (/** @type {number} */ w) => `rgb(${table.slice(4 * Math.round(255 * w), 4 * Math.round(255 * w) + 3).join()})`;
  const work = { pen, seen, sheet: sheet(seen, table), tone, token, color, alpha: pen.globalAlpha };
  const box = { x: 0, y: 0, w: plane.width, h: plane.height };
  pen.font = face(100);
  const widest = Math.max(...seen.tokens.map((one) => pen.measureText(shown(one)).width)) / 100;
  pen.textBaseline = "middle";
  const plan = { all: drawAll, matrix: drawMatrix, lines: drawLines, product: drawMatrix }[chosen.view](work, box, widest);
  pen.textBaseline = "alphabetic";
  pen.globalAlpha = work.alpha;
  return { layer, plan, seen };
}

/** A head's pixels at a place. @param {Work} work @param {number} layer @param {number} head @param {number} x @param {number} y @param {number} w @param {number} h */
function tile({ pen, seen: { rows, t }, sheet: pixels }, layer, head, x, y, w, h) {
  pen.imageSmoothingEnabled = w * devicePixelRatio < t;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(pixels, head * t, layer * rows, t, rows, x, y, w, h);
}

/** @param {Work} work @param {import("./heads-layout.js").Box} box @param {number} widest */
function drawAll(work, box, widest) {
  const { pen, seen, token } = work;
  const plan = all(box, seen, widest);
  const line = lineOf(box);
  const { x, y, cell, tall, across, down, head: above } = plan;
  for (let layer = 0; layer < seen.layers; layer++) {
    for (let head = 0; head < seen.heads; head++) {
      const [left, top] = [Math.round(x + head * across), Math.round(y + layer * down)];
      const own = layer === seen.layer && head === seen.head;
      const over = seen.over?.head?.[0] === layer && seen.over.head[1] === head;
      pen.save();
      pen.beginPath();
      pen.roundRect(left, top, cell, tall, 3);
      pen.clip();
      tile(work, layer, head, left, top, cell, tall);
      pen.restore();
      if (own || over) frameIt(pen, token("ink"), own ? 2.5 : 1.5, left - 3, top - 3, cell + 6, tall + 6, 5);
      if (above) write(work, `${layer}.${head}`, left, top - above / 2 - 1, line * 0.92, { color: own || over ? "ink" : "soft", weight: own ? 650 : 500 });
      else if (!layer) write(work, String(head), left + cell / 2, top - line * 0.8, line * 0.92, { color: "soft", align: "center" });
      if (!above && !head) write(work, String(layer), left - line * 0.6, top + tall / 2, line * 0.92, { color: "soft", align: "right" });
      if (seen.query >= seen.t - seen.rows) mark(work, left, top + ((seen.query - seen.t + seen.rows + 0.5) / seen.rows) * tall);
    }
  }
  if (plan.detail) drawCells({ ...work, seen: { ...seen, layer: seen.over?.head?.[0] ?? seen.layer, head: seen.over?.head?.[1] ?? seen.head } }, plan.detail);
  return plan;
}

/** A small arrow at the rim: the row of the chosen token. @param {Work} work @param {number} x @param {number} y */
function mark({ pen, token }, x, y) {
  pen.fillStyle = token("mark");
  pen.beginPath();
  pen.moveTo(x - 1, y);
  pen.lineTo(x - 6, y - 3.5);
  pen.lineTo(x - 6, y + 3.5);
  pen.fill();
}

/** @param {Work} work @param {import("./heads-layout.js").Box} box @param {number} widest */
function drawMatrix(work, box, widest) {
  const plan = matrix(box, work.seen, widest);
  drawCells(work, plan);
  if (plan.panel) list(work, plan.panel, plan.line);
  return plan;
}

/** A head's cells, its tokens along both sides: those that are meant always, of the others as many as can be read. @param {Work} work @param {import("./heads-layout.js").Matrix} plan */
function drawCells(work, plan) {
  const { pen, seen, token } = work;
  const { x, y, cell, tall, rows, t, line, slant, room } = plan;
  const first = t - rows;
  tile(work, seen.layer, seen.head, x, y, cell * t, tall * rows);
  if (cell >= 7) grid(work, plan);
  if (seen.across !== "all") frameIt(pen, token("line"), 1, x - 0.5, y - 0.5, cell * t + 1, tall * rows + 1, 2); // as large as all of it
  const [query, key] = [seen.over?.query ?? seen.query, seen.over?.key ?? seen.key];
  if (query >= first) frameIt(pen, token("ink"), 1.5, x - 1, y + (query - first) * tall - 0.5, cell * t + 2, tall + 1, 2);
  if (key >= 0) frameIt(pen, token("ink"), 1.5, x + key * cell - 0.5, y - 1, cell + 1, tall * rows + 2, 2);
  const at = (/** @type {number} */ n, /** @type {number} */ from, /** @type {number} */ each) => Array.from({ length: n }, (_, i) => from + (i + 0.5) * each);
  const size = sizeOf(line, cell);
  const down = at(rows, y, tall);
  for (const row of legible(down, size * 1.2, [query - first, seen.query - first].filter((i) => i >= 0))) {
    const own = row + first === query;
    write(work, shown(seen.tokens[row + first]), x - 8, down[row], size, { align: "right", weight: own ? 650 : 400, room: own ? room * 1.15 : room, color: own || query < 0 ? "ink" : "soft" });
  }
  const across = at(t, x, cell);
  for (const i of legible(across, slant ? size * 1.25 : Math.min(cell, size * 1.2), [key, seen.key].filter((k) => k >= 0))) {
    pen.save();
    pen.translate(across[i], y - (slant ? 6 : line * 0.8));
    pen.rotate(-slant);
    write(work, shown(seen.tokens[i]), 0, 0, size, { align: slant ? "left" : "center", weight: i === key ? 650 : 400, room: i === key ? room * 1.15 : room, color: i === key || key < 0 ? "ink" : "soft" });
    pen.restore();
  }
  write(work, `${seen.layer}.${seen.head}`, x - 8, y - line * 0.8, line, { align: "right", weight: 650, color: "soft" });
}

/** Fine lines between the cells. @param {Work} work @param {import("./heads-layout.js").Matrix} plan */
function grid({ pen, token }, { x, y, cell, tall, rows, t }) {
  pen.strokeStyle = token("card");
  pen.lineWidth = cell > 18 ? 1.5 : 1;
  pen.beginPath();
  for (let i = 1; i < t; i++) {
    pen.moveTo(x + i * cell, y);
    pen.lineTo(x + i * cell, y + rows * tall);
  }
  for (let i = 1; i < rows; i++) {
    pen.moveTo(x, y + i * tall);
    pen.lineTo(x + t * cell, y + i * tall);
  }
  pen.stroke();
}
