/** Presets: each sets every parameter, and runs. */

import { h } from "./dom.js";

export class Presets {
  /** @param {HTMLElement} host @param {import("./page.js").Spec} spec @param {(params: Record<string, any>) => void} chosen */
  constructor(host, spec, chosen) {
    const { words, lesson, fields, presets } = spec;
    this.chips = Object.entries(presets).map(([name, changed]) => {
      const params = Object.fromEntries(fields.map((field) => [field.name, changed[field.name] ?? field.default]));
      const chip = h("button", { type: "button", class: "pill", "data-preset": name, "aria-pressed": "false", onclick: () => chosen(params) }, lesson.labels.presets[name]);
      return { chip, params };
    });
    host.replaceChildren(h("h2", {}, words.start_from), h("div", { class: "presets" }, ...this.chips.map(({ chip }) => chip)));
  }

  /** Mark the one the controls stand at. @param {Record<string, any>} params */
  show(params) {
    for (const { chip, params: own } of this.chips) {
      chip.setAttribute("aria-pressed", String(Object.entries(own).every(([name, value]) => String(params[name]) === String(value))));
    }
  }
}
