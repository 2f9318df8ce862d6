/** What can be taken away from a run: its picture as PNG, its numbers as CSV. */

import { token } from "./dom.js";
import { Stage } from "./stage.js";

/** @typedef {import("./wire.js").Frame} Frame */

const MARGIN = 16;
const LINE = 21;
const KEPT = /[\u2e80-\u2fff\u3040-\uffef][，。：；、！？）》”…]*|[^\s\u2e80-\u2fff\u3040-\uffef]+[，。：；、！？）》”…]*\s*|\s+/g; // breaks go between these

/** One row a frame, after RFC 4180. A metric that a frame lacks is left empty. @param {Frame[]} frames */
export function csv(frames) {
  const names = [...new Set(frames.flatMap((frame) => Object.keys(frame.metrics)))];
  const rows = frames.map(({ phase, step, metrics }, i) => [i, phase, step, ...names.map((name) => metrics[name] ?? "")]);
  return [["frame", "phase", "step", ...names], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** @param {string | number} value */
function cell(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Break a text into lines; Chinese may break after any character, but no line begins with its punctuation. @param {string} text @param {(line: string) => boolean} fits */
export function wrap(text, fits) {
  const lines = [""];
  for (const piece of text.match(KEPT) ?? []) {
    if (!lines[lines.length - 1] || fits((lines[lines.length - 1] + piece).trimEnd())) lines[lines.length - 1] += piece;
    else lines.push(piece);
  }
  return lines.map((line) => line.trim());
}

/**
 * A stage on a canvas of its own that draws as this one does, at another size.
 * @param {Stage} stage @param {number} width @param {number} height @param {number} ratio
 */
export function likeness(stage, width, height, ratio) {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d", { alpha: false, willReadFrequently: true }); // the first call decides: its pixels are read back
  const own = new Stage(canvas, () => {});
  own.scene = stage.scene;
  own.labels = stage.labels;
  own.classes = stage.classes;
  own.off = new Set(stage.off);
  [own.picked, own.frames, own.all, own.seed, own.lens] = [stage.picked, stage.frames, stage.all, stage.seed, stage.lens];
  [own.look, own.grid] = [{ ...stage.look, over: null }, { ...stage.grid, pointed: null }];
  own.fit(width, height, ratio);
  return own;
}

/** A frame with all that is seen over it. @param {Stage} own a likeness @param {Stage} stage @param {Frame} frame @param {Frame[]} chapter */
export function portray(own, stage, frame, chapter) {
  own.draw(frame, null, chapter);
  if (frame.phase === stage.scene?.walker?.phase) stage.over?.(own);
}

/**
 * The stage as it is seen, at least twice as fine, over a strip that says what it is.
 * @param {Stage} stage @param {Frame} frame @param {Frame[]} chapter
 * @param {{title: string, sentence: string, site: string, credit: string}} caption @returns {Promise<Blob>}
 */
export function png(stage, frame, chapter, caption) {
  const ratio = Math.max(2, devicePixelRatio || 1);
  const { width, height } = stage.plane;
  const own = likeness(stage, width, height, ratio);
  portray(own, stage, frame, chapter);
  const canvas = document.createElement("canvas");
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const lines = captionLines(pen, width, caption);
  const strip = 2 * MARGIN + lines.length * LINE - 4;
  [canvas.width, canvas.height] = [own.canvas.width, own.canvas.height + Math.round(strip * ratio)];
  pen.drawImage(own.canvas, 0, 0);
  pen.setTransform(ratio, 0, 0, ratio, 0, height * ratio);
  pen.fillStyle = token("paper");
  pen.fillRect(0, 0, width, strip);
  pen.fillStyle = token("line");
  pen.fillRect(0, 0, width, 1);
  for (const [i, { text, font, color }] of lines.entries()) {
    [pen.font, pen.fillStyle] = [font, token(color)];
    pen.fillText(text, MARGIN, MARGIN + i * LINE + 13);
  }
  [pen.font, pen.fillStyle, pen.textAlign] = [face(400), token("soft"), "right"];
  pen.fillText(caption.site, width - MARGIN, MARGIN + 13);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture")))));
}

/** @param {number} weight */
const face = (weight) => `${weight} 14px ${getComputedStyle(document.body).fontFamily}`;

/** Title and sentence, broken to the picture's width; the site's name keeps its place beside the title. @param {CanvasRenderingContext2D} pen @param {number} width @param {{title: string, sentence: string, site: string, credit: string}} caption */
function captionLines(pen, width, { title, sentence, site, credit }) {
  const room = width - 2 * MARGIN;
  pen.font = face(400);
  const beside = room - pen.measureText(site).width - MARGIN;
  /** @param {string} text @param {number} weight @param {string} color @param {number} most */
  const set = (text, weight, color, most) => {
    pen.font = face(weight);
    return wrap(text, (line) => pen.measureText(line).width <= most).map((line) => ({ text: line, font: face(weight), color }));
  };
  return [...set(title, 650, "ink", beside), ...set(sentence, 400, "soft", room), ...(credit ? set(credit, 400, "soft", room) : [])];
}

/** Hand a file to the reader. @param {string} name @param {Blob} blob */
export function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
