/** What of attention is left out of the view: the marks at both ends, and all links but those between two sentences. */

import { h } from "./dom.js";
import { ACROSS } from "./sift.js";

/** @typedef {import("./looks.js").Look} Look */

export class Sift {
  /** @param {Record<string, string>} words @param {(change: Partial<Look>) => void} turn */
  constructor(words, turn) {
    this.bare = h("button", { type: "button", class: "pill", onclick: () => turn({ bare: this.bare.getAttribute("aria-pressed") !== "true" }) }, words.heads_bare);
    const onchange = () => turn({ across: this.across.value });
    this.across = h("select", { class: "speed", "aria-label": words.heads_across, onchange }, ...ACROSS.map((value) => h("option", { value }, words[`heads_${value}_links`])));
    this.element = h("div", { class: "sift", role: "group", "aria-label": words.heads_sift, hidden: true }, this.bare, this.across);
  }

  /** What can be left out is offered. @param {Look} look @param {import("./looks.js").Seen} seen */
  show(look, { can }) {
    this.element.hidden = !can.bare && !can.across;
    this.bare.hidden = !can.bare;
    this.bare.setAttribute("aria-pressed", String(look.bare));
    this.across.hidden = !can.across;
    this.across.value = look.across;
  }
}
