/** What a file without network holds and what it doesn't: the settings of the run on the stage, and the links of the lesson that lead out of the file. */

import { changed, queryOf, vsOf } from "./address.js";
import { h } from "./dom.js";
import { changesOf } from "./pair.js";
import { said } from "./values.js";
import { suits } from "./when.js";
import { answer } from "./wire.js";

export class Held {
  #shown = "";
  #note = h("p", { class: "out-of-file", role: "status" });

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.list = h("dl", { class: "now" });
    document.querySelector(".settings .now")?.replaceWith(this.list);
    page.comparing.hidden = Object.keys(page.spec.presets).length < 2;
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.try"))) this.#mark(link);
    document.addEventListener("click", (event) => this.#click(event), { capture: true }); // before the stage is asked for it
  }

  /** The settings of the run on the stage: what it makes different first, then what else is about it. */
  show() {
    const { shown, spec } = this.page;
    if (!shown || shown.key === this.#shown) return;
    this.#shown = shown.key;
    const { labels } = spec.lesson;
    const about = spec.fields.filter(({ name, when }) => name !== "edits" && suits(when, shown.params) && shown.params[name] !== "");
    const own = (/** @type {import("./page.js").Field} */ field) => String(shown.params[field.name]) !== String(field.default);
    const row = (/** @type {import("./page.js").Field} */ field) => h("div", { class: own(field) ? "own" : null }, h("dt", {}, labels.fields[field.name]), h("dd", {}, said(field.name, shown.params[field.name], spec)));
    this.list.replaceChildren(...about.toSorted((one, other) => Number(own(other)) - Number(own(one))).map(row));
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
