/** Encodes a GIF: first samples, which decide the colours of all frames, then frame by frame; an empty message asks for the file. */

import { medianCut, painter } from "./palette.js";
import { GIFEncoder } from "./vendor/gifenc/index.js";

const UNCHANGED = 255; // the colour that lets the frame before shine through
const LEAVE = 1; // disposal: the next frame is drawn over this one

const encoder = GIFEncoder();
/** @type {Uint8ClampedArray[]} */
const samples = [];
/** @type {number[][]} */
let palette;
/** @type {((pixels: Uint8ClampedArray) => Uint8Array) | undefined} */
let paint;
/** @type {Uint8Array | undefined} */
let before;

/** One palette for the whole film: nothing flickers. */
function choose() {
  const all = new Uint8ClampedArray(samples.reduce((sum, { length }) => sum + length, 0));
  samples.reduce((at, sample) => (all.set(sample, at), at + sample.length), 0);
  samples.length = 0;
  const colors = medianCut(all, UNCHANGED);
  palette = Array.from({ length: 256 }, (_, i) => colors[i] ?? [0, 0, 0]);
  return painter(colors);
}

/** @param {Uint8ClampedArray} pixels @param {number} width @param {number} height @param {number} delay */
function add(pixels, width, height, delay) {
  paint ??= choose();
  const now = paint(pixels);
  const then = before;
  const index = then ? now.map((color, i) => (color === then[i] ? UNCHANGED : color)) : now;
  encoder.writeFrame(index, width, height, { delay, repeat: 0, palette: then ? undefined : palette, transparent: Boolean(then), transparentIndex: UNCHANGED, dispose: LEAVE });
  before = now;
}

addEventListener("message", ({ data: { sample, frame, width, height, delay } }) => {
  if (sample) samples.push(sample);
  else if (frame) add(frame, width, height, delay);
  else encoder.finish();
  postMessage(sample || frame ? null : encoder.bytes());
});
