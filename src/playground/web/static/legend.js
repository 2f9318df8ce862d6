/** The legend: a chip for each layer of the chapter, which switches it off and on. */

import { classesOf, look } from "./classes.js";
import { h } from "./dom.js";
import { fill } from "./format.js";
import { MEMBERS, membersOf } from "./members.js";

/** Whether nothing else of its kind has room beside it. @param {import("./layers.js").Layer} layer */
const fills = ({ kind, draw }) => ["heads", "codes"].includes(kind) || ["values", "triangles", "heat"].includes(draw ?? "");

const SHAPES = ["dot", "square", "triangle", "diamond"];

export class Legend {
  #state = "";

  /** @param {import("./stage.js").Stage} stage @param {Record<string, string>} words @param {Record<string, string>} names of the layers @param {() => void} redraw */
  constructor(stage, words, names, redraw) {
    this.stage = stage;
    this.words = words;
    this.names = names;
    this.redraw = redraw;
    this.element = h("div", { class: "legend", role: "group", "aria-label": words.layers });
  }

  /** @param {import("./layers.js").Layer[]} layers that the chapter has @param {import("./wire.js").Frame} frame */
  show(layers, frame) {
    const { off, lit } = this.stage;
    const count = membersOf(frame, layers);
    const state = `${layers.map(({ key }) => `${key}${off.has(key)}${lit.includes(key)}`)} ${count} ${this.stage.all}`;
    if (this.#state === state) return;
    this.#state = state;
    const focused = this.element.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.key : "";
    this.element.replaceChildren(...layers.map((layer) => this.#chip(layer, frame)), ...(count > 1 ? [this.#members(count)] : []));
    if (focused) /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-key="${focused}"]`))?.focus();
  }

  /** Shows all members of a run with many seeds, or the first alone. @param {number} count */
  #members(count) {
    const onclick = () => {
      this.stage.all = !this.stage.all;
      this.stage.chosen.set(MEMBERS.key, this.stage.all);
      this.redraw();
    };
    return h("button", { type: "button", class: "chip members", "data-key": ":all", "aria-pressed": String(this.stage.all), onclick }, fill(this.words.members, { n: count }));
  }

  /** @param {import("./layers.js").Layer} layer @param {import("./wire.js").Frame} frame */
  #chip(layer, frame) {
    const { off, lit } = this.stage;
    const { key, kind, draw, color } = layer;
    const onclick = () => {
      const on = off.delete(key);
      if (!on) off.add(key);
      this.stage.chosen.set(key, on);
      if (on) this.#instead(layer);
      this.redraw();
    };
    const classes = this.#classes(layer, frame);
    const name = `chip ${kind}${draw ? ` of-${draw}` : ""}${classes.length ? " classed" : ""}${lit.includes(key) ? " lit" : ""}`;
    return h("button", { type: "button", class: name, "data-key": key, style: `--c:var(--${color})`, "aria-pressed": String(!off.has(key)), onclick }, ...(classes.length ? [] : [h("i", {})]), this.names[key], ...classes);
  }

  /** Attention and tables fill the stage, values fill cells: of such layers one is seen at a time. @param {import("./layers.js").Layer} layer */
  #instead(layer) {
    for (const other of this.stage.scene?.layers ?? []) {
      const { key } = other;
      if (!fills(layer) || !fills(other) || key === layer.key) continue;
      this.stage.off.add(key);
      this.stage.chosen.set(key, false);
    }
  }

  /** A sign for each class that the layer tells apart, with its word where it has one. @param {import("./layers.js").Layer} layer @param {import("./wire.js").Frame} frame */
  #classes({ kind, labels, names }, frame) {
    if (!labels || kind === "images" || kind === "codes" || !frame.arrays[labels]) return [];
    const words = this.stage.classes[names] ?? [];
    return classesOf(frame.arrays[labels].data).flatMap((label) => {
      const { color, shape } = look(label);
      return [h("i", { class: kind === "points" ? SHAPES[shape] : null, style: `--c:var(--${color})` }), words[label]];
    });
  }
}
