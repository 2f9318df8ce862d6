/** The run's own pictures to choose from: places to fill, and a strip of pictures below them. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { paint, plot } from "./walker-paint.js";

/** @typedef {import("./walker-model.js").Model} Model */

const SMALL = 80; // pixels of a plane as small as a key

/** An item as small as a key. @param {HTMLCanvasElement} canvas @param {Model} model @param {number} i */
function thumb(canvas, model, i) {
  if (model.pictures) paint(canvas, [model.item(i)], model.plan.shape, "data");
  else plot(canvas, { data: model.arrays.items.data, points: [model.item(i)], ink: "mark", size: SMALL });
}

export class Items {
  /** The place that the next choice fills. */
  #active = 0;
  /** @type {Model | null} */
  #model = null;
  #painted = "";
  /** @type {number[]} */
  #chosen = [];

  /** @param {Record<string, string>} words @param {(place: number, item: number) => void} chose @param {string[]} names of the places; none for an input of which there is one @param {string[]} [signs] between the places */
  constructor(words, chose, names, signs = []) {
    this.words = words;
    this.chose = chose;
    this.names = names;
    this.classes = /** @type {string[]} */ ([]);
    this.places = names.map((name, i) =>
      h("button", { type: "button", class: "walk-place", "aria-pressed": "false", onclick: () => this.#turn(i) }, h("canvas"), h("b", {}, name)),
    );
    this.row = h("div", { class: "walk-places", role: "group", "aria-label": words.places }, ...this.places.flatMap((place, i) => [signs[i] ? h("span", { "aria-hidden": "true" }, signs[i]) : null, place]));
    this.strip = h("div", { class: "walk-strip", role: "listbox", "aria-label": words.items, onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event) });
    this.element = h("div", { class: "walk-items" }, names.length ? this.row : null, this.strip);
  }

  /** @param {Model} model @param {number[]} chosen items, a place each; -1 for none of them @param {string[]} classes the lesson's words */
  show(model, chosen, classes) {
    this.classes = classes;
    this.#chosen = chosen.map((item) => item % model.items);
    if (model !== this.#model) this.#fill(model);
    const state = `${this.#chosen} ${this.#active}`;
    if (state === this.#painted) return;
    this.#painted = state;
    this.places.forEach((place, i) => {
      place.setAttribute("aria-pressed", String(i === this.#active));
      place.setAttribute("aria-label", `${this.names[i]}: ${this.#name(this.#chosen[i])}`);
      thumb(place.querySelector("canvas"), model, this.#chosen[i]);
    });
    const now = this.#chosen[this.#active];
    [...this.strip.children].forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === now));
      option.setAttribute("tabindex", i === Math.max(0, now) ? "0" : "-1");
    });
  }

  /** Colours have changed. */
  recolor() {
    this.#model = null;
    this.#painted = "";
  }

  /** @param {Model} model */
  #fill(model) {
    this.#model = model;
    this.#painted = "";
    const option = (/** @type {number} */ i) => {
      const canvas = h("canvas");
      thumb(canvas, model, i);
      return h("button", { type: "button", role: "option", "aria-label": this.#name(i), onclick: () => this.#choose(i) }, canvas);
    };
    this.strip.replaceChildren(...Array.from({ length: model.items }, (_, i) => option(i)));
  }

  /** @param {number} i */
  #name(i) {
    const label = this.#model?.arrays.item_label?.data[i];
    const kind = label === undefined ? "" : (this.classes[label] ?? String(label));
    return fill(this.words.item, { i: String(i + 1), kind });
  }

  /** @param {number} place */
  #turn(place) {
    this.#active = place;
    if (this.#model) this.show(this.#model, this.#chosen, this.classes);
    const chosen = /** @type {HTMLElement | undefined} */ (this.strip.children[this.#chosen[place]]);
    if (chosen) this.strip.scrollLeft = chosen.offsetLeft - this.strip.clientWidth / 2 + chosen.clientWidth / 2;
  }

  /** @param {number} i */
  #choose(i) {
    this.chose(this.#active, i);
  }

  /** Arrows go from picture to picture, and choose. @param {KeyboardEvent} event */
  #key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !this.#model) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (this.#chosen[this.#active] + by + this.#model.items) % this.#model.items;
    this.#choose(next);
    /** @type {HTMLElement} */ (this.strip.children[next]).focus();
  }
}
