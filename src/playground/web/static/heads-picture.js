/** Attention, drawn: all heads as tiles, one head as a matrix, one as lines between tokens. Darker is more; the root of a weight decides, so that small ones are seen. */

import { all, legible, lines, lineOf, matrix, sizeOf } from "./heads-layout.js";
import { face } from "./heads.js";
import { asked, ranked, seen as seenOf, unchosen, weight } from "./looks.js";
import { shortened, shown } from "./tokens.js";

/**
 * @typedef {import("./looks.js").Seen} Seen
 * @typedef {import("./heads-layout.js").Plan} Plan
 * @typedef {CanvasRenderingContext2D} Pen
 * @typedef {{pen: Pen, seen: Seen, sheet: HTMLCanvasElement, tone: (weight: number) => string, token: (name: string) => string, color: string, alpha: number}} Work
 */

const [KEPT, LINES_KEPT] = [4, 24]; // sheets of pixels; heads with all their lines: the snapshots of two runs
const FAINT = 0.012; // a weight below which no line is drawn
const LEVELS = 10; // of opacity, when all lines of a head are drawn

/** @type {Map<string, Uint8ClampedArray>} */
const ramps = new Map();

/** 256 colours: from nothing through the layer's own towards ink. @param {string} zero @param {string} color @param {string} ink as #rrggbb */
export function ramp(zero, color, ink) {
  const name = zero + color + ink;
  const rgb = (/** @type {string} */ hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const [a, b, c] = [zero, color, ink].map(rgb);
  if (!ramps.has(name)) {
    const table = new Uint8ClampedArray(256 * 4);
    for (let i = 0; i < 256; i++) {
      const s = Math.sqrt(i / 255);
      const [part, on] = [Math.min(1, s / 0.75), 0.5 * Math.max(0, (s - 0.75) / 0.25)];
      for (let k = 0; k < 3; k++) table[4 * i + k] = (a[k] + part * (b[k] - a[k])) * (1 - on) + c[k] * on;
      table[4 * i + 3] = 255;
    }
    ramps.set(name, table);
  }
  return /** @type {Uint8ClampedArray} */ (ramps.get(name));
}

/** @type {{data: ArrayLike<number>, table: Uint8ClampedArray, canvas: HTMLCanvasElement}[]} */
const sheets = [];

/** Every head's pixels on one canvas, written once a frame: a row of squares for each layer. @param {Seen} seen @param {Uint8ClampedArray} table */
function sheet({ data, layers, heads, rows, t }, table) {
  const known = sheets.find((one) => one.data === data && one.table === table);
  if (known) return known.canvas;
  const canvas = sheets.length < KEPT ? document.createElement("canvas") : /** @type {any} */ (sheets.shift()).canvas;
  [canvas.width, canvas.height] = [heads * t, layers * rows];
  const image = new ImageData(heads * t, layers * rows);
  const [pixels, colors] = [new Uint32Array(image.data.buffer), new Uint32Array(table.buffer)];
  let i = 0;
  for (let layer = 0; layer < layers; layer++)
    for (let head = 0; head < heads; head++)
      for (let row = 0; row < rows; row++) for (let key = 0, at = ((layer * rows + row) * heads + head) * t; key < t; key++) pixels[at++] = colors[data[i++]];
  canvas.getContext("2d").putImageData(image, 0, 0);
  sheets.push({ data, table, canvas });
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
  const plan = { all: drawAll, matrix: drawMatrix, lines: drawLines }[chosen.view](work, box, widest);
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

/** @param {Pen} pen @param {string} color @param {number} width @param {number} x @param {number} y @param {number} w @param {number} h @param {number} [round] */
function frameIt(pen, color, width, x, y, w, h, round = 3) {
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.beginPath();
  pen.roundRect(x, y, w, h, round);
  pen.stroke();
}

/** @param {Work} work @param {string} text @param {number} x @param {number} y @param {number} size @param {{color?: string, align?: CanvasTextAlign, weight?: number, room?: number}} [how] */
function write({ pen, token }, text, x, y, size, { color = "ink", align = "left", weight: heavy = 400, room = Infinity } = {}) {
  pen.font = face(size, heavy);
  pen.fillStyle = token(color);
  pen.textAlign = align;
  pen.fillText(room === Infinity ? text : shortened(text, room, (some) => pen.measureText(some).width), x, y);
}

/** @param {Work} work @param {import("./heads-layout.js").Box} box @param {number} widest */
function drawAll(work, box, widest) {
  const { pen, seen, token } = work;
  const plan = all(box, seen, widest);
  const line = lineOf(box);
  const { x, y, cell, across, down, head: above } = plan;
  for (let layer = 0; layer < seen.layers; layer++) {
    for (let head = 0; head < seen.heads; head++) {
      const [left, top] = [Math.round(x + head * across), Math.round(y + layer * down)];
      const own = layer === seen.layer && head === seen.head;
      const over = seen.over?.head?.[0] === layer && seen.over.head[1] === head;
      pen.save();
      pen.beginPath();
      pen.roundRect(left, top, cell, cell, 3);
      pen.clip();
      pen.fillStyle = token("fill");
      pen.fillRect(left, top, cell, cell);
      tile(work, layer, head, left, top, cell, cell);
      pen.restore();
      if (own || over) frameIt(pen, token("ink"), own ? 2.5 : 1.5, left - 3, top - 3, cell + 6, cell + 6, 5);
      if (above) write(work, `${layer}.${head}`, left, top - above / 2 - 1, line * 0.92, { color: own || over ? "ink" : "soft", weight: own ? 650 : 500 });
      else if (!layer) write(work, String(head), left + cell / 2, top - line * 0.8, line * 0.92, { color: "soft", align: "center" });
      if (!above && !head) write(work, String(layer), left - line * 0.6, top + cell / 2, line * 0.92, { color: "soft", align: "right" });
      if (seen.query >= 0) mark(work, left, top + ((seen.query - seen.t + seen.rows + 0.5) / seen.rows) * cell);
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
  const { x, y, cell, rows, t, line, slant, room } = plan;
  const first = t - rows;
  pen.fillStyle = token("fill");
  pen.fillRect(x, y, cell * t, cell * rows);
  tile(work, seen.layer, seen.head, x, y, cell * t, cell * rows);
  if (cell >= 7) grid(work, plan);
  const [query, key] = [seen.over?.query ?? seen.query, seen.over?.key ?? seen.key];
  if (query >= first) frameIt(pen, token("ink"), 1.5, x - 1, y + (query - first) * cell - 0.5, cell * t + 2, cell + 1, 2);
  if (key >= 0) frameIt(pen, token("ink"), 1.5, x + key * cell - 0.5, y - 1, cell + 1, cell * rows + 2, 2);
  const at = (/** @type {number} */ n, /** @type {number} */ from) => Array.from({ length: n }, (_, i) => from + (i + 0.5) * cell);
  const size = sizeOf(line, cell);
  const down = at(rows, y);
  for (const row of legible(down, size * 1.2, [query - first, seen.query - first].filter((i) => i >= 0))) {
    const own = row + first === query;
    write(work, shown(seen.tokens[row + first]), x - 8, down[row], size, { align: "right", weight: own ? 650 : 400, room: own ? room * 1.15 : room, color: own || query < 0 ? "ink" : "soft" });
  }
  const across = at(t, x);
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
function grid({ pen, token }, { x, y, cell, rows, t }) {
  pen.strokeStyle = token("card");
  pen.lineWidth = cell > 18 ? 1.5 : 1;
  pen.beginPath();
  for (let i = 1; i < t; i++) {
    pen.moveTo(x + i * cell, y);
    pen.lineTo(x + i * cell, y + rows * cell);
  }
  for (let i = 1; i < rows; i++) {
    pen.moveTo(x, y + i * cell);
    pen.lineTo(x + t * cell, y + i * cell);
  }
  pen.stroke();
}

/** What a query token looks at most, with bars. @param {Work} work @param {import("./heads-layout.js").Box} box @param {number} line */
function list(work, { x, y, w, h }, line) {
  const { pen, seen, tone, token } = work;
  const query = asked(seen);
  const step = line * 1.75;
  write(work, `${shown(seen.tokens[query])} →`, x, y + line * 0.6, line * 1.15, { weight: 650, room: w });
  const room = w * 0.38;
  const bar = w - room - 8 - line * 2.6;
  const meant = seen.over?.key ?? seen.key;
  const top = ranked(seen, query).slice(0, Math.max(1, Math.min(9, Math.floor((h - 3 * line) / step))));
  const rest = top.filter(({ key, weight: w0 }, i) => !i || key === meant || w0 >= 0.005);
  const chosen = meant >= 0 && !rest.some(({ key }) => key === meant) ? [...rest.slice(0, 8), { key: meant, weight: weight(seen, query, meant) }] : rest;
  chosen.forEach(({ key, weight: w0 }, i) => {
    const middle = y + line * 2.6 + i * step;
    write(work, shown(seen.tokens[key]), x + room, middle, line, { align: "right", room, weight: key === meant ? 650 : 400 });
    pen.fillStyle = token("fill");
    pen.fillRect(x + room + 8, middle - line * 0.45, bar, line * 0.9);
    pen.fillStyle = tone(w0);
    pen.fillRect(x + room + 8, middle - line * 0.45, Math.max(1, bar * w0), line * 0.9);
    write(work, w0.toFixed(2), x + w, middle, line, { align: "right", color: key === meant ? "ink" : "soft", weight: key === meant ? 650 : 400 });
  });
}

/** @param {Work} work @param {import("./heads-layout.js").Box} box @param {number} widest */
function drawLines(work, box, widest) {
  const { pen, seen, token } = work;
  const plan = lines(box, seen, widest);
  const { left, right, at, t, line, room } = plan;
  const query = seen.over?.key !== undefined ? -1 : (seen.over?.query ?? seen.query);
  const key = seen.over?.query !== undefined ? -1 : (seen.over?.key ?? (query < 0 ? seen.key : -1));
  const links = linksOf(seen, query, key);
  if (query < 0 && key < 0) allLines(work, plan, links);
  else strokes(work, plan, links);
  const size = Math.min(line, Math.max(10.5, (box.h - 28) / t / 1.1, line * 0.9));
  const strongest = [...links].sort((a, b) => b.weight - a.weight).slice(0, 12);
  const column = (/** @type {number} */ x, /** @type {CanvasTextAlign} */ align, /** @type {number[]} */ first, /** @type {number} */ own, /** @type {(i: number) => number} */ shade) => {
    for (const i of legible(at, size * 1.22, first)) {
      const text = shortened(shown(seen.tokens[i]), room, (some) => ((pen.font = face(size, i === own ? 650 : 400)), pen.measureText(some).width));
      const wide = pen.measureText(text).width;
      const share = shade(i);
      if (share > 0.02) backing(work, align === "left" ? x - 5 : x - wide - 5, at[i], wide + 10, size * 1.25, Math.sqrt(share));
      write(work, text, x, at[i], size, { align, weight: i === own ? 650 : 400, color: i === own || share > 0.05 || (query < 0 && key < 0) ? "ink" : "soft" });
    }
  };
  const shade = (/** @type {number} */ i, /** @type {boolean} */ mine) => (query < 0 && key < 0 ? 0 : query >= 0 ? (mine ? 0 : weight(seen, query, i)) : mine ? weight(seen, i, key) : 0);
  column(left - 10, "right", query >= 0 ? [query] : strongest.map((link) => link.query), query, (i) => shade(i, true));
  column(right + 10, "left", key >= 0 ? [key] : strongest.map((link) => link.key), key, (i) => shade(i, false));
  for (const [i, x] of [[query, left], [key, right]]) {
    if (i < 0) continue;
    pen.fillStyle = token("ink");
    pen.beginPath();
    pen.arc(x, at[i], 4, 0, 7);
    pen.fill();
  }
  write(work, `${seen.layer}.${seen.head}`, (left + right) / 2, box.y + line, line, { align: "center", weight: 650, color: "soft" });
  if (plan.panel) list(work, plan.panel, line);
  return plan;
}

/** The layer's colour behind a word, as strong as its weight. @param {Work} work @param {number} x @param {number} y @param {number} w @param {number} h @param {number} share */
function backing({ pen, color, alpha }, x, y, w, h, share) {
  pen.globalAlpha = alpha * 0.45 * share;
  pen.fillStyle = color;
  pen.beginPath();
  pen.roundRect(x, y - h / 2, w, h, 5);
  pen.fill();
  pen.globalAlpha = alpha;
}

/** The links to be drawn: of one query, into one key, or all. @param {Seen} seen @param {number} query @param {number} key */
function linksOf(seen, query, key) {
  const { t, rows } = seen;
  const found = [];
  for (let q = query < 0 ? t - rows : query; q < (query < 0 ? t : query + 1); q++)
    for (let k = key < 0 ? 0 : key; k < (key < 0 ? t : key + 1); k++) {
      const w = weight(seen, q, k);
      if (w > FAINT) found.push({ query: q, key: k, weight: w });
    }
  return found;
}

/** @type {{data: ArrayLike<number>, name: string, canvas: HTMLCanvasElement}[]} */
const drawn = [];

/** All lines of a head, kept as they were drawn: thousands of curves take longer than there is between two pictures. @param {Work} work @param {import("./heads-layout.js").Lines} plan @param {{query: number, key: number, weight: number}[]} links */
function allLines(work, plan, links) {
  const { pen, seen, color, alpha } = work;
  const { width, height } = pen.canvas;
  const name = [seen.layer, seen.head, width, height, plan.left, plan.right, plan.at[0], color].join();
  let known = drawn.find((one) => one.data === seen.data && one.name === name);
  if (!known) {
    const canvas = drawn.length < LINES_KEPT ? document.createElement("canvas") : /** @type {any} */ (drawn.shift()).canvas;
    [canvas.width, canvas.height] = [width, height];
    const own = canvas.getContext("2d");
    own.setTransform(pen.getTransform());
    strokes({ ...work, pen: own, alpha: 1 }, plan, links);
    drawn.push((known = { data: seen.data, name, canvas }));
  }
  pen.save();
  pen.resetTransform();
  pen.globalAlpha = alpha;
  pen.drawImage(known.canvas, 0, 0);
  pen.restore();
}

/** Curves from query to key, as opaque as the weight: by levels, so that thousands cost few strokes. @param {Work} work @param {import("./heads-layout.js").Lines} plan @param {{query: number, key: number, weight: number}[]} links */
function strokes({ pen, color, alpha }, { left, right, at }, links) {
  const bend = (right - left) * 0.42;
  pen.strokeStyle = color;
  pen.lineCap = "round";
  const most = links.every(({ query, key }) => query === links[0].query || key === links[0].key) ? 6 : Math.max(1.2, 0.5 * (at[1] - at[0]));
  for (let level = 0; level < LEVELS; level++) {
    const own = links.filter((link) => Math.min(LEVELS - 1, Math.floor(link.weight * LEVELS)) === level);
    if (!own.length) continue;
    const share = level ? (level + 0.5) / LEVELS : own.reduce((sum, link) => sum + link.weight, 0) / own.length;
    pen.globalAlpha = alpha * share ** 0.7;
    pen.lineWidth = Math.min(most, 1 + 4.5 * share);
    pen.beginPath();
    for (const { query, key } of own) {
      pen.moveTo(left, at[query]);
      pen.bezierCurveTo(left + bend, at[query], right - bend, at[key], right, at[key]);
    }
    pen.stroke();
  }
  pen.globalAlpha = alpha;
  pen.lineCap = "butt";
}
