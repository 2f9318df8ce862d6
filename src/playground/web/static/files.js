/** The Share dialog's files: the picture, the film, the numbers and the page itself, each behind a button. */

import { h } from "./dom.js";
import { csv, png, save } from "./exports.js";
import { fill } from "./format.js";
import { gif } from "./gif.js";
import { chapterAt } from "./timeline.js";
import { Refusal, answer } from "./wire.js";

/** @typedef {"png" | "gif" | "csv" | "html"} Kind */

export class Files {
  /** @type {Set<Kind>} */
  #making = new Set();

  /** @param {import("./page.js").Page} page @param {AbortSignal} closed ends what is being made */
  constructor(page, closed) {
    this.page = page;
    this.words = page.spec.share;
    this.closed = closed;
    /** @type {Record<Kind, any>} */
    this.buttons = { png: this.#button("png", () => this.#png()), gif: this.#button("gif", () => this.#gif()), csv: this.#button("csv", () => this.#csv()), html: this.#button("html", () => this.#html()) };
    this.aloud = h("p", { class: "aloud", role: "status" });
    const { html, ...others } = this.buttons;
    this.element = h("div", { class: "files" }, ...Object.values(page.spec.offline ? others : this.buttons), this.aloud); // a file needs no copy of itself
    this.update();
  }

  /** The page goes into a file once its run is complete. */
  update() {
    const { html } = this.buttons;
    if (this.#making.has("html")) return;
    html.disabled = !this.page.shown?.whole;
    html.lastChild.textContent = this.words[html.disabled ? "html_wait" : "html_what"];
  }

  /** @param {Kind} kind @param {() => void} onclick */
  #button(kind, onclick) {
    return h("button", { type: "button", "data-file": kind, onclick }, h("b", {}, this.words[kind]), h("span", {}, this.words[`${kind}_what`]));
  }

  async #png() {
    const { timeline, stage, spec, twin, credit } = this.page;
    const { frames, index } = timeline;
    const caption = { title: spec.lesson.title, sentence: twin.textContent, site: spec.words.site, credit: credit.textContent };
    this.#save("png", await png(stage, frames[index], chapterAt(frames, index), caption));
  }

  #csv() {
    this.#save("csv", new Blob([csv(this.page.timeline.frames)], { type: "text/csv;charset=utf-8" }));
  }

  async #gif() {
    if (this.#making.has("gif")) return;
    this.#making.add("gif");
    try {
      const { stage, timeline, credit } = this.page;
      this.#save("gif", await gif(stage, [...timeline.frames], credit.textContent, (part) => this.#progress(part), this.closed));
    } catch {
      this.#say("gif", this.words.gif_failed);
    }
    this.#making.delete("gif");
    this.buttons.gif.style.removeProperty("--done");
  }

  /** The page with the runs that are on it, as a file: the server puts it together. */
  async #html() {
    const { spec, shown, vs } = this.page;
    if (this.#making.has("html") || !shown) return;
    this.#making.add("html");
    this.#say("html", this.words.html_making);
    const query = new URLSearchParams(shown.query);
    query.set("lang", spec.lang);
    if (vs) query.set("vs", vs);
    try {
      this.#save("html", await (await answer(`/offline/${spec.slug}?${query}`, spec.lang, this.closed)).blob());
    } catch (error) {
      if (!this.closed.aborted) this.#say("html", error instanceof Refusal ? error.message : this.words.html_failed);
    }
    this.#making.delete("html");
  }

  /** @param {number} part */
  #progress(part) {
    this.buttons.gif.style.setProperty("--done", String(part));
    this.#say("gif", fill(this.words.gif_making, { part: 10 * Math.floor(10 * part) })); // in tens: it is read aloud
  }

  /** @param {Kind} kind @param {Blob} blob */
  #save(kind, blob) {
    const { spec, shown } = this.page;
    save(`${spec.slug}-${shown?.key.slice(0, 8)}.${kind}`, blob);
    this.#say(kind, this.words.saved);
  }

  /** @param {Kind} kind @param {string} text */
  #say(kind, text) {
    this.buttons[kind].lastChild.textContent = text;
    if (this.aloud.textContent !== text) this.aloud.textContent = text;
  }
}
