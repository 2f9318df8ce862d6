/** An input and its code: drawn, picked or photographed; μ, σ, the ε that makes z, and how likely each pixel is. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { strokes } from "./pointer.js";
import { Items } from "./walker-items.js";
import { Pad } from "./walker-pad.js";
import { paint, plot } from "./walker-paint.js";
import { pill } from "./walker-tools.js";

/**
 * @typedef {import("./walker-model.js").Model} Model
 * @typedef {import("./walker-look.js").Look} Look
 * @typedef {import("./walker-view.js").View} View
 */

const SURPRISE = 2.5; // nats at a pixel that is drawn full
const [SEEN, PRESS] = [2.6, 0.1]; // of the data's plane: how far it is seen, and how far an arrow goes
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Encode {
  /** Whether the input was made by hand. */
  own = false;
  playing = false;
  /** @type {Model | null} */
  #model = null;
  #item = -1;
  /** @type {{values: Float32Array, own: boolean, view: View} | null} */
  #before = null;

  /** @param {import("./walker-tools.js").Walker} walker @param {() => void} play */
  constructor(walker, play) {
    const { words } = walker;
    this.walker = walker;
    this.words = words;
    this.note = h("p", { class: "walk-note", role: "status" }, words.private);
    const hand = { begins: () => this.#keep(), changed: () => this.#drawn(), taken: () => this.#takeBack() };
    this.pad = new Pad(words, hand, (sentence) => (this.note.textContent = sentence || words.private));
    this.spot = h("canvas", { class: "walk-pad", hidden: true, tabindex: 0, role: "img", "aria-label": words.spot_keys, onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event) });
    this.given = h("figure", { class: "walk-given" }, this.pad.canvas, this.spot, (this.hint = h("figcaption")));
    this.surprise = h("canvas");
    this.formula = h("div", { class: "walk-formula num" });
    this.again = pill(words.eps, () => walker.change({ eps: (walker.view.eps % 999999) + 1 }));
    this.play = h("button", { type: "button", class: "pill walk-play", "aria-label": words.play_eps, title: words.play_eps, "aria-pressed": "false", onclick: play }, "▶");
    this.still = pill("z = μ", () => walker.change({ eps: 0 }));
    this.chance = h("div", { class: "row" }, this.again, this.play, this.still);
    this.items = new Items(words, (_, item) => this.#choose(item), []);
    this.pixels = h("figure", { class: "walk-pixels" }, this.surprise, h("figcaption", {}, words.surprise));
    this.tools = h("div", { class: "row" }, ...this.pad.tools);
    this.element = h("div", {}, this.chance, h("div", { class: "walk-numbers" }, this.pixels, this.formula), this.items.element, this.tools, this.note);
    const begin = (/** @type {import("./pointer.js").Place} */ at) => {
      this.spot.focus({ preventScroll: true });
      this.#keep();
      this.#pointed(at);
      return true;
    };
    strokes(this.spot, { begin, move: (at) => this.#pointed(at), cancel: () => this.#takeBack() });
  }

  /** As it is before a stroke. */
  #keep() {
    this.#before = { values: this.pad.values.slice(), own: this.own, view: this.walker.view };
  }

  #takeBack() {
    if (!this.#before) return;
    const { values, own, view } = this.#before;
    this.pad.values = values;
    this.own = own;
    this.forget();
    this.walker.back(view);
  }

  /** The input for these models. @param {Model} model @param {View} view */
  input(model, { item }) {
    const other = this.#model?.plan.shape.join() !== model.plan.shape.join();
    if (other || item !== this.#item || (!this.own && this.#model !== model)) {
      this.#item = item;
      this.own = false;
      this.pad.shape = model.plan.shape;
      if (model.pictures) this.pad.take(model.item(item % model.items), model.plan.shape);
      else this.pad.values = model.item(item % model.items);
    }
    this.#model = model;
    return this.pad.values;
  }

  /** One of the run's own again, even the one that was drawn over. @param {number} item */
  #choose(item) {
    this.own = false;
    this.#item = -1;
    this.walker.change({ item, eps: 0 });
  }

  #drawn() {
    this.own = true;
    this.walker.change({ eps: 0 });
  }

  /** A point of the data's plane instead of a picture. @param {import("./pointer.js").Place} at */
  #pointed([x, y]) {
    const at = (/** @type {number} */ part) => SEEN * (2 * part - 1);
    this.#put(at(x / this.spot.clientWidth), -at(y / this.spot.clientHeight));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const way = ARROWS[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation(); // the map's point stays
    const [x, y] = this.pad.values;
    this.#put(x + PRESS * way[0], y + PRESS * way[1]);
  }

  /** @param {...number} at a place of the data's plane */
  #put(...at) {
    this.pad.values = Float32Array.from(at, (value) => Math.min(SEEN, Math.max(-SEEN, value)));
    this.#drawn();
  }

  /** @param {View} view @param {Model[]} models @param {Look[]} looks */
  show(view, models, [look]) {
    const [model] = models;
    this.pad.canvas.hidden = this.pixels.hidden = !model.pictures;
    this.spot.hidden = model.pictures;
    this.hint.textContent = model.pictures ? this.words.input : this.words.input_spot;
    this.tools.hidden = this.note.hidden = !model.pictures; // a point is neither drawn nor photographed
    this.chance.hidden = !look.given?.sigma;
    this.play.textContent = this.playing ? "❚❚" : "▶";
    this.play.setAttribute("aria-pressed", String(this.playing));
    this.items.show(model, [this.own ? -1 : view.item % model.items], this.walker.classes);
    if (model.pictures) this.#drawSurprise(model, look);
    else plot(this.spot, { data: model.arrays.original.data, points: [this.pad.values], ink: "mark" });
    this.#write(view, look);
  }

  /** How little each pixel was expected. @param {Model} model @param {Look} look */
  #drawSurprise(model, { z }) {
    const { shape } = model.plan;
    const log = model.likelihood(this.pad.values, z);
    const channels = shape[2] ?? 1;
    const least = model.plan.likelihood === "gaussian" ? -Math.log(model.sigma) - 0.5 * Math.log(2 * Math.PI) : 0;
    const cells = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => {
      let nats = 0;
      for (let c = 0; c < channels; c++) nats += least - log[i * channels + c];
      return Math.min(1, nats / channels / SURPRISE);
    });
    paint(this.surprise, [cells], [shape[0], shape[1]], "bad");
  }

  /** z = μ + σ ε with its numbers, for the two dimensions that are told most about. @param {View} view @param {Look} look */
  #write({ axes }, { z, given, eps }) {
    this.formula.hidden = !given || Boolean(given.codes);
    if (!given) return;
    const { mu, sigma } = given;
    const told = Array.from(mu.keys()).sort((a, b) => (sigma ? sigma[a] - sigma[b] : 0) || a - b).slice(0, 2).sort((a, b) => a - b);
    const dims = mu.length > 2 && axes.kind === "d" ? [axes.i, axes.j] : told;
    const lines = dims.map((k) => {
      const numbers = { i: String(k + 1), mu: mu[k], z: z[k], sigma: sigma?.[k] ?? 0, eps: eps?.[k] ?? 0 };
      return h("p", {}, fill(sigma ? this.words.reparameterised : this.words.coded, numbers));
    });
    this.formula.replaceChildren(...lines);
  }

  forget() {
    this.items.recolor();
    if (this.#model?.pictures) this.pad.draw();
  }
}
