/** One head as lines between two columns of the same tokens: from the one that looks to what it looks at. */

import { list, write } from "./heads-ink.js";
import { legible, lines } from "./heads-layout.js";
import { face } from "./heads.js";
import { weight } from "./looks.js";
import { shortened, shown } from "./tokens.js";

/**
 * @typedef {import("./looks.js").Seen} Seen
 * @typedef {import("./heads-ink.js").Work} Work
 */

const LINES_KEPT = 24; // heads with all their lines: the snapshots of two runs
const FAINT = 0.012; // a weight below which no line is drawn
const LEVELS = 10; // of opacity, when all lines of a head are drawn

/** @param {Work} work @param {import("./heads-layout.js").Box} box @param {number} widest */
export function drawLines(work, box, widest) {
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
  const shade = (/** @type {number} */ i, /** @type {boolean} */ mine) => (query < 0 && key < 0 ? 0 : query >= 0 ? (mine || !seen.passes(query, i) ? 0 : weight(seen, query, i)) : mine && seen.passes(i, key) ? weight(seen, i, key) : 0);
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
      if (w > FAINT && seen.passes(q, k)) found.push({ query: q, key: k, weight: w });
    }
  return found;
}

/** @type {{data: ArrayLike<number>, name: string, canvas: HTMLCanvasElement}[]} */
const drawn = [];

/** All lines of a head, kept as they were drawn: thousands of curves take longer than there is between two pictures. @param {Work} work @param {import("./heads-layout.js").Lines} plan @param {{query: number, key: number, weight: number}[]} links */
function allLines(work, plan, links) {
  const { pen, seen, color, alpha } = work;
  const { width, height } = pen.canvas;
  const name = [seen.across, seen.layer, seen.head, width, height, plan.left, plan.right, plan.at[0], color].join();
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
