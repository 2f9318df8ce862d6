/** The words above a grid's columns: as large as they can be in a line, else on two lines, else slanting. */

/**
 * @typedef {{lines: string[][], size: number, slant: number}} Setting `lines` of every word; `slant` in radians
 * @typedef {{x: number, y: number, w: number, h: number}} Box
 */

const SLANT = Math.PI / 5;
const [LEAST, SLANTED] = [10, 12]; // CSS pixels: smaller letters nobody reads from a phone
const GAP = 0.3; // of a letter, above and below the words

/** @param {number} size @param {number} [weight] */
export const face = (size, weight = 400) => `${weight} ${size}px system-ui, "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif`;

/** The side of a picture. @param {Box} box @param {number} columns @param {number} rows @param {number} head @param {number} [beyond] what stands out to the right */
export const cellOf = (box, columns, rows, head, beyond = 0) => Math.max(1, Math.min((box.w - beyond) / columns, (box.h - head - 4) / rows));

/** A word on two lines: at a space near its middle, Chinese anywhere. @param {string} word */
export function broken(word) {
  const middle = word.length / 2;
  const spaces = [...word.matchAll(/ /g)].map(({ index }) => index).sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  if (spaces.length) return [word.slice(0, spaces[0]), word.slice(spaces[0] + 1)];
  return /^[\u2e80-\uffef]{3,}$/.test(word) ? [word.slice(0, Math.ceil(middle)), word.slice(Math.ceil(middle))] : [word];
}

/**
 * How the words are set over cells of a given side, or null where they can't.
 * @param {string[]} words @param {(text: string) => number} measure a text's width at size 1 @param {number} cell @param {number} most the largest size
 * @returns {Setting | null}
 */
export function level(words, measure, cell, most) {
  for (const lines of [words.map((word) => [word]), words.map(broken)]) {
    const widest = Math.max(...lines.flat().map(measure));
    const size = Math.min(most, (cell * 0.9) / widest);
    if (size >= LEAST) return { lines, size, slant: 0 };
  }
  return null;
}

/** Height above the pictures. @param {Setting} set @param {(text: string) => number} measure @param {number} title */
function heightOf({ lines, size, slant }, measure, title) {
  if (!slant) return title + size * (1.15 * Math.max(...lines.map(({ length }) => length)) + 2 * GAP);
  return title + size * (Math.max(...lines.flat().map(measure)) * Math.sin(slant) + 1 + GAP);
}

/**
 * Words and pictures in a box: level where they fit, else slanting.
 * @param {CanvasRenderingContext2D} pen @param {string[]} words @param {Box} box @param {number} rows @param {number} line the title's size
 */
export function fitWords(pen, words, box, rows, line) {
  pen.font = face(100);
  const measure = (/** @type {string} */ text) => pen.measureText(text).width / 100;
  const title = line * 1.3;
  const columns = words.length;
  const room = cellOf(box, columns, rows, title + line * 1.6);
  const flat = level(words, measure, room, line * 0.95);
  if (flat) {
    const head = heightOf(flat, measure, title);
    const cell = cellOf(box, columns, rows, head);
    const again = level(words, measure, cell, line * 0.95); // two lines leave a little less for the pictures
    if (again && heightOf(again, measure, title) <= head) return { cell, head, set: again };
  }
  const set = { lines: words.map((word) => [word]), size: Math.max(SLANTED, line * 0.95), slant: SLANT };
  const head = heightOf(set, measure, title);
  const beyond = 2 * Math.max(0, set.size * measure(words[columns - 1]) * Math.cos(SLANT) - 6); // twice: the grid stands in the middle
  return { cell: cellOf(box, columns, rows, head, beyond), head, set };
}

/** @param {CanvasRenderingContext2D} pen @param {Setting} set @param {number} left @param {number} bottom where the pictures begin @param {number} cell */
export function writeWords(pen, { lines, size, slant }, left, bottom, cell) {
  pen.font = face(size);
  pen.textAlign = slant ? "left" : "center";
  lines.forEach((parts, k) => {
    pen.save();
    pen.translate(left + (k + 0.5) * cell, bottom - size * GAP);
    pen.rotate(-slant);
    parts.forEach((text, i) => pen.fillText(text, 0, (i + 1 - parts.length) * size * 1.15));
    pen.restore();
  });
}
