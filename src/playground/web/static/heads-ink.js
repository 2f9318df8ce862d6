/** What all pictures of attention are drawn with: colours, words, frames, and the list of what a token looks at most. */

import { face } from "./heads.js";
import { asked, ranked, weight } from "./looks.js";
import { shortened, shown } from "./tokens.js";

/**
 * @typedef {import("./looks.js").Seen} Seen
 * @typedef {CanvasRenderingContext2D} Pen
 * @typedef {{pen: Pen, seen: Seen, sheet: HTMLCanvasElement, tone: (weight: number) => string, token: (name: string) => string, color: string, alpha: number}} Work
 */

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

/** @param {Pen} pen @param {string} color @param {number} width @param {number} x @param {number} y @param {number} w @param {number} h @param {number} [round] */
export function frameIt(pen, color, width, x, y, w, h, round = 3) {
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.beginPath();
  pen.roundRect(x, y, w, h, round);
  pen.stroke();
}

/** @param {Work} work @param {string} text @param {number} x @param {number} y @param {number} size @param {{color?: string, align?: CanvasTextAlign, weight?: number, room?: number}} [how] */
export function write({ pen, token }, text, x, y, size, { color = "ink", align = "left", weight: heavy = 400, room = Infinity } = {}) {
  pen.font = face(size, heavy);
  pen.fillStyle = token(color);
  pen.textAlign = align;
  pen.fillText(room === Infinity ? text : shortened(text, room, (some) => pen.measureText(some).width), x, y);
}

/** What a query token looks at most, with bars. @param {Work} work @param {import("./heads-layout.js").Box} box @param {number} line */
export function list(work, { x, y, w, h }, line) {
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
