/** Attention under the hand: which view, which head, which token; by mouse, finger and keys. Fetched for scenes that have heads. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { under } from "./heads-layout.js";
import { Product } from "./heads-product.js";
import { Sift } from "./heads-sift.js";
import { VIEWS, asked, headAfter, said } from "./looks.js";
import { hearing } from "./pointer.js";
import { worked } from "./product.js";

/**
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {import("./looks.js").Look} Look
 * @typedef {import("./looks.js").Seen} Seen
 */

document.head.append(h("link", { rel: "stylesheet", href: new URL("./heads.css", import.meta.url) }));

export class Hand {
  #hear = hearing({
    at: ({ attention }, x, y) => attention && under(attention.plan, x, y),
    over: (found, stage) => stage.attention && this.#over(found, stage),
    chosen: (found, { attention }) => found && attention && this.#choose(found, attention.seen),
  });
  #said = "";

  /** @param {Stage} stage whose look it changes @param {Record<string, string>} words @param {(kept: boolean) => void} changed `kept` where the link changes, too @param {string} first what the first of two runs is called */
  constructor(stage, words, changed, first) {
    this.first = first;
    this.stage = stage;
    this.words = words;
    this.changed = changed;
    const radio = (/** @type {import("./looks.js").View} */ view) =>
      h("label", {}, h("input", { type: "radio", name: "heads-view", value: view, onchange: () => this.#turn({ view }) }), h("span", {}, words[`heads_${view}`]));
    this.views = h("div", { class: "views", role: "radiogroup", "aria-label": words.heads_views, onkeydown: (/** @type {KeyboardEvent} */ event) => event.key.startsWith("Arrow") && event.stopPropagation() }, ...VIEWS.map(radio));
    this.head = h("b", { class: "num" });
    this.link = h("span", { class: "link num", role: "status" });
    const scale = () => h("span", { class: "scale num", "aria-hidden": "true" }, "0", h("i", {}), "1");
    this.named = h("span", {});
    this.scales = [scale(), scale()];
    this.aid = h("p", { class: "aid", hidden: true }, this.named, this.scales[1]);
    this.sift = new Sift(words, (change) => this.#turn(change));
    this.product = new Product(words, (key) => this.#turn({ ...this.#own, query: this.#seen?.places[asked(this.#seen)] ?? -1, key }));
    this.element = h("div", { class: "heads-bar", role: "group", "aria-label": words.heads_keys, hidden: true }, this.views, this.#stepper("head", this.head, (by) => this.#head(by)), this.#stepper("token", this.link, (by) => this.#token(by)), this.sift.element, this.scales[0]);
  }

  /** @param {"head" | "token"} what @param {HTMLElement} value between its buttons @param {(by: number) => void} step */
  #stepper(what, value, step) {
    const button = (/** @type {string} */ name, /** @type {string} */ sign, /** @type {number} */ by) => h("button", { type: "button", "aria-label": this.words[name], title: this.words[name], onclick: () => step(by) }, sign);
    return h("div", { class: `stepper ${what}`, role: "group", "aria-label": this.words[what] }, button(`${what}_back`, "‹", -1), value, button(`${what}_on`, "›", 1));
  }

  /** @returns {Seen | undefined} */
  get #seen() {
    return this.stage.attention?.seen;
  }

  /** Say what is on the stage; or step aside where there is no attention. @param {Stage[]} stages @param {boolean} playing when nothing is read aloud */
  show(stages, playing) {
    const { look } = this.stage;
    const seen = this.#seen ?? stages.find(({ attention }) => attention)?.attention?.seen;
    this.element.hidden = this.aid.hidden = !seen;
    for (const stage of stages) {
      stage.canvas.classList.toggle("heads", Boolean(stage.attention));
      this.#hear(stage);
    }
    this.#work(stages);
    if (!seen) return;
    this.sift.show(look, seen);
    this.#explain(stages);
    const about = said(seen);
    const text = fill(this.words.heads_link, about);
    const state = JSON.stringify([look.view, seen.layer, seen.head, text]);
    if (state === this.#said) return;
    this.#said = state;
    for (const input of this.views.querySelectorAll("input")) input.checked = input.value === look.view;
    this.head.textContent = `${seen.layer}.${seen.head}`;
    this.link.title = text;
    this.link.setAttribute("aria-live", playing || look.over ? "off" : "polite");
    this.link.textContent = text;
  }

  /** What the colours say; on a phone, where the legend may have no room, also what is drawn. @param {Stage[]} stages */
  #explain(stages) {
    const layer = stages.find(({ attention }) => attention)?.attention?.layer;
    if (!layer) return;
    for (const scale of this.scales) scale.style.setProperty("--c", `var(--${layer.color})`);
    this.named.textContent = this.stage.labels[layer.key];
  }

  /** Beside the matrix, how the weight comes about that is looked at. @param {Stage[]} stages */
  #work(stages) {
    const { attention, frame } = this.stage;
    this.product.element.hidden = !attention || !frame || this.stage.look.view !== "product";
    if (!this.product.element.hidden && attention && frame) this.product.show(worked(attention.seen, attention.layer, frame), attention.seen, stages.length > 1 ? this.first : "");
  }

  /** Keys of the stage. @param {KeyboardEvent} event */
  key(event) {
    const { look } = this.stage;
    const target = /** @type {HTMLElement} */ (event.target);
    if (!this.#seen || target.matches("input, select")) return false;
    const opens = event.key === "Enter" && look.view === "all" && target.tagName !== "BUTTON";
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#token(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "]" || event.key === "[") this.#head(event.key === "]" ? 1 : -1);
    else if (opens) this.#open(this.#seen.layer, this.#seen.head);
    else if (event.key === "Escape") return this.#back();
    else return false;
    return true;
  }

  /** Let the tokens go; then back to all heads. */
  #back() {
    const { look } = this.stage;
    if (this.#seen && (this.#seen.query >= 0 || look.key >= 0) && look.view !== "all") this.#turn({ ...this.#own, query: -1, key: -1 });
    else if (look.view !== "all") this.#turn({ view: "all" });
    else return false;
    return true;
  }

  /** @param {Partial<Look>} change */
  #turn(change) {
    Object.assign(this.stage.look, { over: null }, change);
    this.changed(true);
  }

  /** The head that is seen, as one that was chosen. @returns {Partial<Look>} */
  get #own() {
    return this.#seen ? { head: [this.#seen.layer, this.#seen.head] } : {};
  }

  /** @param {number} by */
  #head(by) {
    if (this.#seen) this.#turn({ head: headAfter(this.#seen, by) });
  }

  /** @param {number} by */
  #token(by) {
    if (!this.#seen) return;
    const { t, rows, query } = this.#seen;
    const next = query < 0 ? (by > 0 ? t - rows : t - 1) : Math.min(t - 1, Math.max(t - rows, query + by));
    this.#turn({ ...this.#own, query: this.#seen.places[next], key: -1 });
  }

  /** @param {number} layer @param {number} head */
  #open(layer, head) {
    this.#turn({ head: [layer, head], view: "matrix" });
  }

  /** @param {import("./looks.js").Over} over what was clicked or tapped @param {Seen} seen on which stage */
  #choose({ head, query, key }, { places }) {
    const { look } = this.stage;
    if (head) return this.#open(...head);
    const [from, to] = [query, key].map((at) => (at === undefined ? undefined : places[at]));
    if (from !== undefined && to !== undefined) this.#turn({ ...this.#own, query: from, key: to });
    else if (from !== undefined) this.#turn({ ...this.#own, query: this.#seen?.query === query ? -1 : from, key: -1 });
    else if (to !== undefined) this.#turn({ ...this.#own, key: look.key === to ? -1 : to, query: look.query });
  }

  /** @param {import("./looks.js").Over | null} found under the pointer @param {Stage} stage */
  #over(found, { canvas }) {
    const { look } = this.stage;
    canvas.classList.toggle("on", Boolean(found));
    if (JSON.stringify(found) === JSON.stringify(look.over)) return;
    look.over = found;
    this.changed(false);
  }
}
