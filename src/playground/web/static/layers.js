/** How each kind of layer is drawn. Every function gets the canvas, the plane and what to draw. */

import { SHAPES, look } from "./classes.js";
import { heatmap, images } from "./raster.js";

/**
 * @typedef {import("./wire.js").Tensor} Tensor
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {{width: number, height: number, scale: number, x: (u: number) => number, y: (v: number) => number}} Plane
 * @typedef {{key: string, kind: string, array: string, color: string, phases: string[], on: boolean, columns: number, labels: string, names: string, captions: string, width: number, linked: string, extent: number, span: [number, number] | null, at: number, opacity: string, shared: boolean, tokens: string, focus: string, special: string, sentence: string, product: string[], draw: string | null}} Layer
 * @typedef {{layer: Layer, frame: Frame, next: Frame | null, mix: number, chapter: Frame[], plane: Plane, color: string, paper: string, box?: Box, title?: string, ink: string, token: (name: string) => string, names: string[], redraw: () => void, look?: import("./looks.js").Look, before: Frame[], others: Layer[], lit: string[], walking: boolean, grid: import("./cells-looks.js").Grid}} Job
 * `token` gives any colour of site.css, `names` the words for the layer's classes, `look` what is looked at in attention, `before` the run up to this frame
 * `others` are the layers seen with this one, `lit` what a symbol points to, `walking` says whether the clock is between frames, `grid` what is looked at in a world of cells
 * @typedef {{x: number, y: number, w: number, h: number}} Box
 */

/** Of so many points one leaves a trail. */
export const TRAILED = 8;

/** Coordinates between this frame and the next, while the clock is between them. @param {Pick<Job, "layer" | "frame" | "next" | "mix">} job @returns {ArrayLike<number>} */
export function now({ layer, frame, next, mix }) {
  const here = frame.arrays[layer.array].data;
  const there = next?.arrays[layer.array]?.data;
  if (!there || there === here || there.length !== here.length) return here;
  const between = new Float32Array(here.length);
  for (let i = 0; i < here.length; i++) between[i] = here[i] + mix * (there[i] - here[i]);
  return between;
}

/**
 * What is drawn alike: everything, or class by class where the layer has labels.
 * @param {Job} job @returns {{color: string, shape: number, members: (n: number) => Iterable<number>}[]}
 */
function groups({ layer, frame, color, token }) {
  const labels = layer.labels && frame.arrays[layer.labels]?.data;
  if (!labels) return [{ color, shape: 0, members: (n) => Array(n).keys() }];
  /** @type {number[][]} */
  const classes = [];
  labels.forEach((label, i) => (classes[label] ??= []).push(i));
  return classes.flatMap((members, label) => ({ color: token(look(label).color), shape: look(label).shape, members: () => members }));
}

/** @param {CanvasRenderingContext2D} pen @param {Job} job */
function points(pen, job) {
  const { plane } = job;
  const at = now(job);
  const radius = Math.min(4.2, Math.max(Math.min(2, plane.height / 80), plane.height / 150)); // finer in a small panel
  const alpha = pen.globalAlpha;
  pen.globalAlpha = alpha * 0.72;
  for (const { color, shape, members } of groups(job)) {
    pen.fillStyle = color;
    for (const i of members(at.length / 2)) {
      pen.beginPath(); // each dot by itself: where they overlap, it grows denser
      SHAPES[shape](pen, plane.x(at[2 * i]), plane.y(at[2 * i + 1]), radius);
      pen.fill();
    }
  }
  pen.globalAlpha = alpha;
}

/** The way every eighth point came within its chapter. @param {CanvasRenderingContext2D} pen @param {Job} job */
function trails(pen, job) {
  const { chapter, layer, plane } = job;
  const head = now(job);
  const alpha = pen.globalAlpha;
  pen.lineWidth = 1;
  pen.globalAlpha = alpha * 0.38;
  for (const { color, members } of groups(job)) {
    pen.strokeStyle = color;
    pen.beginPath();
    for (const i of members(head.length / 2)) {
      if (i % TRAILED) continue;
      chapter.forEach((frame, k) => {
        const at = frame.arrays[layer.array].data;
        if (k === 0) pen.moveTo(plane.x(at[2 * i]), plane.y(at[2 * i + 1]));
        else pen.lineTo(plane.x(at[2 * i]), plane.y(at[2 * i + 1]));
      });
      pen.lineTo(plane.x(head[2 * i]), plane.y(head[2 * i + 1]));
    }
    pen.stroke();
  }
  pen.globalAlpha = alpha;
}

/** A grid of places as lines along its rows and its columns. @param {CanvasRenderingContext2D} pen @param {Job} job */
function mesh(pen, job) {
  const { frame, layer, plane, color } = job;
  const [rows, columns] = frame.arrays[layer.array].shape;
  const at = now(job);
  const alpha = pen.globalAlpha;
  pen.strokeStyle = pen.fillStyle = color;
  if (layer.opacity) cells(pen, at, rows, columns, frame.arrays[layer.opacity].data, plane);
  pen.lineWidth = 1;
  pen.lineJoin = "round";
  pen.globalAlpha = alpha * 0.65;
  pen.beginPath();
  const line = (/** @type {number} */ from, /** @type {number} */ by, /** @type {number} */ count) => {
    for (let k = 0, i = 2 * from; k < count; k++, i += 2 * by) pen[k ? "lineTo" : "moveTo"](plane.x(at[i]), plane.y(at[i + 1]));
  };
  for (let row = 0; row < rows; row++) line(row * columns, 1, columns);
  for (let column = 0; column < columns; column++) line(column, columns, rows);
  pen.stroke();
  pen.globalAlpha = alpha;
}

/** A mesh's cells, or the pieces of a line, as opaque as is told. @param {CanvasRenderingContext2D} pen @param {ArrayLike<number>} at @param {number} rows @param {number} columns @param {ArrayLike<number>} opacity @param {Plane} plane */
function cells(pen, at, rows, columns, opacity, plane) {
  const alpha = pen.globalAlpha;
  const go = (/** @type {"moveTo" | "lineTo"} */ how, /** @type {number} */ i) => pen[how](plane.x(at[2 * i]), plane.y(at[2 * i + 1]));
  pen.lineWidth = 5;
  for (let row = 0; row < Math.max(1, rows - 1); row++) {
    for (let column = 0; column < columns - 1; column++) {
      const i = row * columns + column;
      pen.globalAlpha = alpha * opacity[row * (columns - 1) + column];
      pen.beginPath();
      go("moveTo", i);
      go("lineTo", i + 1);
      if (rows === 1) {
        pen.stroke();
        continue;
      }
      go("lineTo", i + columns + 1);
      go("lineTo", i + columns);
      pen.fill();
    }
  }
  pen.globalAlpha = alpha;
}

/** Arrows; heavy ones on an edge of paper, so that they stand out from the points beneath. @param {CanvasRenderingContext2D} pen @param {Job} job */
function arrows(pen, job) {
  const { layer, plane, color, paper } = job;
  const { width = 1.3 } = layer;
  const heavy = width >= 2.5;
  const at = now(job);
  const head = heavy ? 3.6 * width : Math.max(3.5, plane.height / 95);
  const alpha = pen.globalAlpha;
  pen.lineJoin = "round";
  for (const [stroke, edge] of heavy ? /** @type {[string, number][]} */ ([[paper, 3], [color, 0]]) : /** @type {[string, number][]} */ ([[color, 0]])) {
    pen.globalAlpha = heavy ? alpha : alpha * 0.55;
    pen.strokeStyle = pen.fillStyle = stroke;
    for (let i = 0; i < at.length; i += 4) arrow(pen, plane.x(at[i]), plane.y(at[i + 1]), at[i + 2] * plane.scale, -at[i + 3] * plane.scale, { width, head, edge });
  }
  pen.globalAlpha = alpha;
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} dx @param {number} dy @param {{width: number, head: number, edge: number}} size `edge` is drawn around it */
function arrow(pen, x, y, dx, dy, { width, head, edge }) {
  const length = Math.hypot(dx, dy);
  if (length < 1.5) return;
  const tip = Math.min(head, length);
  const [ux, uy] = [dx / length, dy / length];
  pen.lineWidth = width + 2 * edge;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x + dx - ux * tip * 0.8, y + dy - uy * tip * 0.8);
  pen.stroke();
  pen.lineWidth = 2 * edge;
  pen.beginPath();
  pen.moveTo(x + dx, y + dy);
  pen.lineTo(x + dx - tip * (ux + 0.45 * uy), y + dy - tip * (uy - 0.45 * ux));
  pen.lineTo(x + dx - tip * (ux - 0.45 * uy), y + dy - tip * (uy + 0.45 * ux));
  pen.closePath();
  pen.fill();
  if (edge) pen.stroke();
}

/** What not every scene needs is fetched for those that do. @type {Record<string, () => Promise<any>>} */
const LATER = { contour: () => import("./contour.js"), level: () => import("./contour.js"), heads: () => import("./heads-picture.js"), codes: () => import("./codes.js"), tree: () => import("./tree.js"), cells: () => import("./cells.js"), manifold: () => import("./manifold.js") };
/** @type {Record<string, any>} */
const fetched = {};
/** @type {Record<string, Promise<void>>} */
const loading = {};

/** Fetch what these layers need. @param {Layer[]} layers */
export function prepare(layers) {
  for (const { kind } of layers) if (LATER[kind]) loading[kind] ??= LATER[kind]().then((module) => void (fetched[kind] = module)).catch(() => {});
}

/** A kind whose module may have to come first. @param {string} kind @returns {(pen: CanvasRenderingContext2D, job: Job) => any} */
const later = (kind) => (pen, job) => {
  if (fetched[kind]) return fetched[kind][kind](pen, job);
  prepare([job.layer]);
  loading[kind].then(() => fetched[kind] && job.redraw());
};

/** A grid of pictures, and attention, also say where they lie. @type {Record<string, (pen: CanvasRenderingContext2D, job: Job) => any>} */
export const DRAW = { points, trails, mesh, arrows, heatmap, images, contour: later("contour"), level: later("level"), heads: later("heads"), codes: later("codes"), tree: later("tree"), cells: later("cells"), manifold: later("manifold") };
