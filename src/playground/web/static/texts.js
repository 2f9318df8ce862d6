/** What a run writes, under the stage: as it is, a few lines at a time, and at its end while it grows. */

import { h } from "./dom.js";
import { readable } from "./tokens.js";

/** @typedef {{key: string, phases: string[], grows?: boolean}} Text */

export class Texts {
  #state = "";

  /** @param {Record<string, string>} labels of the texts, the lesson's */
  constructor(labels = {}) {
    this.labels = labels;
    this.element = h("div", { class: "texts", hidden: true });
  }

  /** The frame's texts; of two runs each has its own. @param {Text[]} texts @param {import("./wire.js").Frame[]} frames @param {string[]} [names] of the runs */
  show(texts, frames, names = []) {
    const shown = texts.filter(({ key, phases }) => (!phases.length || phases.includes(frames[0].phase)) && frames.some((frame) => frame.texts?.[key]));
    this.element.hidden = !shown.length;
    const state = JSON.stringify([shown.map(({ key }) => key), names]);
    if (state !== this.#state) this.element.replaceChildren(...shown.map(({ key }) => this.#card(key, frames.length, names)));
    this.#state = state;
    shown.forEach(({ key, grows = true }, i) => frames.forEach((frame, k) => this.#write(this.element.children[i].querySelectorAll(".written")[k], (frame.texts?.[key] ?? []).join("\n"), grows)));
  }

  /** @param {string} key @param {number} runs @param {string[]} names */
  #card(key, runs, names) {
    const label = this.labels[key];
    const written = Array.from({ length: runs }, (_, k) => h("div", { class: "written", tabindex: 0, role: "region", "aria-label": [label, names[k]].filter(Boolean).join(" · ") }));
    return h("section", { class: "card text", "data-key": key }, h("h2", {}, label), h("div", { class: "runs" }, ...written.map((one, k) => h("div", {}, names[k] && h("b", {}, names[k]), one))));
  }

  /** @param {Element} element @param {string} text @param {boolean} grows */
  #write(element, text, grows) {
    const own = readable(text);
    if (element.textContent === own) return;
    const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 4;
    element.textContent = own;
    if (atEnd && grows) element.scrollTop = element.scrollHeight;
  }
}
