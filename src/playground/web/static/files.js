/** The Share dialog's files: the picture, the film and the numbers, each behind a button. */

import { h } from "./dom.js";
import { csv, png, save } from "./exports.js";
import { fill } from "./format.js";
import { gif } from "./gif.js";
import { chapterAt } from "./timeline.js";
import { Refusal, answer } from "./wire.js";

/** @typedef {"png" | "gif" | "csv" | "notebook" | "script"} Kind */

export class Files {
  #making = false;

  /** @param {import("./page.js").Page} page @param {AbortSignal} closed ends what is being made */
  constructor(page, closed) {
    this.page = page;
    this.words = page.spec.share;
    this.closed = closed;
    this.buttons = { png: this.#button("png", () => this.#png()), gif: this.#button("gif", () => this.#gif()), csv: this.#button("csv", () => this.#csv()), notebook: this.#button("notebook", () => this.#fetched("notebook")), script: this.#button("script", () => this.#fetched("script")) };
    this.aloud = h("p", { class: "aloud", role: "status" });
    this.element = h("div", { class: "files" }, ...Object.values(this.buttons), this.aloud);
  }

  /** @param {Kind} kind @param {() => void} onclick */
  #button(kind, onclick) {
    return h("button", { type: "button", "data-file": kind, onclick }, h("b", {}, this.words[kind]), h("span", {}, this.words[`${kind}_what`]));
  }

  /** What the server makes of the run on the stage. @param {"notebook" | "script"} kind */
  async #fetched(kind) {
    const { spec, shown } = this.page;
    if (!shown) return;
    this.#say(kind, this.words.making);
    try {
      const query = new URLSearchParams(shown.query);
      query.set("lang", spec.lang);
      const response = await answer(`/${kind}/${spec.slug}?${query}`, spec.lang, this.closed);
      const [, name] = /filename="(.+)"/.exec(response.headers.get("content-disposition") ?? "") ?? [];
      save(name, await response.blob());
      this.#say(kind, this.words.saved);
    } catch (error) {
      this.#say(kind, error instanceof Refusal ? error.message : this.words.take_offline);
    }
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
    if (this.#making) return;
    this.#making = true;
    try {
      const { stage, timeline, credit } = this.page;
      this.#save("gif", await gif(stage, [...timeline.frames], credit.textContent, (part) => this.#progress(part), this.closed));
    } catch {
      this.#say("gif", this.words.gif_failed);
    }
    this.#making = false;
    this.buttons.gif.style.removeProperty("--done");
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
