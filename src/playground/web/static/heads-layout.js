/** Where things lie when attention is drawn: tiles, a matrix, two columns of tokens. Knows no document. */

/**
 * @typedef {{x: number, y: number, w: number, h: number}} Box
 * @typedef {import("./looks.js").Seen} Seen
 * @typedef {{kind: "all", x: number, y: number, cell: number, tall: number, across: number, down: number, head: number, layers: number, heads: number, detail: Matrix | null}} All `cell` is a tile's width, `tall` its height, `head` the height above a tile, 0 where numbers stand at the rims; `detail` is one head, larger, where there is room
 * @typedef {{kind: "matrix", x: number, y: number, cell: number, tall: number, rows: number, t: number, line: number, slant: number, room: number, panel: Box | null}} Matrix
 * @typedef {{kind: "lines", left: number, right: number, at: number[], t: number, line: number, room: number, panel: Box | null}} Lines
 * @typedef {All | Matrix | Lines} Plan
 */

const RIM = 14;
const SLANT = Math.PI / 3.6;
const STRIP = [16, 40]; // CSS pixels: the height of tiles and rows where only the last tokens look
const PANEL = 190; // CSS pixels: what a list of tokens needs beside the picture

/** The size of letters: larger on a projector. @param {Box} box */
export const lineOf = ({ w, h }) => Math.max(11, Math.min(22, Math.min(h / 30, w / 26)));

/** The size of the letters beside cells. @param {number} line @param {number} cell */
export const sizeOf = (line, cell) => Math.min(line, Math.max(10, cell * 0.8));

/** Tiles of all heads: a row for each layer; one head beside them where there is room. Few rows make strips. @param {Box} box @param {Pick<Seen, "layers" | "heads" | "rows" | "t">} seen @param {number} widest of the tokens at size 1 @returns {All} */
export function all(box, seen, widest) {
  const { layers, heads, rows, t } = seen;
  const line = lineOf(box);
  const strip = Math.min(STRIP[1], Math.max(STRIP[0], (0.5 * box.h) / layers - 26));
  const flat = rows < t ? Math.max(rows / t, Math.min(0.5, strip / (box.w / heads))) : 1;
  const fit = (/** @type {number} */ head, /** @type {number} */ gap, /** @type {number} */ rim) => Math.min((box.w - 2 * RIM - rim - gap * (heads - 1)) / heads, (box.h - 2 * RIM - rim - layers * head - gap * (layers - 1)) / layers / flat);
  const named = fit(line + 4, 10, 0);
  const head = named >= 2.6 * line ? line + 4 : 0;
  const [gap, rim] = head ? [10, 0] : [4, line + 6];
  const cell = Math.max(2, Math.floor(fit(head, gap, rim)));
  const tall = Math.max(2, Math.round(cell * flat));
  const wide = Math.max(gap, Math.min(cell * 0.28, (box.w - 2 * RIM - rim - heads * cell) / Math.max(1, heads - 1))); // what is left is shared out
  const [w, h] = [heads * cell + (heads - 1) * wide, layers * (tall + head) + (layers - 1) * gap];
  const beside = Math.min(box.w - w - rim - 3 * RIM, box.h * 1.25);
  const detail = beside > Math.max(240, 0.7 * box.h) && cell < 0.4 * box.h ? matrix({ ...box, x: box.x + (box.w + w + rim + RIM - beside) / 2, w: beside }, seen, widest, false) : null;
  const below = box.h - h - rim - RIM;
  const deep = flat < 1 ? Math.min(below, 130) : below;
  const spare = (below - deep) / 2;
  const under = !detail && below > (flat < 1 ? 90 : 170) ? matrix({ ...box, y: box.y + box.h - below + spare, h: deep }, seen, widest, false) : null;
  const left = (box.w - rim - w - (detail ? beside + RIM : 0)) / 2;
  const top = under ? RIM + spare : (box.h - rim - h) / 2;
  return { kind: "all", x: box.x + rim + left, y: box.y + rim + top + head, cell, tall, across: cell + wide, down: tall + head + gap, head, layers, heads, detail: detail ?? under };
}

/** The matrix of one head, a list beside it where there is room. @param {Box} box @param {Pick<Seen, "rows" | "t">} seen @param {number} widest of the tokens at size 1 @param {boolean} [listed] @returns {Matrix} */
export function matrix(box, { rows, t }, widest, listed = true) {
  const line = lineOf(box);
  const rim = box.w < 260 ? RIM / 2 : RIM;
  const room = Math.min(widest * line + 2, box.w < 500 ? Math.min(74, 0.21 * box.w) : 8 * line);
  const size = (/** @type {number} */ top, /** @type {number} */ beyond) => Math.min((box.w - 2 * rim - room - 8 - beyond) / t, (box.h - 2 * rim - top) / rows, 46);
  const level = size(line + 6, 0);
  const slant = widest * sizeOf(line, level) <= level ? 0 : SLANT;
  const top = slant ? room * Math.sin(slant) + line * 0.7 : line + 6;
  const cell = size(top, slant ? Math.min(room * Math.cos(slant), 40, 0.12 * box.w) : 0);
  const tall = rows < t ? Math.max(cell, Math.min(STRIP[1], (box.h - 2 * rim - top) / rows)) : cell;
  const own = room + 8 + cell * t;
  const left = box.w - own - 2 * rim;
  const panel = listed && left >= PANEL + 30 ? Math.min(left - 30, 17 * line) : 0;
  const x = box.x + (box.w - own - (panel ? panel + 30 : 0)) / 2 + room + 8;
  const y = box.y + rim + top + Math.max(0, (box.h - 2 * rim - top - tall * rows) / 2);
  return { kind: "matrix", x, y, cell, tall, rows, t, line, slant, room, panel: panel ? { x: x + cell * t + 30, y, w: panel, h: box.y + box.h - rim - y } : null };
}

/**
 * The middles of t lines in a height: evenly, or, where they are too many to be read, wide around one of them.
 * @param {number} t @param {number} height @param {number} line of a line that can be read @param {number} around -1 for none
 */
export function spread(t, height, line, around) {
  const even = Math.min(height / t, 2 * line);
  const wide = even < line && around >= 0 && height > 12 * line ? (line * t - height) / (height - 10.9 * line) : 0;
  const heights = Array.from({ length: t }, (_, i) => 1 + wide * Math.exp(-(((i - around) / 6) ** 4))); // about ten lines are wide
  const unit = (wide ? height : even * t) / heights.reduce((sum, h) => sum + h, 0);
  let y = 0;
  return heights.map((h) => (y += h * unit) - (h * unit) / 2);
}

/** Two columns of the same tokens. @param {Box} box @param {Pick<Seen, "t" | "query">} seen @param {number} widest of the tokens at size 1 @returns {Lines} */
export function lines(box, { t, query }, widest) {
  const line = lineOf(box);
  const room = Math.min(widest * line + 4, box.w < 500 ? 92 : 10 * line);
  const panel = box.w - 2 * RIM >= 2 * room + 260 + PANEL + 30 ? Math.min(17 * line, box.w - 2 * RIM - 2 * room - 290) : 0;
  const middle = Math.min(24 * line, box.w - 2 * RIM - 2 * room - 16 - (panel ? panel + 30 : 0));
  const left = box.x + (box.w - middle - (panel ? panel + 30 : 0)) / 2;
  const height = box.h - 2 * RIM;
  const at = spread(t, height, line * 1.25, query);
  const top = box.y + RIM + (height - at[t - 1] - at[0]) / 2;
  const right = left + middle;
  return { kind: "lines", left, right, at: at.map((y) => top + y), t, line, room, panel: panel ? { x: right + room + 30, y: box.y + RIM + 4, w: panel, h: height } : null };
}

/** What lies at a place: a head; a query and a key token; or one of them. @param {Plan} plan @param {number} x @param {number} y @returns {import("./looks.js").Over | null} */
export function under(plan, x, y) {
  if (plan.kind === "all") {
    const [column, row] = [Math.floor((x - plan.x + (plan.across - plan.cell) / 2) / plan.across), Math.floor((y - plan.y + plan.head) / plan.down)];
    if (column >= 0 && column < plan.heads && row >= 0 && row < plan.layers) return { head: [row, column] };
    return plan.detail && cellUnder(plan.detail, x, y);
  }
  return plan.kind === "matrix" ? cellUnder(plan, x, y) : tokenUnder(plan, x, y);
}

/** @param {Matrix} plan @param {number} x @param {number} y */
function cellUnder({ x: left, y: top, cell, tall, rows, t, room }, x, y) {
  const [key, row] = [Math.floor((x - left) / cell), Math.floor((y - top) / tall)];
  if (row < 0 || row >= rows || key >= t || x < left - room - 8) return null;
  const query = t - rows + row;
  return key < 0 ? { query } : { query, key };
}

/** @param {Lines} plan @param {number} x @param {number} y */
function tokenUnder({ left, right, at, room, t }, x, y) {
  let best = 0;
  for (let i = 1; i < t; i++) if (Math.abs(at[i] - y) < Math.abs(at[best] - y)) best = i;
  if (Math.abs(at[best] - y) > 22) return null;
  const third = (right - left) / 3;
  if (x >= left - room - 10 && x <= left + third) return { query: best };
  return x >= right - third && x <= right + room + 10 ? { key: best } : null;
}

/** Which labels are written where not all have room: those first named before the others. @param {ArrayLike<number>} at @param {number} gap @param {number[]} [first] */
export function legible(at, gap, first = []) {
  /** @type {number[]} */
  const kept = [];
  for (const i of [...first, ...Array(at.length).keys()]) if (i >= 0 && !kept.some((k) => Math.abs(at[k] - at[i]) < gap - 0.01)) kept.push(i);
  return kept;
}
