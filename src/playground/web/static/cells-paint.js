/** Painting a world on the stage, cell by cell: letters and rewards, by mouse, finger and keys. */

import { cellAt, placeOf } from "./cells-layout.js";
import { badge, sign } from "./cells-signs.js";
import { drawWorld, mark } from "./cells.js";
import { h, token } from "./dom.js";
import { fill, number } from "./format.js";
import { strokes } from "./pointer.js";
import { between, cleared, copy, put, read, resized, reward, write } from "./worlds.js";

/**
 * @typedef {import("./worlds.js").World} World
 * @typedef {{letters: string, rewards: string, sides: [number, number]}} Marked what the field of a world says of its painting: the letters, the field of the rewards, least and most rows and columns
 */

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PAST = 200; // strokes that can be taken back
const REWARD = "reward"; // the tool that is no letter

export class WorldPaint {
  /** @type {World | null} */
  world = null;
  /** @type {World[]} */
  #past = [];
  #tool = "W";
  #value = -0.1;
  #cursor = -1;

  /**
   * @param {import("./stage.js").Stage} stage @param {import("./page.js").Spec} spec @param {Marked} marked
   * @param {{redraw: () => void, close: () => void, changed: (texts: {world: string, rewards: string}) => void, retool: () => void}} page
   */
  constructor(stage, { words, cells }, marked, page) {
    this.stage = stage;
    this.words = words;
    this.names = cells;
    this.marked = marked;
    this.page = page;
    this.open = false;
    this.aloud = h("span", { class: "aloud", role: "status" });
    this.#listen();
  }

  /** The world of these texts, unless it is on the board already. @param {string} text @param {string} rewards */
  fit(text, rewards) {
    const now = this.world && write(this.world);
    if (now?.world === text && now.rewards === rewards) return;
    this.world = read(text, rewards, this.marked.letters);
    this.#past = [];
  }

  /* ---- the tools ---- */

  get tools() {
    const { words, names, world } = this;
    const tool = (/** @type {string} */ key, /** @type {Node} */ face) =>
      h("button", { type: "button", class: "tool cell", "data-letter": key, "aria-label": names[key], title: names[key], "aria-pressed": String(this.#tool === key), onclick: () => this.#choose(key) }, face);
    const pill = (/** @type {string} */ label, /** @type {() => void} */ action, name = "pill") => h("button", { type: "button", class: name, onclick: action }, label);
    const value = h("input", { type: "number", class: "reward", min: -100, max: 100, step: 0.1, value: this.#value, "aria-label": names.value, title: names.value, oninput: () => this.#valued(Number(value.value)) });
    return [
      h("div", { class: "palette", role: "group", "aria-label": words.cells_tools }, ...[...this.marked.letters].map((letter) => tool(letter, this.#face((spot) => sign(spot, letter)))), tool(REWARD, this.#face((spot) => badge(spot, "±", this.#value > 0)))),
      h(
        "div",
        { class: "row" },
        h("span", { class: "named" }, `${names[this.#tool]}`),
        this.#tool === REWARD && value,
        h("span", { class: "grow" }),
        world && h("span", { class: "counters" }, this.#side("rows", world.rows), this.#side("columns", world.columns)),
      ),
      h("div", { class: "row" }, pill(words.undo, () => this.#undo()), pill(words.clear, () => this.#clear()), h("span", { class: "hint grow" }, words.paint_hint), this.aloud, pill(words.close, () => this.page.close(), "pill done")),
    ];
  }

  /** A small picture of a cell. @param {(spot: import("./cells-signs.js").Spot) => void} draw */
  #face(draw) {
    const ratio = devicePixelRatio || 1;
    const canvas = h("canvas", { width: 34 * ratio, height: 34 * ratio });
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = token("fill");
    pen.fillRect(0, 0, 34, 34);
    draw({ pen, x: 0, y: 0, cell: 34, token });
    return canvas;
  }

  /** One more or one fewer of rows or columns. @param {"rows" | "columns"} what @param {number} count */
  #side(what, count) {
    const [least, most] = this.marked.sides;
    const button = (/** @type {number} */ by) => {
      const name = this.words[`cells_${what}_${by > 0 ? "more" : "fewer"}`];
      return h("button", { type: "button", class: "icon", "data-side": `${what}${by}`, "aria-label": name, title: name, disabled: by > 0 ? count >= most : count <= least, onclick: () => this.#resize(what, by) }, by > 0 ? "+" : "−");
    };
    return h("span", { class: "counter", role: "group", "aria-label": this.words[`cells_${what}`] }, button(-1), h("span", { class: "num" }, fill(this.words[`cells_${what}_n`], { n: count })), button(1));
  }

  /** @param {string} key */
  #choose(key) {
    this.#tool = key;
    this.page.retool();
  }

  /** @param {number} value */
  #valued(value) {
    if (Number.isFinite(value)) this.#value = Math.max(-100, Math.min(100, Math.round(100 * value) / 100));
  }

  /* ---- what a hand does ---- */

  #remember() {
    if (!this.world) return;
    this.#past.push(copy(this.world));
    if (this.#past.length > PAST) this.#past.shift();
  }

  #edited() {
    if (!this.world) return;
    this.page.redraw();
    this.page.changed(write(this.world));
  }

  #undo() {
    const before = this.#past.pop();
    if (!before) return;
    this.world = before;
    this.#edited();
    this.page.retool();
  }

  #clear() {
    if (!this.world) return;
    this.#remember();
    this.world = cleared(this.world);
    this.#edited();
  }

  /** @param {"rows" | "columns"} what @param {number} by */
  #resize(what, by) {
    if (!this.world) return;
    this.#remember();
    const { rows, columns } = this.world;
    this.world = resized(this.world, rows + (what === "rows" ? by : 0), columns + (what === "columns" ? by : 0));
    this.#cursor = -1;
    this.#edited();
    this.page.retool();
  }

  /** @param {number} cell @param {string} [tool] */
  #put(cell, tool = this.#tool) {
    if (!this.world || cell < 0) return;
    if (tool === REWARD) reward(this.world, cell, this.#value);
    else put(this.world, cell, tool);
  }

  /** @param {number} cell */
  #erase(cell) {
    this.#put(cell, "F");
    this.world?.rewards.delete(cell);
  }

  #listen() {
    let last = -1;
    let mark = (/** @type {number} */ cell) => this.#put(cell);
    strokes(this.stage.canvas, {
      begin: (at, erases) => {
        if (!this.open || !this.world) return false;
        this.#remember();
        mark = (cell) => (erases ? this.#erase(cell) : this.#put(cell));
        mark((last = this.#point(at)));
        return true;
      },
      move: (at) => {
        const to = this.#point(at);
        if (this.world && to >= 0 && last >= 0) between(this.world, last, to).forEach(mark);
        last = to;
      },
      end: () => this.#edited(),
      cancel: () => {
        this.world = this.#past.pop() ?? this.world;
        this.#cursor = -1;
        this.page.redraw();
      },
      hover: (at) => this.open && this.#point(at),
    }, { erases: true });
    this.stage.canvas.addEventListener("pointerleave", () => {
      if (!this.open) return;
      this.#cursor = -1;
      this.page.redraw();
    });
  }

  /** @param {[number, number]} at */
  #point([x, y]) {
    const place = this.#place;
    this.#cursor = place ? cellAt(place, x, y) : -1;
    this.page.redraw();
    return this.#cursor;
  }

  get #place() {
    return this.world && placeOf(this.stage.plane.width, this.stage.plane.height, this.world.rows, this.world.columns);
  }

  /* ---- keys ---- */

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (!this.world) return false;
    if (event.key === "Escape") this.page.close();
    else if (target.tagName === "INPUT") return true;
    else if (MOVES[event.key]) this.#walk(this.world, MOVES[event.key]);
    else if (target.tagName === "BUTTON") return true; // its own space bar
    else if (event.key === " " || event.key === "Enter") this.#dab(() => this.#put(this.#cursor));
    else if (event.key === "Delete" || event.key === "Backspace") this.#dab(() => this.#erase(this.#cursor));
    else if (event.key.length === 1 && this.marked.letters.includes(event.key.toUpperCase())) this.#dab(() => this.#put(this.#cursor, event.key.toUpperCase()));
    else return true; // no key moves the clock of a run that is out of sight
    event.preventDefault();
    return true;
  }

  /** @param {World} world @param {[number, number]} by */
  #walk({ rows, columns, letters }, [dx, dy]) {
    /** @type {HTMLElement | null} */ (this.stage.canvas.closest("#stage"))?.focus({ preventScroll: true }); // from a tool too: there a space would press its button
    const from = this.#cursor < 0 ? letters.indexOf("S") : this.#cursor;
    const inside = (/** @type {number} */ value, /** @type {number} */ n) => Math.min(n - 1, Math.max(0, value));
    const [row, column] = [inside(Math.floor(from / columns) + dy, rows), inside((from % columns) + dx, columns)];
    this.#cursor = row * columns + column;
    this.page.redraw();
    this.#tell();
  }

  /** @param {() => void} action */
  #dab(action) {
    if (this.#cursor < 0) this.#cursor = Math.max(0, this.world?.letters.indexOf("S") ?? 0);
    this.#remember();
    action();
    this.#edited();
    this.#tell();
  }

  /** Say the cell that keys have moved to. */
  #tell() {
    if (!this.world) return;
    const { columns, letters, rewards } = this.world;
    const earns = rewards.get(this.#cursor);
    const color = `${this.names[letters[this.#cursor]]}${earns !== undefined ? `, ${this.names.reward} ${number(earns)}` : ""}`;
    this.aloud.textContent = fill(this.words.paint_at, { row: String(Math.floor(this.#cursor / columns) + 1), column: String((this.#cursor % columns) + 1), color });
  }

  draw() {
    const { world, stage } = this;
    const place = this.#place;
    stage.clear();
    if (!world || !place) return;
    drawWorld(stage.pen, place, world.letters, world.letters.map((_, i) => world.rewards.get(i)), token, true);
    if (this.#cursor >= 0) mark(stage.pen, place, this.#cursor, token);
  }
}
