/** How each kind of layer is drawn. Every function gets the canvas, the plane and what to draw. */

import { SHAPES, look } from "./classes.js";
import { heatmap, images } from "./raster.js";

/**
 * @typedef {import("./wire.js").Tensor} Tensor
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {{width: number, height: number, scale: number, x: (u: number) => number, y: (v: number) => number}} Plane
 * @typedef {{key: string, kind: string, array: string, color: string, phases: string[], on: boolean, columns: number, labels: string, names: string, width: number, linked: string}} Layer
 * @typedef {{layer: Layer, frame: Frame, next: Frame | null, mix: number, chapter: Frame[], plane: Plane, color: string, paper: string, box?: Box, title?: string, ink: string, token: (name: string) => string, names: string[], redraw: () => void}} Job
 * `token` gives any colour of site.css, `names` the words for the layer's classes
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
  pen.strokeStyle = color;
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

/** @type {typeof import("./contour.js") | undefined} */
let contours;
/** @type {Promise<void> | undefined} */
let loading;

/** Fetch what contours need, for a scene that has some. @param {Layer[]} layers */
export function prepare(layers) {
  if (layers.some(({ kind }) => kind === "contour")) loading ??= import("./contour.js").then((module) => void (contours = module)).catch(() => {});
}

/** Contours of a point set's density, once their module is there. @param {CanvasRenderingContext2D} pen @param {Job} job */
function contour(pen, job) {
  if (contours) return contours.contour(pen, job);
  prepare([job.layer]);
  loading?.then(() => contours && job.redraw());
}

/** @type {Record<string, (pen: CanvasRenderingContext2D, job: Job) => void>} */
export const DRAW = { points, trails, mesh, arrows, heatmap, images, contour };
