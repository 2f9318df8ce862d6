/** Presets: each sets every parameter, and runs. Those that fail say what to look at, and offer their cure. */

import { h } from "./dom.js";

export class Presets {
  /** @param {HTMLElement} host @param {import("./page.js").Spec} spec @param {(params: Record<string, any>) => void} chosen */
  constructor(host, spec, chosen) {
    const { words, lesson, fields, presets, cures } = spec;
    this.#words = lesson;
    this.chosen = chosen;
    this.chips = Object.entries(presets).map(([name, changed]) => {
      const params = Object.fromEntries(fields.map((field) => [field.name, changed[field.name] ?? field.default]));
      const chip = h("button", { type: "button", class: "pill", "data-preset": name, "aria-pressed": "false", onclick: () => chosen(params) }, lesson.labels.presets[name]);
      return { name, chip, params, fails: name in cures, cure: cures[name] };
    });
    const row = (/** @type {boolean} */ failing) => this.chips.filter(({ fails }) => fails === failing).map(({ chip }) => chip);
    this.note = h("div", { class: "cure", role: "status" });
    host.replaceChildren(h("h2", {}, words.start_from), h("div", { class: "presets" }, ...row(false)));
    if (row(true).length) host.append(h("h2", {}, words.failures), h("div", { class: "presets failing" }, ...row(true)), this.note);
  }

  #words;
  #told = "";

  /** Mark the one the controls stand at. @param {Record<string, any>} params */
  show(params) {
    let failing = "";
    for (const { name, chip, params: own, fails } of this.chips) {
      const here = Object.entries(own).every(([field, value]) => String(params[field]) === String(value));
      chip.setAttribute("aria-pressed", String(here));
      if (here && fails) failing = name;
    }
    if (failing !== this.#told) this.#tell((this.#told = failing));
  }

  /** What is wrong in a failing preset, and the button that puts it right. @param {string} name "" for none */
  #tell(name) {
    this.note.replaceChildren();
    const preset = this.chips.find((chip) => chip.name === name);
    if (!preset) return;
    const { labels, captions } = this.#words;
    const cured = preset.cure && { ...preset.params, ...preset.cure };
    this.note.append(h("p", {}, captions.cures[name]));
    if (cured) this.note.append(h("button", { type: "button", class: "pill", "data-cure": name, onclick: () => this.chosen(cured) }, labels.cures[name]));
  }
}
