/** The legend: a chip for each layer of the chapter, which switches it off and on. */

import { classesOf, look } from "./classes.js";
import { h } from "./dom.js";

const SHAPES = ["dot", "square", "triangle", "diamond"];

export class Legend {
  #state = "";

  /** @param {import("./stage.js").Stage} stage @param {string} label @param {Record<string, string>} names of the layers @param {() => void} redraw */
  constructor(stage, label, names, redraw) {
    this.stage = stage;
    this.names = names;
    this.redraw = redraw;
    this.element = h("div", { class: "legend", role: "group", "aria-label": label });
  }

  /** @param {import("./layers.js").Layer[]} layers that the chapter has @param {import("./wire.js").Frame} frame */
  show(layers, frame) {
    const { off, lit } = this.stage;
    const state = layers.map(({ key }) => `${key}${off.has(key)}${lit.includes(key)}`).join();
    if (this.#state === state) return;
    this.#state = state;
    const focused = this.element.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.key : "";
    this.element.replaceChildren(...layers.map((layer) => this.#chip(layer, frame)));
    if (focused) /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-key="${focused}"]`))?.focus();
  }

  /** @param {import("./layers.js").Layer} layer @param {import("./wire.js").Frame} frame */
  #chip(layer, frame) {
    const { off, lit } = this.stage;
    const { key, kind, color } = layer;
    const onclick = () => {
      if (!off.delete(key)) off.add(key);
      this.redraw();
    };
    const classes = this.#classes(layer, frame);
    const name = `chip ${kind}${classes.length ? " classed" : ""}${lit.includes(key) ? " lit" : ""}`;
    return h("button", { type: "button", class: name, "data-key": key, style: `--c:var(--${color})`, "aria-pressed": String(!off.has(key)), onclick }, ...(classes.length ? [] : [h("i", {})]), this.names[key], ...classes);
  }

  /** A sign for each class that the layer tells apart, with its word where it has one. @param {import("./layers.js").Layer} layer @param {import("./wire.js").Frame} frame */
  #classes({ kind, labels, names }, frame) {
    if (!labels || kind === "images" || !frame.arrays[labels]) return [];
    const words = this.stage.classes[names] ?? [];
    return classesOf(frame.arrays[labels].data).flatMap((label) => {
      const { color, shape } = look(label);
      return [h("i", { class: kind === "points" ? SHAPES[shape] : null, style: `--c:var(--${color})` }), words[label]];
    });
  }
}
