/** One update of a table with its numbers: the formula, then the same line by line as it was reckoned; each term points at its cell. */

import { h } from "./dom.js";
import { number } from "./format.js";

/** @typedef {{phase: string, formula: string}} Plan the chapter whose frames are single updates, and the lesson's formula they follow */
/** @typedef {import("./wire.js").Frame} Frame */

const SIGNS = { times: "×", plus: "+", minus: "−", equals: "=", becomes: "←" };

/** A number as the equation shows it. @param {number} value */
export const shown = (value) => (value === 0 ? "0" : Number.isInteger(value) ? number(value) : number(value, Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 0.01 ? 3 : 5).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, ""));

/** The lines of an update: what was aimed at, how far off it was, what stands there now; each a row of terms and signs. @param {Record<string, number>} metrics */
export function linesOf(metrics) {
  const bootstrap = metrics.best_next !== undefined;
  const table = metrics.alpha !== undefined; // a network moves as its whole batch wants
  return [
    { key: "target", parts: ["reward", ...(bootstrap ? ["+", "gamma", "×", "best_next"] : []), "=", "target"] },
    { key: "td_error", parts: ["target", "−", "old", "=", "td_error"] },
    { key: "new", parts: [...(table ? ["old", "+", "alpha", "×", "td_error", "="] : []), "new"] },
  ];
}

/** Terms that are factors or summands after a sign, and so stand in brackets when below 0. @param {number} value @param {string} text @param {boolean} first */
const bracketed = (value, text, first) => (value < 0 && !first ? `(${text})` : text);

export class Shown {
  #formula = "";
  /** The update that stands there: what has the focus is replaced only by another one. */
  #shown = "";

  /** @param {any} lesson */
  constructor(lesson) {
    this.lesson = lesson;
    this.formula = h("div", { class: "formula" });
    this.rows = h("dl", { class: "reckoned num" });
    this.element = h("section", { class: "equation", hidden: true, "aria-label": lesson.captions.equation }, this.formula, this.rows);
  }

  /** Whether the frame is an update. @param {Plan | null | undefined} plan @param {Frame} frame */
  show(plan, { phase, metrics }) {
    const own = Boolean(plan && plan.phase === phase);
    this.element.hidden = !own;
    if (!plan || !own) return false;
    if (this.#formula !== plan.formula) this.formula.innerHTML = this.lesson.captions.formulas[plan.formula]; // the lesson's own, made into MathML by the server
    this.#formula = plan.formula;
    const lines = linesOf(metrics);
    const state = JSON.stringify(lines.flatMap(({ parts }) => parts.map((part) => metrics[part])));
    if (state === this.#shown) return true;
    this.#shown = state;
    const focused = /** @type {HTMLElement | null} */ (this.rows.contains(document.activeElement) ? document.activeElement : null);
    const at = focused ? [...this.rows.querySelectorAll(".symbol")].indexOf(focused) : -1;
    this.rows.replaceChildren(...lines.flatMap(({ key, parts }) => this.#line(key, parts, metrics)));
    if (at >= 0) /** @type {HTMLElement | undefined} */ (this.rows.querySelectorAll(".symbol")[at])?.focus({ preventScroll: true });
    return true;
  }

  /** @param {string} key @param {string[]} parts @param {Record<string, number>} metrics */
  #line(key, parts, metrics) {
    const terms = parts.map((part, i) => {
      if (Object.values(SIGNS).includes(part)) return h("span", { class: "sign" }, part);
      const result = i === parts.length - 1;
      return h("span", { class: `symbol${result ? " result" : ""}`, "data-key": part, tabindex: 0, title: this.lesson.labels.metrics[part] }, bracketed(metrics[part], shown(metrics[part]), i === 0 || result));
    });
    return [h("dt", {}, this.lesson.labels.metrics[key]), h("dd", {}, ...terms)];
  }
}
