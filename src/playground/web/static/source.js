/** The code that computed the run: the concept's own source, with the functions marked that really ran, chapter by chapter. */

import { copyText } from "./copying.js";
import { h } from "./dom.js";
import { fill } from "./format.js";
import { answer } from "./wire.js";

/**
 * @typedef {{name: string, lines: string[][], functions: [string, number, number][]}} File a line is kind, text, kind, text …
 * @typedef {Record<string, Record<string, string[]>>} Ran chapter -> file -> functions
 * @typedef {import("./running.js").Plan} Plan
 */

export class Source {
  #state = "";
  /** @type {View[]} */
  #views = [];

  /** @param {HTMLElement} host @param {import("./page.js").Page} page */
  constructor(host, page) {
    this.page = page;
    this.words = page.spec.words;
    this.note = h("p", { class: "note" });
    this.chapters = h("div", { class: "row", role: "group", "aria-label": this.words.scrub });
    this.files = h("div", {});
    host.replaceChildren(h("div", { class: "source" }, this.note, this.chapters, this.files));
    this.#load();
  }

  async #load() {
    const { spec } = this.page;
    try {
      const { files } = await (await answer(spec.source, spec.lang)).json();
      this.#views = files.map((/** @type {File} */ file, /** @type {number} */ i) => new View(file, spec, i === 0));
      this.files.replaceChildren(...this.#views.map(({ element }) => element));
    } catch (error) {
      this.files.textContent = error instanceof Error && error.name === "Error" ? error.message : this.words.broken;
    }
    this.#state = "";
    this.show();
  }

  /** Mark what ran in the chapter on the stage. */
  show() {
    const { shown, timeline } = this.page;
    const phase = timeline.frame?.phase;
    if (!shown || phase === undefined) return;
    const state = JSON.stringify([shown.key, shown.whole, phase, timeline.chapters]);
    if (state === this.#state) return;
    this.#state = state;
    const ran = marks(shown, this.page.spec.v);
    this.note.textContent = this.words[typeof ran === "string" ? ran : "code_marked"];
    this.#showChapters(phase);
    for (const view of this.#views) view.mark(typeof ran === "string" ? null : ran, phase);
  }

  /** The chapters again, beside the code: the stage may be out of sight. @param {string} phase */
  #showChapters(phase) {
    const { timeline, spec } = this.page;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.chapter;
    this.chapters.replaceChildren(
      ...timeline.chapters.map(({ phase: name, start, coming }, i) =>
        h("button", { type: "button", class: "pill", "data-chapter": name, disabled: coming, "aria-pressed": String(name === phase), onclick: () => this.page.seek(start) }, `${i + 1} ${spec.lesson.labels.phases[name] ?? name}`),
      ),
    );
    if (focused) this.chapters.querySelector(`[data-chapter="${focused}"]`)?.focus();
  }
}

/** What ran in the run on the stage, or the word for why that is not known. @param {Pick<Plan, "whole" | "v" | "ran">} shown @param {string} current the source's version @returns {Ran | "code_waiting" | "code_older" | "code_unmarked"} */
export function marks({ whole, v, ran }, current) {
  if (!whole) return "code_waiting";
  if (v !== current) return "code_older";
  return ran ?? "code_unmarked";
}

/** How each line of a file is marked: by the innermost function it belongs to. @param {File} file @param {Ran} ran @param {string} phase @returns {("now" | "ran" | "")[]} */
export function marked(file, ran, phase) {
  const lines = /** @type {("now" | "ran" | "")[]} */ (new Array(file.lines.length).fill(""));
  for (const [name, first, last] of file.functions) {
    const chapters = chaptersOf(file.name, name, ran);
    lines.fill(chapters.includes(phase) ? "now" : chapters.length ? "ran" : "", first - 1, last); // outer ones come first
  }
  return lines;
}

/** @param {string} file @param {string} name @param {Ran} ran */
const chaptersOf = (file, name, ran) => Object.keys(ran).filter((phase) => ran[phase][file]?.includes(name));

/** One file, folded or open; its lines are made when it is opened first. */
class View {
  /** @type {[Ran | null, string]} */
  #told = [null, ""];
  /** @type {HTMLElement[]} */
  #lines = [];

  /** @param {File} file @param {import("./page.js").Spec} spec @param {boolean} open */
  constructor(file, spec, open) {
    this.file = file;
    this.words = spec.words;
    this.phases = spec.lesson.labels.phases;
    this.count = h("span", { class: "num" });
    this.code = h("pre", { tabindex: 0, role: "region", "aria-label": file.name });
    this.copied = h("button", { type: "button", class: "pill", onclick: () => this.#copy() }, spec.words.copy);
    this.said = h("span", { class: "num", role: "status" });
    this.element = h("details", { open, "data-file": file.name }, h("summary", {}, h("b", {}, file.name), " ", this.count), h("div", { class: "row" }, this.copied, this.said), this.code);
    this.element.addEventListener("toggle", () => this.#fill());
    if (open) this.#fill();
  }

  #fill() {
    if (this.#lines.length || !this.element.open) return;
    this.#lines = this.file.lines.map((pieces) => h("span", { class: "line" }, ...spans(pieces), "\n"));
    for (const [name, first] of this.file.functions) this.#lines[this.#header(first)].lastChild?.before(h("small", { "data-function": name }));
    this.code.replaceChildren(h("code", {}, ...this.#lines));
    this.mark(...this.#told);
  }

  /** The line of a function's name, below its decorators. @param {number} first */
  #header(first) {
    let i = first - 1;
    while (!/^\s*(async )?def /.test(textOf(this.file.lines[i]))) i++;
    return i;
  }

  /** @param {Ran | null} ran null: not known @param {string} phase */
  mark(ran, phase) {
    this.#told = [ran, phase];
    const n = ran?.[phase]?.[this.file.name]?.length ?? 0;
    this.count.textContent = ran ? fill(n ? this.words.code_count : this.words.code_none, { n, phase: this.phases[phase] ?? phase }) : "";
    this.code.classList.toggle("marked", ran !== null);
    const lines = ran ? marked(this.file, ran, phase) : [];
    this.#lines.forEach((line, i) => (line.className = `line ${lines[i] ?? ""}`));
    for (const badge of this.code.querySelectorAll("small")) {
      const names = ran ? chaptersOf(this.file.name, /** @type {string} */ (badge.dataset.function), ran) : [];
      badge.textContent = names.map((name) => this.phases[name] ?? name).join(" · ");
    }
  }

  async #copy() {
    const text = this.file.lines.map(textOf).join("\n") + "\n";
    const done = await copyText(text, this.copied);
    this.said.textContent = done ? this.words.copied : this.words.copy_failed;
  }
}

/** @param {string[]} pieces */
const textOf = (pieces) => pieces.filter((_, i) => i % 2).join("");

/** @param {string[]} pieces kind, text, kind, text … */
function spans(pieces) {
  const made = [];
  for (let i = 0; i < pieces.length; i += 2) made.push(pieces[i] ? h("span", { class: pieces[i] }, pieces[i + 1]) : pieces[i + 1]);
  return made;
}
