/** An input of one's own: drawn on a small canvas by mouse, finger or keys, or a photograph made as small. Nothing leaves the page. */

import { h } from "./dom.js";
import { strokes } from "./pointer.js";
import { paint } from "./walker-paint.js";

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const MOST_BYTES = 20 * 2 ** 20; // of a photograph
const [THICK, SOFT] = [0.9, 1.3]; // of the pen, in pixels of a picture 28 wide: its radius, and the edge that fades

/** What a soft pen leaves of a picture's pixels. @param {Float32Array} values 0 to 1, changed in place @param {number[]} shape @param {[number, number]} at in pixels @param {number[]} ink a number a channel */
export function dab(values, [rows, columns, channels = 1], [x, y], ink) {
  const unit = Math.max(0.6, rows / 28);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const far = Math.hypot(c + 0.5 - x, r + 0.5 - y) / unit;
      const part = Math.min(1, Math.max(0, 1 - (far - THICK) / SOFT));
      for (let k = 0; k < channels; k++) {
        const i = (r * columns + c) * channels + k;
        values[i] = channels === 1 ? Math.max(values[i], part * ink[k]) : values[i] + part * (ink[k] - values[i]);
      }
    }
  }
}

/** A photograph's pixels as a model knows its data: greys as ink on nothing, whatever paper it was taken of. @param {Uint8ClampedArray} rgba @param {number} channels @returns {Float32Array} */
export function fitted(rgba, channels) {
  const n = rgba.length / 4;
  if (channels === 3) return Float32Array.from({ length: 3 * n }, (_, i) => rgba[4 * Math.floor(i / 3) + (i % 3)] / 255);
  const grey = Float32Array.from({ length: n }, (_, i) => (0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2]) / 255);
  const side = Math.sqrt(n);
  const edge = grey.filter((_, i) => i < side || i >= n - side || i % side < 1 || i % side >= side - 1);
  const paper = edge.reduce((sum, value) => sum + value, 0) / edge.length;
  const ink = grey.map((value) => (paper > 0.5 ? 1 - value : value));
  const sorted = Float32Array.from(ink).sort();
  const [low, high] = [sorted[Math.floor(0.6 * n)], sorted[Math.floor(0.995 * n)]]; // shades of the paper are no ink
  return ink.map((value) => Math.min(1, Math.max(0, (value - low) / Math.max(0.05, high - low))));
}

export class Pad {
  /** What is on it, 0 to 1. @type {Float32Array} */
  values = new Float32Array(0);
  /** @type {number[]} */
  shape = [];
  /** @type {[number, number]} */
  #cursor = [0, 0];
  #byKeys = false;

  /** @param {Record<string, string>} words @param {{begins: () => void, changed: () => void, taken: () => void}} hand told that a stroke begins, of what it drew, and that it is taken back @param {(sentence: string) => void} refused */
  constructor(words, hand, refused) {
    this.words = words;
    this.hand = hand;
    this.refused = refused;
    this.canvas = h("canvas", { class: "walk-pad", tabindex: 0, role: "img", "aria-label": words.pad_keys, onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event), onblur: () => this.#rest() });
    this.color = h("input", { type: "color", value: "#404040", "aria-label": words.pen, title: words.pen, hidden: true });
    const file = h("input", { type: "file", accept: "image/*", class: "aloud", tabindex: -1, "aria-hidden": "true", onchange: () => this.#photograph(file) });
    this.tools = [
      this.color,
      h("button", { type: "button", class: "pill", onclick: () => this.#clear() }, words.clear),
      h("button", { type: "button", class: "pill", onclick: () => file.click() }, words.photo),
      file,
    ];
    this.#listen();
  }

  /** @param {ArrayLike<number>} values @param {number[]} shape */
  take(values, shape) {
    this.values = Float32Array.from(values);
    this.shape = shape;
    this.color.hidden = shape[2] !== 3;
    this.#cursor = [Math.floor(shape[1] / 2), Math.floor(shape[0] / 2)];
    this.draw();
  }

  draw() {
    paint(this.canvas, [this.values], this.shape, "data");
    if (!this.#byKeys) return;
    const pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    pen.fillStyle = "rgb(128 128 128 / 70%)";
    pen.fillRect(this.#cursor[0], this.#cursor[1], 1, 1);
  }

  /** @returns {number[]} */
  get #ink() {
    if (this.shape[2] !== 3) return [1];
    return [1, 3, 5].map((i) => parseInt(this.color.value.slice(i, i + 2), 16) / 255);
  }

  #listen() {
    /** @type {[number, number]} */
    let last = [0, 0];
    const cell = (/** @type {[number, number]} */ [x, y]) => /** @type {[number, number]} */ ([(x * this.shape[1]) / this.canvas.clientWidth, (y * this.shape[0]) / this.canvas.clientHeight]);
    const line = (/** @type {[number, number]} */ to) => {
      const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - last[0], to[1] - last[1])));
      for (let i = 1; i <= steps; i++) dab(this.values, this.shape, [last[0] + ((to[0] - last[0]) * i) / steps, last[1] + ((to[1] - last[1]) * i) / steps], this.#ink);
      last = to;
      this.#edited();
    };
    strokes(this.canvas, {
      begin: (at) => {
        this.#byKeys = false;
        this.hand.begins();
        last = cell(at);
        line(last);
        return true;
      },
      move: (at) => line(cell(at)),
      cancel: () => this.hand.taken(),
    });
  }

  #edited() {
    this.draw();
    this.hand.changed();
  }

  /** Arrows move, space draws, Delete wipes all away. @param {KeyboardEvent} event */
  #key(event) {
    const move = MOVES[event.key];
    if (move) {
      const [rows, columns] = this.shape;
      this.#cursor = [Math.min(columns - 1, Math.max(0, this.#cursor[0] + move[0])), Math.min(rows - 1, Math.max(0, this.#cursor[1] + move[1]))];
    } else if (event.key === " ") dab(this.values, this.shape, [this.#cursor[0] + 0.5, this.#cursor[1] + 0.5], this.#ink);
    else if (event.key === "Delete" || event.key === "Backspace") this.values.fill(0);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.#byKeys = true;
    if (move) this.draw();
    else this.#edited();
  }

  #rest() {
    if (!this.#byKeys) return;
    this.#byKeys = false;
    this.draw();
  }

  #clear() {
    this.values.fill(this.shape[2] === 3 ? 1 : 0);
    this.#edited();
  }

  /** @param {HTMLInputElement} input */
  async #photograph(input) {
    const file = input.files?.[0];
    input.value = "";
    if (!file) return;
    this.refused("");
    if (file.size > MOST_BYTES) return this.refused(this.words.photo_large);
    const bitmap = await createImageBitmap(file).catch(() => null);
    if (!bitmap) return this.refused(this.words.photo_bad);
    this.values = small(bitmap, this.shape);
    bitmap.close();
    this.#edited();
  }
}

/** The middle square of a photograph, made as small as a model's pictures: halved as often as can be, so that every pixel counts. @param {ImageBitmap} bitmap @param {number[]} shape */
function small(bitmap, [rows, columns, channels = 1]) {
  const side = Math.min(bitmap.width, bitmap.height);
  let size = columns * 2 ** Math.max(0, Math.min(5, Math.floor(Math.log2(side / columns))));
  const canvas = document.createElement("canvas");
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  canvas.width = canvas.height = size;
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "#fff"; // behind what is transparent
  pen.fillRect(0, 0, size, size);
  pen.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, size, size);
  for (; size > columns; size /= 2) pen.drawImage(canvas, 0, 0, size, size, 0, 0, size / 2, size / 2);
  return fitted(pen.getImageData(0, 0, columns, rows).data, channels);
}
