/** One weight worked out, beside the picture it stands in: dimension by dimension, then step by step down to what the stage shows. */

import { h } from "./dom.js";
import { fill, number } from "./format.js";
import { isolated, shown } from "./tokens.js";

/**
 * @typedef {import("./product.js").Worked} Worked
 * @typedef {import("./looks.js").Seen} Seen
 */

const SVG = "http://www.w3.org/2000/svg";
const [HIGH, GAP] = [32, 4]; // of a row of bars, and between two
const TERMS = 3; // of the sum that are written out
const BARS = /** @type {const} */ ({ q: "data", k: "good", products: "model" });
const OWN_KEYS = /^(Arrow|Home|End|Page)/;

/** @param {string} tag @param {Record<string, string | number>} attributes */
function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** The index of what is furthest from 0. @param {number[]} values */
const largest = (values) => values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best), 0);

/** A number behind a sign. @param {number} value */
const bracketed = (value) => (value < 0 ? `(${number(value, 2)})` : number(value, 2));

/** A sum's first terms. @param {number[]} values */
export const terms = (values) => [...values.slice(0, TERMS).map(bracketed), ...(values.length > TERMS ? ["…"] : [])].join(" + ");

export class Product {
  #state = "";
  /** The dimension chosen by hand. @type {number | null} */
  #dimension = null;
  /** @type {HTMLElement[]} */
  #rows = [];

  /** @param {Record<string, string>} words @param {(key: number) => void} choose another key token, by its number in the frame */
  constructor(words, choose) {
    this.words = words;
    this.choose = choose;
    this.title = h("h2", {});
    this.bars = h("div", { class: "bars", "aria-hidden": "true" });
    this.range = h("input", { type: "range", min: 1, step: 1, "aria-label": words.product_dimensions, oninput: () => this.#turn(Number(this.range.value) - 1) });
    this.dimension = h("p", { class: "dimension num" });
    this.steps = Object.fromEntries(["sum", "scale", "mask", "softmax", "stage"].map((name) => [name, h("p", { class: "num" })]));
    this.row = h("div", { class: "row-of", role: "radiogroup", "aria-label": words.product_row });
    this.none = h("p", {}, words.product_none);
    this.all = h("div", { class: "worked" }, this.title, h("div", { class: "dimensions" }, this.bars, this.range), this.dimension, h("ol", {}, ...Object.values(this.steps).map((step) => h("li", {}, step))), this.#header(), this.row);
    this.element = h("section", { class: "product", "aria-label": words.product, hidden: true, onkeydown: (/** @type {KeyboardEvent} */ event) => OWN_KEYS.test(event.key) && event.stopPropagation() }, this.all, this.none);
  }

  #header() {
    const { words } = this;
    return h("div", { class: "cells head", "aria-hidden": "true" }, h("span", {}, words.product_token), h("span", {}, words.product_score), h("span", { class: "power" }), h("span", {}, words.product_weight));
  }

  /** @param {Worked | null} found @param {Seen} seen @param {string} [run] which of two it is */
  show(found, seen, run = "") {
    this.all.hidden = !found;
    this.none.hidden = Boolean(found);
    if (!found) return;
    const state = [run, seen.layer, seen.head, found.query, found.key, this.#dimension, found.drawn, ...found.products].join();
    if (state === this.#state) return;
    this.#state = state;
    this.found = found;
    const names = { query: isolated(seen.told[found.query]), key: isolated(seen.told[found.key]) };
    this.title.textContent = (run && `${run} · `) + fill(this.words.product_of, { ...names, head: `${seen.layer}.${seen.head}` });
    this.#dimensions(found);
    this.#steps(found, names);
    this.#tokens(found, seen.told);
  }

  /** @param {number} dimension */
  #turn(dimension) {
    this.#dimension = dimension;
    this.#state = "";
    if (this.found) this.#dimensions(this.found);
  }

  /** Query, key and product as columns, and one dimension in numbers. @param {Worked} found */
  #dimensions(found) {
    const d = found.q.length;
    const i = Math.min(d - 1, this.#dimension ?? largest(found.products));
    const most = Math.max(...[...found.q, ...found.k].map(Math.abs), 1e-9);
    const scale = { q: most, k: most, products: Math.max(...found.products.map(Math.abs), 1e-9) };
    const drawing = svg("svg", { viewBox: `0 0 ${d} ${3 * HIGH + 2 * GAP}`, preserveAspectRatio: "none" });
    drawing.append(svg("rect", { class: "chosen", x: i, y: 0, width: 1, height: 3 * HIGH + 2 * GAP }));
    Object.entries(BARS).forEach(([name, color], k) => {
      const zero = k * (HIGH + GAP) + HIGH / 2;
      drawing.append(svg("rect", { class: "zero", x: 0, y: zero - 0.5, width: d, height: 1 }));
      found[/** @type {keyof typeof BARS} */ (name)].forEach((value, j) => {
        const height = (Math.abs(value) / scale[/** @type {keyof typeof BARS} */ (name)]) * (HIGH / 2);
        drawing.append(svg("rect", { x: j + 0.14, y: value < 0 ? zero : zero - height, width: 0.72, height, fill: `var(--${color})` }));
      });
    });
    this.bars.replaceChildren(h("div", {}, ...["q", "k", "q × k"].map((name) => h("i", {}, name))), drawing);
    const text = fill(this.words.product_dimension, { i: i + 1, d, q: found.q[i], k: found.k[i], product: found.products[i] });
    Object.assign(this.range, { max: d, value: i + 1 });
    this.range.style.setProperty("--d", String(d));
    this.range.setAttribute("aria-valuetext", text);
    this.dimension.textContent = text;
  }

  /** @param {Worked} found @param {{query: string, key: string}} names */
  #steps(found, names) {
    const { words, steps } = this;
    const { barred, power } = found.row[found.key];
    const told = { ...found, ...names, terms: terms(found.products), d: found.q.length, power, highest: bracketed(found.highest) };
    steps.sum.textContent = fill(words.product_sum, told);
    steps.scale.textContent = fill(words.product_scale, told);
    steps.mask.textContent = fill(barred ? words.product_barred : words.product_free, told);
    steps.softmax.textContent = fill(barred ? words.product_zero : words.product_softmax, told);
    steps.stage.textContent = fill(found.agrees ? words.product_agrees : words.product_differs, told);
  }

  /** The row that softmax shares out, a token a line; choosing one looks at it. @param {Worked} found @param {string[]} told */
  #tokens({ row, key, highest }, told) {
    if (this.row.dataset.told !== JSON.stringify(told)) this.#fill(told);
    this.all.querySelector(".power").textContent = fill(this.words.product_power, { highest: bracketed(highest) });
    row.forEach(({ score, barred, power, weight }, i) => {
      const [input, , ...cells] = /** @type {HTMLElement[]} */ ([...this.#rows[i].children]);
      /** @type {HTMLInputElement} */ (input).checked = i === key;
      [barred ? "−∞" : number(score, 2), number(power, 3), number(weight, 3)].forEach((text, k) => (cells[k].textContent = text));
      this.#rows[i].style.setProperty("--share", String(weight));
      this.#rows[i].classList.toggle("barred", barred);
    });
  }

  /** @param {string[]} told */
  #fill(told) {
    this.#rows = told.map((token, i) => h("label", { class: "cells" }, h("input", { type: "radio", name: "product-key", onchange: () => this.choose(i) }), h("bdi", {}, shown(token)), h("span", {}), h("span", {}), h("span", { class: "share" })));
    this.row.replaceChildren(...this.#rows);
    this.row.dataset.told = JSON.stringify(told);
  }
}
