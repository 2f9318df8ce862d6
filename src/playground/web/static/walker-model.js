/** A model that runs in the browser: its encoder, its decoder, and how its codes lie on the map. Knows no document. */

import { SQUASH, basis, codeAt, drawn, forward, layersOf, logLikelihood, nearest, onto } from "./walker-maths.js";

/**
 * @typedef {import("./walker-maths.js").Vector} Vector
 * @typedef {{phase: string, encoder: number[], decoder: number[], shape: number[], latent: number, kind: string, activation: string, squash: string, variance: boolean, prior: boolean, likelihood: string, sigma: number, extent: number, names: string, grid: [number, number]}} Plan
 * @typedef {{kind: "p" | "d", i: number, j: number}} Axes of the map: principal ones or the dimensions themselves, and which two
 * @typedef {{mu: Float64Array, sigma: Float64Array | null, codes: Int16Array | null}} Posterior
 */

const MOST_LOG_VARIANCE = 10; // as in nets/vae.py

export class Model {
  /** @type {Record<string, Float64Array[]>} */
  #rows = {};

  /** @param {Plan} plan @param {import("./wire.js").Frame} frame */
  constructor(plan, { arrays, metrics }) {
    this.plan = plan;
    this.arrays = arrays;
    /** Numbers that the decoder takes. */
    this.n = plan.decoder[0];
    this.sigma = metrics.sigma ?? plan.sigma;
    this.centre = Float64Array.from(arrays.centre?.data ?? new Float64Array(this.n));
    this.encoder = layersOf(/** @type {Float32Array} */ (arrays.encoder.data), plan.encoder);
    this.decoder = layersOf(/** @type {Float32Array} */ (arrays.decoder.data), plan.decoder);
  }

  /** Whether what it makes is a picture rather than a point. */
  get pictures() {
    return this.plan.shape.length > 1;
  }

  /** How many items there are to choose from. */
  get items() {
    return this.arrays.items.shape[0];
  }

  /** A picture of the run, 0 to 1; a point as it is. @param {number} i */
  item(i) {
    const size = this.plan.shape.reduce((product, length) => product * length, 1);
    const { data } = this.arrays.items;
    const scale = data instanceof Uint8Array ? 255 : 1;
    return Float32Array.from({ length: size }, (_, k) => data[i * size + k] / scale);
  }

  /** q(z|x), or the code; with a codebook the nearest codes. @param {Vector} x @returns {Posterior} */
  encode(x) {
    const out = forward(this.encoder, this.plan.activation, x);
    const mu = Float64Array.from(out.subarray(0, this.n));
    const sigma = this.plan.variance ? Float64Array.from(out.subarray(this.n, 2 * this.n), (log) => Math.exp(Math.min(MOST_LOG_VARIANCE, log) / 2)) : null;
    const { codebook } = this.arrays;
    if (!codebook) return { mu, sigma, codes: null };
    const codes = nearest(mu, codebook.data, codebook.shape[1]);
    return { mu: this.looked(codes), sigma, codes };
  }

  /** What the decoder is given for these codes. @param {Vector} codes */
  looked(codes) {
    const { data, shape } = this.arrays.codebook;
    return Float64Array.from({ length: codes.length * shape[1] }, (_, k) => data[codes[Math.floor(k / shape[1])] * shape[1] + (k % shape[1])]);
  }

  /** What the decoder makes of a code. @param {Vector} z */
  decode(z) {
    return forward(this.decoder, this.plan.activation, z).map(SQUASH[this.plan.squash]);
  }

  /** log p of each pixel of x given the code, in nats. @param {Vector} x @param {Vector} z */
  likelihood(x, z) {
    const logits = forward(this.decoder, this.plan.activation, z).slice();
    return logLikelihood(x, { logits, means: logits.map(SQUASH[this.plan.squash]) }, this.plan.likelihood, this.sigma);
  }

  /* ---- the map ---- */

  /** All directions of the latent space, those of the map's kind. @param {"p" | "d"} kind */
  rows(kind) {
    const given = this.arrays.axes?.data ?? Float64Array.from({ length: 2 * this.n }, (_, k) => Number(k === 0 || k === this.n + 1));
    const length = Math.hypot(...Array.prototype.slice.call(given, 0, this.n));
    const unit = [length, ...new Float64Array(this.n - 1)];
    return (this.#rows[kind] ??= basis(kind === "p" ? given : unit, this.n));
  }

  /** @param {Vector} z @param {Axes} axes */
  onMap(z, { kind }) {
    return onto(z, this.rows(kind), this.centre);
  }

  /** @param {Vector} place on all axes; those that are missing are 0 @param {Axes} axes */
  code(place, { kind }) {
    return codeAt(Float64Array.from({ length: this.n }, (_, k) => place[k] ?? 0), this.rows(kind), this.centre);
  }

  /** Where the data's codes lie on the map, x, y, x, y, …; null where the run's own places are those. @param {Axes} axes */
  points(axes) {
    const { mu } = this.arrays;
    if (isOpening(axes, this.n) || !mu) return null;
    const [u, v] = [axes.i, axes.j].map((k) => this.rows(axes.kind)[k]);
    const places = new Float32Array((2 * mu.data.length) / this.n);
    for (let p = 0; p < places.length / 2; p++) places.set(onto(mu.data.subarray(p * this.n, (p + 1) * this.n), [u, v], this.centre), 2 * p);
    return places;
  }

  /** The plane's floor through a place, tile by tile, the first row at the top. @param {Vector} place @param {Axes} axes @param {number} g tiles along a side @returns {Generator<number, Uint8Array>} */
  *floor(place, axes, g) {
    const { extent, decoder } = this.plan;
    const size = decoder[decoder.length - 1];
    const tiles = new Uint8Array(g * g * size);
    const at = Float64Array.from({ length: this.n }, (_, k) => place[k] ?? 0);
    for (let tile = 0; tile < g * g; tile++) {
      at[axes.i] = extent * ((2 * (tile % g) + 1) / g - 1);
      at[axes.j] = extent * (1 - (2 * Math.floor(tile / g) + 1) / g);
      tiles.set(this.decode(this.code(at, axes)).map((value) => Math.round(255 * value)), tile * size);
      yield tile;
    }
    return tiles;
  }

  /* ---- samples ---- */

  /** A code from N(0, I), or from the Gaussian fitted to the codes. @param {"prior" | "fitted"} from @param {Float64Array} eps */
  sample(from, eps) {
    const { mean, chol } = this.arrays;
    return from === "fitted" && mean && chol ? drawn(mean.data, chol.data, eps) : eps;
  }
}

/** Whether the map is as it opens: the run's own places and floor hold. @param {Axes} axes @param {number} n */
export const isOpening = ({ kind, i, j }, n) => (kind === "p" || n === 2) && i === 0 && j === 1;
