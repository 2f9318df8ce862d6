/** The run as an animated GIF: drawn here, encoded in a worker. */

import { token } from "./dom.js";
import { likeness, portray } from "./exports.js";
import { chapterAt } from "./timeline.js";

/** @typedef {import("./wire.js").Frame} Frame */

const MOST = 120; // frames
const SAMPLES = 8; // frames that decide the colours
const WIDTH = 640;
const STRIP = 20;
const DELAY = 100; // ms a frame
const REST = 1500; // ms on the last, before it begins anew

const ENCODER = new URL("./gif-worker.js", import.meta.url);
const PARTS = [
  new URL("./palette.js", import.meta.url),
  new URL("./vendor/gifenc/index.js", import.meta.url),
  new URL("./vendor/gifenc/lzwEncode.js", import.meta.url),
  new URL("./vendor/gifenc/stream.js", import.meta.url),
  new URL("./vendor/gifenc/constants.js", import.meta.url),
];

/** Into the browser's cache, so that it is there when the network is not. */
export const prefetch = () => Promise.all([ENCODER, ...PARTS].map((url) => fetch(url)));

/** Indices of n things, or of so many of them that lie evenly, first and last among them. @param {number} n @param {number} most */
export function spread(n, most) {
  const count = Math.min(n, most);
  return Array.from({ length: count }, (_, k) => Math.round((k * (n - 1)) / Math.max(1, count - 1)));
}

/**
 * @param {import("./stage.js").Stage} stage whose scene, layers and shape it shows
 * @param {Frame[]} frames @param {string} credit said at the foot, below the stage @param {(part: number) => void} progress @param {AbortSignal} signal ends the work
 * @returns {Promise<Blob>} rejects when ended
 */
export async function gif(stage, frames, credit, progress, signal) {
  const { plane } = stage;
  const own = likeness(stage, WIDTH, Math.round((WIDTH * plane.height) / plane.width), 1);
  const film = document.createElement("canvas");
  const pen = /** @type {CanvasRenderingContext2D} */ (film.getContext("2d", { willReadFrequently: true }));
  const [width, height] = [own.canvas.width, own.canvas.height + (credit ? STRIP : 0)];
  [film.width, film.height] = [width, height];
  if (credit) foot(pen, credit);
  const pixels = (/** @type {number} */ i) => {
    portray(own, stage, frames[i], chapterAt(frames, i));
    pen.drawImage(own.canvas, 0, 0);
    return pen.getImageData(0, 0, width, height).data;
  };
  const worker = new Worker(ENCODER, { type: "module" });
  const wanted = spread(frames.length, MOST);
  try {
    for (const k of spread(wanted.length, SAMPLES)) await ask(worker, signal, { sample: pixels(wanted[k]) });
    for (const [k, i] of wanted.entries()) {
      await ask(worker, signal, { frame: pixels(i), width, height, delay: i === frames.length - 1 ? REST : DELAY });
      progress((k + 1) / wanted.length);
    }
    return new Blob([await ask(worker, signal, {})], { type: "image/gif" });
  } finally {
    worker.terminate();
  }
}

/** A line at the foot, its letters as narrow as it takes. @param {CanvasRenderingContext2D} pen @param {string} text */
function foot(pen, text) {
  const { width, height } = pen.canvas;
  pen.fillStyle = token("paper");
  pen.fillRect(0, height - STRIP, width, STRIP);
  [pen.font, pen.fillStyle, pen.textBaseline] = [`11px ${getComputedStyle(document.body).fontFamily}`, token("soft"), "middle"];
  pen.fillText(text, 8, height - STRIP / 2, width - 16);
}

/**
 * One thing asked of the worker, and its answer.
 * @param {Worker} worker @param {AbortSignal} signal
 * @param {{sample?: Uint8ClampedArray, frame?: Uint8ClampedArray, width?: number, height?: number, delay?: number}} message
 * @returns {Promise<any>}
 */
function ask(worker, signal, message) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", reject, { once: true });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = reject;
    const pixels = message.sample ?? message.frame;
    worker.postMessage(message, pixels ? [/** @type {ArrayBuffer} */ (pixels.buffer)] : []);
  });
}
