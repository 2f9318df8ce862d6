/** How each kind of layer is drawn. Every function gets the canvas, the plane and what to draw. */

/**
 * @typedef {import("./wire.js").Tensor} Tensor
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {{width: number, height: number, scale: number, x: (u: number) => number, y: (v: number) => number}} Plane
 * @typedef {{key: string, kind: string, array: string, color: string, phases: string[], on: boolean, columns: number, labels: string}} Layer
 * @typedef {{layer: Layer, frame: Frame, next: Frame | null, mix: number, chapter: Frame[], plane: Plane, color: string, paper: string, box?: Box, title?: string, ink: string}} Job
 * @typedef {{x: number, y: number, w: number, h: number}} Box
 */

/** Coordinates between this frame and the next, while the clock is between them. @param {Job} job @returns {ArrayLike<number>} */
function now({ layer, frame, next, mix }) {
  const here = frame.arrays[layer.array].data;
  const there = next?.arrays[layer.array]?.data;
  if (!there || there === here || there.length !== here.length) return here;
  const between = new Float32Array(here.length);
  for (let i = 0; i < here.length; i++) between[i] = here[i] + mix * (there[i] - here[i]);
  return between;
}

/** @param {CanvasRenderingContext2D} pen @param {Job} job */
function points(pen, job) {
  const { plane, color } = job;
  const at = now(job);
  const radius = Math.min(4.2, Math.max(2, plane.height / 150));
  const alpha = pen.globalAlpha;
  pen.globalAlpha = alpha * 0.72;
  pen.fillStyle = color;
  for (let i = 0; i < at.length; i += 2) {
    pen.beginPath(); // each dot by itself: where they overlap, it grows denser
    pen.arc(plane.x(at[i]), plane.y(at[i + 1]), radius, 0, 7);
    pen.fill();
  }
  pen.globalAlpha = alpha;
}

/** The way every eighth point came within its chapter. @param {CanvasRenderingContext2D} pen @param {Job} job */
function trails(pen, job) {
  const { chapter, layer, plane, color } = job;
  const head = now(job);
  const alpha = pen.globalAlpha;
  pen.strokeStyle = color;
  pen.lineWidth = 1;
  pen.globalAlpha = alpha * 0.38;
  pen.beginPath();
  for (let i = 0; i < head.length; i += 16) {
    chapter.forEach((frame, k) => {
      const at = frame.arrays[layer.array].data;
      if (k === 0) pen.moveTo(plane.x(at[i]), plane.y(at[i + 1]));
      else pen.lineTo(plane.x(at[i]), plane.y(at[i + 1]));
    });
    pen.lineTo(plane.x(head[i]), plane.y(head[i + 1]));
  }
  pen.stroke();
  pen.globalAlpha = alpha;
}

/** @param {CanvasRenderingContext2D} pen @param {Job} job */
function arrows(pen, { frame, layer, plane, color }) {
  const at = frame.arrays[layer.array].data;
  const head = Math.max(3.5, plane.height / 95);
  const alpha = pen.globalAlpha;
  pen.globalAlpha = alpha * 0.55;
  pen.strokeStyle = pen.fillStyle = color;
  pen.lineWidth = 1.3;
  for (let i = 0; i < at.length; i += 4) {
    const [x, y] = [plane.x(at[i]), plane.y(at[i + 1])];
    const [dx, dy] = [at[i + 2] * plane.scale, -at[i + 3] * plane.scale];
    const length = Math.hypot(dx, dy);
    if (length < 1.5) continue;
    const tip = Math.min(head, length);
    const [ux, uy] = [dx / length, dy / length];
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + dx - ux * tip * 0.8, y + dy - uy * tip * 0.8);
    pen.stroke();
    pen.beginPath();
    pen.moveTo(x + dx, y + dy);
    pen.lineTo(x + dx - tip * (ux + 0.45 * uy), y + dy - tip * (uy - 0.45 * ux));
    pen.lineTo(x + dx - tip * (ux - 0.45 * uy), y + dy - tip * (uy + 0.45 * ux));
    pen.fill();
  }
  pen.globalAlpha = alpha;
}

/** @param {string} color @returns {[number, number, number]} */
function rgb(color) {
  const n = parseInt(color.replace("#", ""), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

const scratch = /** @type {Map<string, HTMLCanvasElement>} */ (new Map());

/** A canvas of its own for a layer's pixels. @param {string} key @param {number} w @param {number} h */
function sheet(key, w, h) {
  const canvas = scratch.get(key) ?? document.createElement("canvas");
  scratch.set(key, canvas);
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  return canvas;
}

/** Values from lowest to highest as paper to colour, over the square of the plane. @param {CanvasRenderingContext2D} pen @param {Job} job */
function heatmap(pen, { frame, layer, plane, color, paper }) {
  const { data, shape } = frame.arrays[layer.array];
  const [rows, columns] = shape;
  const canvas = sheet(layer.key, columns, rows);
  const own = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = own.createImageData(columns, rows);
  const [low, high] = [rgb(paper), rgb(color)];
  let [least, most] = [Infinity, -Infinity];
  for (const value of data) [least, most] = [Math.min(least, value), Math.max(most, value)];
  for (let i = 0; i < data.length; i++) {
    const part = (data[i] - least) / (most - least || 1);
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = low[c] + part * (high[c] - low[c]);
    image.data[4 * i + 3] = 255;
  }
  own.putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(canvas, 0, 0, plane.width, plane.height);
}

/** A grid of pictures in its box, with a title and the columns' labels above. @param {CanvasRenderingContext2D} pen @param {Job} job */
function images(pen, { frame, layer, color, paper, box, title, ink }) {
  if (!box) return;
  const { data, shape } = frame.arrays[layer.array];
  const [n, h, w, channels = 1] = shape;
  const columns = layer.columns || Math.ceil(Math.sqrt(n));
  const rows = Math.ceil(n / columns);
  const canvas = sheet(layer.key, columns * w, rows * h);
  const own = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const picture = own.createImageData(columns * w, rows * h);
  const [low, high] = [rgb(paper), rgb(color)];
  for (let k = 0; k < n; k++) {
    const [left, top] = [(k % columns) * w, Math.floor(k / columns) * h];
    for (let i = 0; i < h * w; i++) {
      const target = 4 * ((top + Math.floor(i / w)) * columns * w + left + (i % w));
      const source = (k * h * w + i) * channels;
      for (let c = 0; c < 3; c++) picture.data[target + c] = channels === 3 ? data[source + c] : low[c] + (data[source] / 255) * (high[c] - low[c]);
      picture.data[target + 3] = 255;
    }
  }
  own.putImageData(picture, 0, 0);
  const line = Math.max(11, Math.min(15, box.h / 13));
  const labels = layer.labels && frame.arrays[layer.labels];
  const head = line * (labels ? 2.7 : 1.6);
  const cell = Math.min(box.w / columns, (box.h - head - 4) / rows);
  const left = box.x + (box.w - cell * columns) / 2;
  pen.fillStyle = ink;
  pen.font = `600 ${line}px system-ui, sans-serif`;
  pen.textAlign = "left";
  pen.fillText(title ?? "", left, box.y + line * 1.1);
  if (labels) {
    pen.font = `${line * 0.95}px system-ui, sans-serif`;
    pen.textAlign = "center";
    for (let k = 0; k < columns; k++) pen.fillText(String(labels.data[k]), left + (k + 0.5) * cell, box.y + line * 2.35);
  }
  pen.imageSmoothingEnabled = cell > w * 0.9 ? false : true;
  pen.drawImage(canvas, left, box.y + head, cell * columns, cell * rows);
}

/** @type {Record<string, (pen: CanvasRenderingContext2D, job: Job) => void>} */
export const DRAW = { points, trails, arrows, heatmap, images };
