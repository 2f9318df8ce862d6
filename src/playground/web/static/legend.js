/** The legend: a chip for each layer of the chapter, which switches it off and on. */

import { h } from "./dom.js";

export class Legend {
  #state = "";

  /** @param {import("./stage.js").Stage} stage @param {string} label @param {Record<string, string>} names of the layers @param {() => void} redraw */
  constructor(stage, label, names, redraw) {
    this.stage = stage;
    this.names = names;
    this.redraw = redraw;
    this.element = h("div", { class: "legend", role: "group", "aria-label": label });
  }

  /** @param {import("./layers.js").Layer[]} layers that the chapter has */
  show(layers) {
    const { off, lit } = this.stage;
    const state = layers.map(({ key }) => `${key}${off.has(key)}${lit.includes(key)}`).join();
    if (this.#state === state) return;
    this.#state = state;
    const focused = this.element.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.key : "";
    this.element.replaceChildren(...layers.map((layer) => this.#chip(layer)));
    if (focused) /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-key="${focused}"]`))?.focus();
  }

  /** @param {import("./layers.js").Layer} layer */
  #chip({ key, kind, color }) {
    const { off, lit } = this.stage;
    const onclick = () => {
      if (!off.delete(key)) off.add(key);
      this.redraw();
    };
    const name = `chip ${kind}${lit.includes(key) ? " lit" : ""}`;
    return h("button", { type: "button", class: name, "data-key": key, style: `--c:var(--${color})`, "aria-pressed": String(!off.has(key)), onclick }, h("i", {}), this.names[key]);
  }
}
