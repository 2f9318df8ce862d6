/** What a model makes of the code that is looked at: the picture, large, and a line about it. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { paint, plot } from "./walker-paint.js";
import { SAMPLES } from "./walker-look.js";

/**
 * @typedef {import("./walker-model.js").Model} Model
 * @typedef {import("./walker-look.js").Look} Look
 * @typedef {import("./walker-view.js").View} View
 */

const [COLUMNS, NEAR] = [4, 0.1]; // samples to a row; what is near, as a share of the map's extent

/** How many of the data lie near a place of the map. @param {ArrayLike<number>} points @param {[number, number]} place @param {number} reach */
export function near(points, [u, v], reach) {
  let count = 0;
  for (let i = 0; i < points.length; i += 2) if (Math.hypot(points[i] - u, points[i + 1] - v) < reach) count++;
  return count;
}

/** KL(q(z|x) ‖ N(0, I)) in nats: appendix B of Kingma & Welling 2014. @param {ArrayLike<number>} mu @param {ArrayLike<number>} sigma */
export function divergence(mu, sigma) {
  let sum = 0;
  for (let i = 0; i < mu.length; i++) sum += (mu[i] ** 2 + sigma[i] ** 2 - 1) / 2 - Math.log(sigma[i]);
  return sum;
}

export class Out {
  told = "";
  /** @type {{look: Look, model: Model} | null} */
  #seen = null;

  /** @param {Record<string, string>} words @param {(code: Float64Array, model: Model) => void} chose one of many samples */
  constructor(words, chose) {
    this.words = words;
    this.chose = chose;
    this.canvas = h("canvas", { role: "img", onclick: (/** @type {MouseEvent} */ event) => this.#choose(event) });
    this.name = h("b", {});
    this.say = h("span", { class: "num" });
    this.element = h("figure", { class: "walk-out" }, this.canvas, h("figcaption", {}, this.name, this.say));
  }

  /** @param {{model: Model, stage: import("./stage.js").Stage, name: string} | undefined} walk @param {Look} look @param {View} view @param {ArrayLike<number>} input @param {boolean} two */
  show(walk, look, view, input, two) {
    this.element.hidden = !walk;
    if (!walk) return;
    const { model, stage, name } = walk;
    this.#seen = { look, model };
    this.#paint(model, look);
    this.name.textContent = two ? name : "";
    const points = stage.frame?.arrays.z?.data ?? [];
    this.told = this.#sentence(model, look, view, input, points);
    this.say.textContent = this.told;
    this.canvas.setAttribute("aria-label", this.told);
  }

  /** @param {Model} model @param {Look} look */
  #paint(model, { z, codes }) {
    const made = (codes ?? [z]).map((code) => model.decode(code));
    if (model.pictures) return paint(this.canvas, made, model.plan.shape, "model", codes ? COLUMNS : 1);
    plot(this.canvas, { data: model.arrays.original.data, mesh: model.arrays.manifold, points: made, ink: "model" });
  }

  /** @param {Model} model @param {Look} look @param {View} view @param {ArrayLike<number>} input @param {ArrayLike<number>} points */
  #sentence(model, { z, place, codes, given }, view, input, points) {
    const { words } = this;
    const reach = NEAR * model.plan.extent;
    const all = points.length / 2;
    if (codes) {
      const empty = codes.filter((code) => !near(points, this.#on(model, code, view), reach)).length;
      return fill(words.samples_told, { n: SAMPLES, empty });
    }
    if (given) {
      const nats = model.likelihood(input, z).reduce((sum, value) => sum + value, 0);
      if (model.plan.variance && given?.sigma) return fill(words.likelihood_kl, { nats, kl: divergence(given.mu, given.sigma) });
      const gone = model.decode(z).reduce((sum, value, i) => sum + (value - input[i]) ** 2, 0) / input.length;
      return fill(words.error_told, { error: gone });
    }
    const n = near(points, place, reach);
    const text = fill(n ? words.near : words.hole, { n, all, x: place[0], y: place[1] });
    return view.mode === "path" ? `t = ${view.t.toFixed(2)} · ${text}` : text;
  }

  /** @param {Model} model @param {ArrayLike<number>} z @param {View} view @returns {[number, number]} */
  #on(model, z, { axes }) {
    const place = model.onMap(z, axes);
    return [place[axes.i], place[axes.j]];
  }

  /** @param {MouseEvent} event */
  #choose(event) {
    if (!this.#seen?.look.codes || !this.#seen.model.pictures) return;
    const [column, row] = [event.offsetX / this.canvas.clientWidth, event.offsetY / this.canvas.clientHeight].map((part) => Math.floor(COLUMNS * part));
    const code = this.#seen.look.codes[row * COLUMNS + column];
    if (code) this.chose(code, this.#seen.model);
  }
}
