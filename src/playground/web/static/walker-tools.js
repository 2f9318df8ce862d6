/** What a walk is steered with, for each thing that can be done in a latent space. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { Items } from "./walker-items.js";
import { STOPS, wayOf } from "./walker-look.js";
import { paint } from "./walker-paint.js";
import { WAYS } from "./walker-view.js";

/**
 * @typedef {import("./walker-model.js").Model} Model
 * @typedef {import("./walker-view.js").View} View
 * @typedef {import("./walker-look.js").Look} Look
 * @typedef {{words: Record<string, string>, change: (change: Partial<View>) => void, back: (view: View) => void, redraw: () => void, classes: string[], view: View}} Walker
 */

const still = (/** @type {KeyboardEvent} */ event) => event.key.startsWith("Arrow") && event.stopPropagation();

/** One of a few. @param {string} name @param {string} label @param {[string, string][]} options value and word @param {(value: any) => void} choose */
export function segments(name, label, options, choose) {
  const option = (/** @type {[string, string]} */ [value, word]) => h("label", {}, h("input", { type: "radio", name, value, onchange: () => choose(value) }), h("span", {}, word));
  const element = h("div", { class: "walk-segments", role: "radiogroup", "aria-label": label, onkeydown: still }, ...options.map(option));
  const show = (/** @type {string} */ chosen) => {
    for (const input of element.querySelectorAll("input")) input.checked = input.value === chosen;
  };
  return { element, show };
}

/** @param {string} label @param {() => void} action @param {Record<string, any>} [more] */
export const pill = (label, action, more = {}) => h("button", { type: "button", class: "pill", onclick: action, ...more }, label);

/** @param {Record<string, any>} attributes */
const range = (attributes) => h("input", { type: "range", step: 0.01, onkeydown: still, ...attributes });

/** The point, the map's axes, sliders for the axes that are not seen. */
export class Move {
  #built = "";
  /** @type {Map<number, HTMLInputElement>} */
  #sliders = new Map();

  /** @param {Walker} walker @param {() => void} toggleHoles */
  constructor(walker, toggleHoles) {
    this.walker = walker;
    const { words } = walker;
    this.kind = h("select", { "aria-label": words.axes, onchange: () => this.#turn({ kind: this.kind.value, i: 0, j: 1 }) }, h("option", { value: "p" }, words.axes_p), h("option", { value: "d" }, words.axes_d));
    this.across = h("select", { "aria-label": words.across, onchange: () => this.#turn({ i: Number(this.across.value) }) });
    this.up = h("select", { "aria-label": words.up, onchange: () => this.#turn({ j: Number(this.up.value) }) });
    this.axes = h("div", { class: "walk-axes", onkeydown: still }, this.kind, h("label", {}, "→ ", this.across), h("label", {}, "↑ ", this.up));
    this.rest = h("div", { class: "walk-rest", role: "group", "aria-label": words.rest });
    this.holes = pill(words.holes, toggleHoles, { "aria-pressed": "false", title: words.holes_what });
    this.element = h("div", {}, h("div", { class: "row" }, this.holes, pill(words.middle, () => walker.change({ at: [0, 0] }))), this.axes, this.rest);
  }

  /** @param {{kind?: any, i?: number, j?: number}} change */
  #turn(change) {
    const old = this.walker.view.axes;
    const axes = { ...old, ...change };
    if (axes.i === axes.j) [axes.i, axes.j] = [old.j, old.i];
    this.walker.change({ axes });
  }

  /** @param {View} view @param {Model[]} models */
  show({ at, axes }, [{ n, plan }]) {
    this.axes.hidden = this.rest.hidden = n === 2;
    if (n === 2) return;
    const built = JSON.stringify([axes, n]);
    if (built !== this.#built) this.#build(axes, n, plan.extent);
    this.#built = built;
    for (const [k, slider] of this.#sliders) slider.value = String(at[k] ?? 0);
  }

  /** @param {import("./walker-model.js").Axes} axes @param {number} n @param {number} extent */
  #build(axes, n, extent) {
    const { words, view } = this.walker;
    const name = (/** @type {number} */ k) => fill(axes.kind === "p" ? words.axis_p : words.axis_d, { i: String(k + 1) });
    this.kind.value = axes.kind;
    const options = () => Array.from({ length: n }, (_, k) => h("option", { value: k }, name(k)));
    for (const [select, k] of /** @type {[any, number][]} */ ([[this.across, axes.i], [this.up, axes.j]])) {
      select.replaceChildren(...options());
      select.value = String(k);
    }
    const slide = (/** @type {number} */ k, /** @type {HTMLInputElement} */ slider) => {
      const at = Array.from({ length: n }, (_, i) => this.walker.view.at[i] ?? 0);
      at[k] = Number(slider.value);
      this.walker.change({ mode: "move", at });
    };
    this.#sliders = new Map();
    const rows = Array.from({ length: n }, (_, k) => k).filter((k) => k !== axes.i && k !== axes.j).map((k) => {
      const slider = range({ min: -extent, max: extent, value: view.at[k] ?? 0, oninput: () => slide(k, slider) });
      this.#sliders.set(k, slider);
      return h("label", {}, h("span", {}, name(k)), slider);
    });
    this.rest.replaceChildren(...rows);
  }
}

/** Codes drawn by chance. */
export class Sample {
  /** @param {Walker} walker */
  constructor(walker) {
    const { words } = walker;
    this.words = words;
    this.from = segments("walk-from", words.sample, [["prior", "N(0, I)"], ["fitted", words.fitted]], (from) => walker.change({ from }));
    this.note = h("p", { class: "walk-note" });
    this.element = h("div", {}, h("div", { class: "row" }, this.from.element, pill(words.again, () => walker.change({ seed: (walker.view.seed % 999999) + 1 }))), this.note);
  }

  /** @param {View} view @param {Model[]} models */
  show({ from }, models) {
    this.from.show(from);
    this.note.textContent = from === "prior" && !models[0].plan.prior ? this.words.no_prior : "";
  }
}

/** From one picture to another, or round. */
export class Path {
  #drawn = "";
  /** @type {Model[]} */
  #models = [];
  playing = false;

  /** @param {Walker} walker @param {() => void} play */
  constructor(walker, play) {
    const { words } = walker;
    this.walker = walker;
    this.way = segments("walk-way", words.path, WAYS.map((way) => [way, words[`way_${way}`]]), (way) => walker.change({ way }));
    this.items = new Items(words, (place, item) => walker.change({ items: walker.view.items.map((old, i) => (i === place ? item : old)) }), ["A", "B"], ["", "→"]);
    this.play = h("button", { type: "button", class: "pill walk-play", "aria-label": words.play_path, title: words.play_path, "aria-pressed": "false", onclick: play }, "▶");
    this.slider = range({ min: 0, max: 1, "aria-label": words.along, oninput: () => walker.change({ t: Number(this.slider.value) }) });
    this.stops = h("canvas", { class: "walk-stops", "aria-hidden": "true", onclick: (/** @type {MouseEvent} */ event) => walker.change({ t: Math.round(((STOPS - 1) * event.offsetX) / this.stops.clientWidth) / (STOPS - 1) }) });
    this.element = h("div", {}, this.way.element, this.stops, h("div", { class: "walk-along" }, this.play, this.slider), this.items.element);
  }

  /** @param {View} view @param {Model[]} models */
  show(view, models) {
    this.way.show(view.way);
    this.slider.value = String(view.t);
    this.play.textContent = this.playing ? "❚❚" : "▶";
    this.play.setAttribute("aria-pressed", String(this.playing));
    this.items.element.hidden = view.way === "loop";
    this.stops.hidden = !models[0].pictures;
    this.items.show(models[0], view.items.slice(0, 2), this.walker.classes);
    const drawn = JSON.stringify([view.way, view.items, view.axes, view.way === "loop" && view.at]);
    const same = drawn === this.#drawn && models.every((model, i) => model === this.#models[i]) && models.length === this.#models.length;
    if (same || !models[0].pictures) return;
    [this.#drawn, this.#models] = [drawn, models];
    const pictures = models.flatMap((model) => {
      const along = wayOf(model, view);
      return Array.from({ length: STOPS }, (_, i) => model.decode(along(i / (STOPS - 1))));
    });
    paint(this.stops, pictures, models[0].plan.shape, "model", STOPS);
  }

  forget() {
    this.#drawn = "";
    this.items.recolor();
  }
}

/** a − b + c. */
export class Sum {
  /** @param {Walker} walker */
  constructor(walker) {
    this.walker = walker;
    this.items = new Items(walker.words, (place, item) => walker.change({ items: walker.view.items.map((old, i) => (i === place ? item : old)) }), ["a", "b", "c"], ["", "−", "+"]);
    this.element = h("div", {}, this.items.element, h("p", { class: "walk-note" }, walker.words.sum_what));
  }

  /** @param {View} view @param {Model[]} models */
  show({ items }, models) {
    this.items.show(models[0], items, this.walker.classes);
  }

  forget() {
    this.items.recolor();
  }
}
