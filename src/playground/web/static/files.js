/** The Share dialog's files: the picture, the film, the numbers and the page itself, each behind a button. */

import { pause, rest } from "./again.js";
import { h } from "./dom.js";
import { csv, png, save } from "./exports.js";
import { fill } from "./format.js";
import { gif } from "./gif.js";
import { Handed, saves } from "./handed.js";
import { chapterAt } from "./timeline.js";
import { Refusal, answer } from "./wire.js";

/** @typedef {"png" | "gif" | "csv" | "html" | "notebook" | "script"} Kind */

/** What the server makes, and where. */
const MADE = { html: "offline", notebook: "notebook", script: "script" };
const TRIES = 5; // of a server that has no room just now

export class Files {
  /** @type {Set<Kind>} */
  #making = new Set();

  /** @param {import("./page.js").Page} page @param {AbortSignal} closed ends what is being made */
  constructor(page, closed) {
    this.page = page;
    this.words = page.spec.share;
    this.closed = closed;
    /** @type {Record<Kind, any>} */
    this.buttons = {
      png: this.#button("png", () => this.#png()),
      gif: this.#button("gif", () => this.#gif()),
      csv: this.#button("csv", () => this.#csv()),
      html: this.#button("html", () => this.#made("html")),
      notebook: this.#button("notebook", () => this.#made("notebook")),
      script: this.#button("script", () => this.#made("script")),
    };
    this.aloud = h("p", { class: "aloud", role: "status" });
    const offered = Object.entries(this.buttons).filter(([kind]) => !page.spec.offline || !(kind in MADE));
    this.handed = new Handed(this.words);
    this.element = h("div", {}, h("div", { class: "files" }, ...offered.map(([, button]) => button), this.aloud), this.handed.element);
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
    await this.#picture("png", await png(stage, frames[index], chapterAt(frames, index), caption));
  }

  #csv() {
    const text = csv(this.page.timeline.frames);
    this.#save("csv", this.#name("csv"), new Blob([text], { type: "text/csv;charset=utf-8" }));
    this.handed.text(text);
  }

  async #gif() {
    if (this.#making.has("gif")) return;
    this.#making.add("gif");
    try {
      const { stage, timeline, credit } = this.page;
      await this.#picture("gif", await gif(stage, [...timeline.frames], credit.textContent, (part) => this.#progress(part), this.closed));
    } catch {
      this.#say("gif", this.words.gif_failed);
    }
    this.#making.delete("gif");
    this.buttons.gif.style.removeProperty("--done");
  }

  /** What the server makes of the run on the stage; the page takes the second run along. @param {keyof typeof MADE} kind */
  async #made(kind) {
    const { spec, shown, vs } = this.page;
    if (this.#making.has(kind) || !shown) return;
    this.#making.add(kind);
    this.#say(kind, this.words.making);
    const query = new URLSearchParams(shown.query);
    query.set("lang", spec.lang);
    if (vs && kind === "html") query.set("vs", vs);
    try {
      const response = await this.#answer(`/${MADE[kind]}/${spec.slug}?${query}`);
      const [, name] = /filename="(.+)"/.exec(response.headers.get("content-disposition") ?? "") ?? [];
      this.#save(kind, name, await response.blob());
      this.handed.address(response.url);
    } catch (error) {
      if (!this.closed.aborted) this.#say(kind, error instanceof Refusal ? error.message : this.words.take_offline);
    }
    this.#making.delete(kind);
  }

  /** @param {string} address @returns {Promise<Response>} */
  async #answer(address, tries = 1) {
    try {
      return await answer(address, this.page.spec.lang, this.closed);
    } catch (error) {
      const wait = error instanceof Refusal && tries < TRIES ? pause(error, tries) : null;
      if (wait === null) throw error;
      await rest(wait, this.closed);
      return this.#answer(address, tries + 1);
    }
  }

  /** @param {number} part */
  #progress(part) {
    this.buttons.gif.style.setProperty("--done", String(part));
    this.#say("gif", fill(this.words.gif_making, { part: 10 * Math.floor(10 * part) })); // in tens: it is read aloud
  }

  /** @param {Kind} kind */
  #name(kind) {
    return `${this.page.spec.slug}-${this.page.shown?.key.slice(0, 8)}.${kind}`;
  }

  /** @param {Kind} kind @param {Blob} blob */
  async #picture(kind, blob) {
    const name = this.#name(kind);
    this.#save(kind, name, blob);
    await this.handed.picture(blob, name);
  }

  /** @param {Kind} kind @param {string} name @param {Blob} blob */
  #save(kind, name, blob) {
    if (saves()) save(name, blob);
    this.#say(kind, this.words[saves() ? "saved" : "shown_below"]);
  }

  /** @param {Kind} kind @param {string} text */
  #say(kind, text) {
    this.buttons[kind].lastChild.textContent = text;
    if (this.aloud.textContent !== text) this.aloud.textContent = text;
  }
}
