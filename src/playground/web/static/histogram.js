/** How values are spread, at the frame on the stage: bars, step lines and dotted curves in a canvas of its own over plotly's axes. */

import { h, token } from "./dom.js";

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {import("./charts.js").Chart} Chart
 * @typedef {{l: number, r: number, t: number, b: number}} Margin what plotly keeps for its axes
 */

/** The first and the last edge of bins of equal width around their centres. @param {ArrayLike<number>} centres @returns {[number, number]} */
export function edges(centres) {
  const [first, last] = [centres[0], centres[centres.length - 1]];
  const half = (last - first) / (2 * Math.max(1, centres.length - 1)) || 0.5;
  return [first - half, last + half];
}

/** The upper end of the axis for all frames of a chapter, so that it keeps still. @param {Frame[]} frames @param {string[]} arrays */
export function ceiling(frames, arrays) {
  let most = 0;
  for (const frame of frames) for (const name of arrays) for (const value of frame.arrays[name]?.data ?? []) most = Math.max(most, value);
  return 1.05 * most || 1;
}

/** Corners of the step line over bins, x from 0 to 1 and y from 0 to 1. @param {ArrayLike<number>} heights @param {number} top @returns {[number, number][]} */
export function steps(heights, top) {
  const n = heights.length;
  return Array.from(heights).flatMap((height, k) => [/** @type {[number, number]} */ ([k / n, height / top]), /** @type {[number, number]} */ ([(k + 1) / n, height / top])]);
}

/** The curve through the bins' middles. @param {ArrayLike<number>} heights @param {number} top @returns {[number, number][]} */
const middles = (heights, top) => Array.from(heights, (height, k) => [(k + 0.5) / heights.length, height / top]);

export class Histogram {
  /** @type {Frame | null} */
  #frame = null;
  #size = { width: 0, height: 0 };
  /** @type {string[]} */
  #colors = [];
  top = 1;

  /** @param {Chart} spec @param {Margin} margin */
  constructor({ series, x }, margin) {
    this.series = series;
    this.x = x;
    this.margin = margin;
    this.canvas = h("canvas", { class: "plot" });
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  }

  /** Take size and colours from the page, and the height of the axis from the chapter. @param {HTMLElement} plot @param {Frame[]} frames @returns {[number, number]} the range of x */
  fit(plot, frames) {
    const ratio = devicePixelRatio || 1;
    const [width, height] = [plot.clientWidth, plot.clientHeight];
    this.#size = { width, height };
    [this.canvas.width, this.canvas.height] = [width * ratio, height * ratio];
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#colors = this.series.map(({ color }) => token(color));
    this.top = ceiling(frames, this.series.map(({ metric }) => metric));
    if (this.#frame) this.show(this.#frame);
    return frames.length ? edges(frames[0].arrays[this.x].data) : [0, 1];
  }

  /** @param {Frame} frame */
  show(frame) {
    this.#frame = frame;
    const { pen } = this;
    pen.clearRect(0, 0, this.#size.width, this.#size.height);
    this.series.forEach(({ metric, reference }, k) => {
      const heights = frame.arrays[metric]?.data;
      if (!heights) return;
      pen.strokeStyle = pen.fillStyle = this.#colors[k];
      pen.lineWidth = reference ? 1.6 : 2.4;
      pen.setLineDash(reference ? [2, 4] : []);
      this.#trace(reference ? middles(heights, this.top) : [[0, 0], ...steps(heights, this.top), [1, 0]]);
      if (k === 0 && !reference) this.#bars(heights.length);
      else pen.stroke();
    });
  }

  /** The path just traced, filled, with a gap between the bars. @param {number} n */
  #bars(n) {
    const { pen, margin } = this;
    const { width, height } = this.#size;
    pen.globalAlpha = 0.55;
    pen.fill();
    pen.globalAlpha = 1;
    const across = (width - margin.l - margin.r) / n;
    if (across < 5) return;
    for (let k = 1; k < n; k++) pen.clearRect(margin.l + k * across - 0.5, margin.t, 1, height - margin.t - margin.b);
  }

  /** @param {[number, number][]} corners */
  #trace(corners) {
    const { pen, margin } = this;
    const { width, height } = this.#size;
    pen.beginPath();
    for (const [x, y] of corners) pen.lineTo(margin.l + x * (width - margin.l - margin.r), height - margin.b - y * (height - margin.t - margin.b));
  }
}
