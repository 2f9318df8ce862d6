/** What a file without network holds and what it doesn't: the settings of the run on the stage, and the links of the lesson that lead out of the file. */

import { changed, queryOf, vsOf } from "./address.js";
import { h } from "./dom.js";
import { changesOf } from "./pair.js";
import { said } from "./values.js";
import { suits } from "./when.js";
import { answer } from "./wire.js";

/** @typedef {import("./page.js").Field} Field */

export class Held {
  #shown = "";
  #note = h("p", { class: "out-of-file", role: "status" });

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.list = h("dl", { class: "now" });
    this.rest = h("dl", { class: "now" });
    this.folded = h("details", { hidden: true }, h("summary", {}, page.spec.words.more), this.rest);
    document.querySelector(".settings .now")?.replaceWith(this.list, this.folded);
    page.comparing.hidden = Object.keys(page.spec.presets).length < 2;
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.try"))) this.#mark(link);
    document.addEventListener("click", (event) => this.#click(event), { capture: true }); // before the stage is asked for it
  }

  /** The settings of the run on the stage: the main ones, and those it makes different; the rest folded. */
  show() {
    const { shown, spec } = this.page;
    if (!shown || shown.key === this.#shown) return;
    this.#shown = shown.key;
    const { labels } = spec.lesson;
    const about = spec.fields.filter(({ name, when }) => name !== "edits" && suits(when, shown.params) && shown.params[name] !== "");
    const own = (/** @type {Field} */ { name, default: usual }) => String(shown.params[name]) !== String(usual);
    const first = (/** @type {Field} */ field) => own(field) || spec.offline?.main.includes(field.name);
    const row = (/** @type {Field} */ field) => h("div", { class: own(field) ? "own" : null }, h("dt", {}, labels.fields[field.name]), h("dd", {}, said(field.name, shown.params[field.name], spec)));
    this.list.replaceChildren(...about.filter(first).map(row));
    this.rest.replaceChildren(...about.filter((field) => !first(field)).map(row));
    this.folded.hidden = !this.rest.childElementCount;
  }

  /** @param {HTMLAnchorElement} link */
  async #mark(link) {
    const searches = [link.search, ...(vsOf(link.search) ? [this.#second(link.search)] : [])];
    const plans = await Promise.all(searches.map(async (search) => (await answer(`/plan/${this.page.spec.slug}?${queryOf(search, this.page.spec)}`, this.page.spec.lang)).json()));
    link.classList.toggle("away", plans.some(({ errors }) => errors));
  }

  /** The second run that an address names. @param {string} search */
  #second(search) {
    return changed(queryOf(search, this.page.spec), changesOf(vsOf(search) ?? "") ?? {});
  }

  /** A link out of the file says so, where it stands. @param {MouseEvent} event */
  #click(event) {
    const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest?.("a.try.away"));
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    const { spec } = this.page;
    const live = spec.offline?.live;
    const there = live && h("a", { href: live + link.search, target: "_blank", rel: "noreferrer" }, spec.words.live_page);
    this.#note.replaceChildren(spec.words.absent, ...(there ? [" ", there] : []));
    (link.closest("p") ?? link).after(this.#note);
  }
}
