/** A model with a codebook: its grid of codes in the map's place, and what each other code would make of a cell. */

import { h, token } from "./dom.js";
import { fill } from "./format.js";
import { paint } from "./walker-paint.js";
import { pill } from "./walker-tools.js";

/**
 * @typedef {import("./walker-model.js").Model} Model
 * @typedef {import("./walker-look.js").Look} Look
 * @typedef {import("./walker-view.js").View} View
 * @typedef {{x: number, y: number, cell: number, rows: number, columns: number}} Grid where it lies on the stage
 */

const MARGIN = 28;
const [LIGHT, DEEP] = [6, 60]; // percent of colour for codes that are far apart

/** @param {Model} model @param {number} width @param {number} height @returns {Grid} */
export function gridOf({ plan }, width, height) {
  const [rows, columns] = plan.grid;
  const cell = Math.min((width - 2 * MARGIN) / columns, (height - 2 * MARGIN) / rows);
  return { x: (width - cell * columns) / 2, y: (height - cell * rows) / 2, cell, rows, columns };
}

/** The cell at a place of the stage; the nearest where there is none. @param {Grid} grid @param {number} x @param {number} y */
export function cellAt({ x: left, y: top, cell, rows, columns }, x, y) {
  const within = (/** @type {number} */ value, /** @type {number} */ n) => Math.min(n - 1, Math.max(0, Math.floor(value / cell)));
  return within(y - top, rows) * columns + within(x - left, columns);
}

/** The codes by number, alike where they are alike in their first number. @param {CanvasRenderingContext2D} pen @param {Model} model @param {Int16Array} codes @param {View} view @param {number} width @param {number} height */
export function drawCodes(pen, model, codes, { cell: chosen, put }, width, height) {
  const grid = gridOf(model, width, height);
  const { data, shape } = model.arrays.codebook;
  const first = Array.from({ length: shape[0] }, (_, k) => data[k * shape[1]]);
  const [least, most] = [Math.min(...first), Math.max(...first)];
  const [paper, ink, color] = ["card", "ink", "data"].map(token);
  pen.fillStyle = paper;
  pen.fillRect(0, 0, width, height);
  [pen.textAlign, pen.textBaseline] = ["center", "middle"];
  codes.forEach((code, i) => {
    const [x, y] = [grid.x + (i % grid.columns) * grid.cell, grid.y + Math.floor(i / grid.columns) * grid.cell];
    const part = LIGHT + (DEEP - LIGHT) * ((first[code] - least) / (most - least || 1));
    pen.fillStyle = `color-mix(in srgb, ${color} ${part.toFixed(0)}%, ${paper})`;
    pen.fillRect(x + 2, y + 2, grid.cell - 4, grid.cell - 4);
    pen.fillStyle = ink;
    pen.font = `${i in put ? 700 : 500} ${Math.min(22, grid.cell / 2.6)}px system-ui, sans-serif`;
    pen.fillText(i in put ? `${code}*` : String(code), x + grid.cell / 2, y + grid.cell / 2);
    if (i !== chosen) return;
    [pen.strokeStyle, pen.lineWidth] = [ink, 3];
    pen.strokeRect(x + 1.5, y + 1.5, grid.cell - 3, grid.cell - 3);
  });
}

export class Codes {
  #drawn = "";
  #columns = 1;
  /** @type {Model | null} */
  #model = null;

  /** @param {import("./walker-tools.js").Walker} walker */
  constructor(walker) {
    const { words } = walker;
    this.walker = walker;
    this.told = h("span", { class: "num" });
    this.slider = h("input", { type: "range", min: 0, step: 1, "aria-label": words.code, onkeydown: (/** @type {KeyboardEvent} */ event) => event.stopPropagation(), oninput: () => this.#put(Number(this.slider.value)) });
    this.sheet = h("canvas", { "aria-hidden": "true", onclick: (/** @type {MouseEvent} */ event) => this.#choose(event) });
    this.reset = pill(words.codes_own, () => walker.change({ put: {} }));
    this.element = h("div", { class: "walk-codes" }, this.told, this.slider, this.sheet, h("div", { class: "row" }, this.reset));
  }

  /** @param {number} code for the cell that is chosen */
  #put(code) {
    const { cell, put } = this.walker.view;
    this.walker.change({ put: { ...put, [cell]: code } });
  }

  /** @param {MouseEvent} event */
  #choose(event) {
    if (!this.#model) return;
    const [h, w] = this.#model.plan.shape;
    const [column, row] = [(event.offsetX / this.sheet.clientWidth) * this.sheet.width, (event.offsetY / this.sheet.clientHeight) * this.sheet.height];
    const code = Math.floor(row / (h + 1)) * this.#columns + Math.floor(column / (w + 1));
    if (code < this.#model.arrays.codebook.shape[0]) this.#put(code);
  }

  /** @param {View} view @param {Model[]} models @param {Look[]} looks */
  show({ cell, put }, [model], [look]) {
    if (!look.grid) return;
    const [count] = model.arrays.codebook.shape;
    const columns = model.plan.grid[1];
    if (model !== this.#model) this.forget();
    this.#model = model;
    this.slider.max = String(count - 1);
    this.slider.value = String(look.grid[cell]);
    this.told.textContent = fill(this.walker.words.code_told, { row: String(Math.floor(cell / columns) + 1), column: String((cell % columns) + 1), code: String(look.grid[cell]), of: String(count) });
    this.reset.disabled = !Object.keys(put).length;
    const others = look.grid.map((code, i) => (i === cell ? -1 : code)).join();
    if (others === this.#drawn) return;
    this.#drawn = others;
    this.#columns = Math.min(count, count > 64 ? 16 : count > 32 ? 12 : 8);
    const grid = look.grid;
    const made = Array.from({ length: count }, (_, code) => model.decode(model.looked(grid.map((old, i) => (i === cell ? code : old)))));
    paint(this.sheet, made, model.plan.shape, "model", this.#columns);
  }

  forget() {
    this.#drawn = "";
  }
}
