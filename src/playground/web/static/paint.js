/** Painting a small picture on the stage, cell by cell: a mask over a shown one, or a drawing in a few colours. */

import { h } from "./dom.js";
import { drawBoard, placeOf } from "./easel.js";
import { fill } from "./format.js";
import { read, stroke, under, write } from "./painting.js";
import { strokes } from "./pointer.js";
import { suits } from "./when.js";

/**
 * @typedef {import("./easel.js").Board} Board
 * @typedef {import("./easel.js").Color} Color
 * @typedef {import("./easel.js").Picture & {name: string, past: Uint8Array[]}} Picture `past`: the cells before each stroke
 */

/** @type {[string, Color][]} */
const MASK = [["free", 0], ["covered", 255]];
const PAST = 200; // strokes that can be taken back
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Paint {
  /** What can be painted for the parameters of the controls. @type {Picture[]} */
  #pictures = [];
  /** The one on the stage. @type {Picture | null} */
  #picture = null;
  #color = 1;
  #thick = true;
  /** The cell under the hand or moved to by keys. @type {[number, number] | null} */
  #cursor = null;

  /** @param {import("./stage.js").Stage} stage @param {import("./page.js").Spec} spec @param {import("./boards.js").Page} page */
  constructor(stage, spec, page) {
    this.stage = stage;
    this.words = spec.words;
    this.names = spec.colors;
    this.labels = spec.lesson.labels.fields;
    this.page = page;
    this.count = h("span", { class: "num", "aria-live": "polite" });
    this.aloud = h("span", { class: "aloud", role: "status" });
    this.bar = h("div", { class: "paint", hidden: true });
    this.#listen();
  }

  get open() {
    return this.#picture !== null;
  }

  get #section() {
    return /** @type {HTMLElement | null} */ (this.stage.canvas.closest("#stage"));
  }

  /** @param {import("./page.js").Field[]} fields @param {Record<string, any>} params */
  fit(fields, params) {
    const known = this.#pictures;
    this.#pictures = fields.flatMap((field) => {
      const board = boardOf(field, params);
      return board ? [this.#restored(known, field.name, board, params[field.name])] : [];
    });
    if (this.#picture && !this.#pictures.includes(this.#picture)) this.#show(this.#pictures.find(({ name }) => name === this.#picture?.name) ?? null);
    else if (!this.#picture) this.#show(null);
  }

  close() {
    if (this.#picture) this.#show(null);
  }

  /** The picture as it was left, or as the text has it; a text for another board gives an empty one. @param {Picture[]} known @param {string} name @param {Board} board @param {string} text @returns {Picture} */
  #restored(known, name, board, text) {
    const colors = board.palette ?? MASK;
    const old = known.find((picture) => picture.name === name && picture.board === board);
    if (old && write(old.cells, colors.length) === text) return old;
    const cells = read(text, board.size, colors.length);
    if (!cells) queueMicrotask(() => this.page.changed(name, ""));
    return { name, board, colors, cells: cells ?? new Uint8Array(board.size ** 2), past: [] };
  }

  /* ---- what stands below the picture ---- */

  /** Put a picture on the stage, or for null the run. @param {Picture | null} picture */
  #show(picture) {
    const was = this.#picture;
    this.#picture = picture;
    this.#cursor = null;
    if (!was || was.colors !== picture?.colors) this.#color = 1;
    const section = this.#section;
    section?.classList.toggle("painting", this.open);
    section?.setAttribute("aria-label", picture ? `${this.labels[picture.name]}. ${fill(this.words.paint_keys, picture.board)}` : this.words.stage_keys);
    this.bar.hidden = !this.#pictures.length;
    this.bar.replaceChildren(...(picture ? this.#tools(picture) : this.#pictures.map((each) => this.#opener(each))));
    this.#say();
    if (picture && !was) section?.focus({ preventScroll: true });
    if (was && !picture) /** @type {HTMLElement | null} */ (this.bar.querySelector(`[data-field="${was.name}"]`))?.focus({ preventScroll: true });
    if (was || picture) this.page.redraw();
  }

  /** @param {Picture} picture */
  #opener(picture) {
    const { name, cells } = picture;
    const painted = cells.filter(Boolean).length;
    return h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "pill", "data-field": name, onclick: () => this.#show(picture) }, `✎ ${this.labels[name]}`),
      h("span", { class: "num" }, painted ? fill(this.words.painted, { n: painted, all: cells.length }) : ""),
    );
  }

  /** @param {Picture} picture */
  #tools({ colors, board }) {
    const { words } = this;
    const tool = (/** @type {string} */ label, /** @type {boolean} */ on, /** @type {() => void} */ action, /** @type {Record<string, string>} */ face) =>
      h("button", { type: "button", class: "tool", "aria-label": label, title: label, "aria-pressed": String(on), onclick: () => this.#choose(action) }, h("i", face));
    const swatches = colors.map(([name, color], i) => tool(this.names[name], this.#color === i, () => (this.#color = i), { style: `background:${css(color, board)}` }));
    const eraser = tool(words.eraser, this.#color === 0, () => (this.#color = 0), { class: "eraser" });
    const pill = (/** @type {string} */ label, /** @type {() => void} */ action, name = "pill") => h("button", { type: "button", class: name, onclick: action }, label);
    return [
      h("div", { class: "palette", role: "group", "aria-label": words.paint_colors }, ...swatches.slice(1), eraser),
      h(
        "div",
        { class: "row" },
        tool(words.paint_fine, !this.#thick, () => (this.#thick = false), { class: "fine" }),
        tool(words.paint_thick, this.#thick, () => (this.#thick = true), { class: "thick" }),
        pill(words.undo, () => this.#undo()),
        pill(words.clear, () => this.#clear()),
        h("span", { class: "grow" }),
        pill(words.close, () => this.#show(null), "pill done"),
      ),
      h("div", { class: "row" }, h("span", { class: "hint grow" }, words.paint_hint), this.count, this.aloud),
    ];
  }

  /** @param {() => void} action */
  #choose(action) {
    action();
    const label = document.activeElement?.getAttribute("aria-label");
    if (this.#picture) this.bar.replaceChildren(...this.#tools(this.#picture));
    /** @type {HTMLElement | null} */ (label && this.bar.querySelector(`[aria-label="${label}"]`))?.focus();
  }

  #say() {
    if (!this.#picture) return;
    const { cells } = this.#picture;
    this.count.textContent = fill(this.words.painted, { n: cells.filter(Boolean).length, all: cells.length });
  }

  /* ---- the hand ---- */

  #listen() {
    /** @type {[number, number]} */
    let last = [0, 0];
    let color = 0;
    strokes(this.stage.canvas, {
      begin: (at, erases) => {
        if (!this.#picture) return false;
        color = erases ? 0 : this.#color;
        this.#remember();
        this.#stroke((last = this.#cell(at)), last, color);
        return true;
      },
      move: (at) => {
        const to = this.#cell(at);
        this.#stroke(last, to, color);
        last = to;
      },
      end: () => this.#edited(),
      cancel: () => {
        this.#restore();
        this.#point(null);
      },
      hover: (at) => {
        if (this.#picture) this.#point(this.#cell(at));
      },
    }, { erases: true });
    this.stage.canvas.addEventListener("pointerleave", () => {
      if (this.#picture) this.#point(null);
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const picture = this.#picture;
    const onStage = /** @type {HTMLElement} */ (event.target).tagName !== "BUTTON";
    if (!picture) return false;
    if (event.key === "Escape") this.#show(null);
    else if (MOVES[event.key]) this.#walk(picture, MOVES[event.key]);
    else if (onStage && (event.key === " " || event.key === "Enter")) this.#dab(picture, this.#color);
    else if (onStage && (event.key === "Delete" || event.key === "Backspace")) this.#dab(picture, 0);
    else return true; // no key moves the clock of a run that is out of sight
    event.preventDefault();
    return true;
  }

  /** @param {Picture} picture @param {[number, number]} by */
  #walk({ board: { size } }, [dx, dy]) {
    this.#section?.focus({ preventScroll: true }); // from a tool too: there a space would press its button
    const [x, y] = this.#cursor ?? [Math.floor(size / 2) - dx, Math.floor(size / 2) - dy];
    const inside = (/** @type {number} */ value) => Math.min(size - 1, Math.max(0, Math.floor(value))) + 0.5;
    this.#point([inside(x + dx), inside(y + dy)]);
    this.#tell();
  }

  /** @param {Picture} picture @param {number} color */
  #dab(picture, color) {
    const at = (this.#cursor ??= [Math.floor(picture.board.size / 2) + 0.5, Math.floor(picture.board.size / 2) + 0.5]);
    this.#remember();
    this.#stroke(at, at, color);
    this.#edited();
    this.#tell();
  }

  /** Say the cell that keys have moved to. */
  #tell() {
    if (!this.#picture || !this.#cursor) return;
    const { board, cells, colors } = this.#picture;
    const [column, row] = this.#cursor.map(Math.floor);
    this.aloud.textContent = fill(this.words.paint_at, { row: row + 1, column: column + 1, color: this.names[colors[cells[row * board.size + column]][0]] });
  }

  /** @param {[number, number] | null} cursor */
  #point(cursor) {
    this.#cursor = cursor;
    this.page.redraw();
  }

  #remember() {
    this.#picture?.past.push(this.#picture.cells.slice());
    if (Number(this.#picture?.past.length) > PAST) this.#picture?.past.shift();
  }

  /** @param {[number, number]} from @param {[number, number]} to */
  #stroke(from, to, color = this.#color) {
    if (!this.#picture) return;
    stroke(this.#picture.cells, this.#picture.board.size, from, to, this.#radius, color);
    this.#point(to);
    this.#say();
  }

  /** Of the brush, in cells: the thick one is wide enough for a finger. */
  get #radius() {
    return this.#thick ? Number(this.#picture?.board.size) / 16 : 0.5;
  }

  #undo() {
    if (this.#restore()) this.#edited();
  }

  /** The cells before the last stroke. */
  #restore() {
    const cells = this.#picture?.past.pop();
    if (!this.#picture || !cells) return false;
    this.#picture.cells = cells;
    this.#say();
    return true;
  }

  #clear() {
    this.#remember();
    this.#picture?.cells.fill(0);
    this.#edited();
  }

  #edited() {
    if (!this.#picture) return;
    this.#say();
    this.page.redraw();
    this.page.changed(this.#picture.name, write(this.#picture.cells, this.#picture.colors.length));
  }

  /** @param {[number, number]} at in pixels @returns {[number, number]} in cells */
  #cell([x, y]) {
    const { left, top, cell } = placeOf(this.stage.plane, Number(this.#picture?.board.size));
    return [(x - left) / cell, (y - top) / cell];
  }

  draw() {
    if (!this.#picture) return;
    const { board } = this.#picture;
    const brush = this.#cursor ? under(board.size, ...this.#cursor, this.#radius) : [];
    drawBoard(this.stage, this.#picture, this.page.under(board.over), brush);
  }
}

/** What the field is painted on for these parameters. @param {import("./page.js").Field} field @param {Record<string, any>} params @returns {Board | undefined} */
function boardOf({ paint, when }, params) {
  return paint && suits(when, params) ? paint.boards[String(params[paint.by])] : undefined;
}

/** @param {Color} color @param {Board} board */
function css(color, { palette }) {
  if (Array.isArray(color)) return `rgb(${color.join()})`;
  return palette ? `color-mix(in srgb, var(--data) ${(100 * color) / 255}%, var(--card))` : "var(--mark)";
}
