/** A world of cells under the hand: its numbers, painting it, walking it oneself. Fetched for concepts that have worlds. */

import { cellAt } from "./cells-layout.js";
import { meant } from "./cells-looks.js";
import { WorldPaint } from "./cells-paint.js";
import { Play } from "./cells-play.js";
import { h } from "./dom.js";
import { TRAINING } from "./edits.js";
import { fill, number } from "./format.js";
import { hearing } from "./pointer.js";
import { placed } from "./room.js";

/**
 * @typedef {import("./stage.js").Stage} Stage
 * @typedef {import("./cells-looks.js").Cell} Cell
 */

document.head.append(h("link", { rel: "stylesheet", href: new URL("./cells.css", import.meta.url) }));

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CELL = "cell"; // the field of one cell that changes while it learns, as row,column,letter

export class World {
  /** What is on the stage in the run's place. @type {"paint" | "play" | ""} */
  mode = "";
  #hear = hearing({
    at: ({ world }, x, y) => {
      const i = world ? cellAt(world, x, y) : -1;
      return world && i >= 0 ? /** @type {Cell} */ ([Math.floor(i / world.columns), i % world.columns]) : null;
    },
    over: (cell, _, { pointerType }) => pointerType === "mouse" && this.#over(cell),
    chosen: (cell) => !this.open && this.#choose(String(cell) === String(this.stage.grid.chosen) ? null : cell),
  });
  /** @type {Record<string, any>} */
  #params = {};
  /** What was on the stage last. @type {import("./wire.js").Frame | null} */
  #frame = null;
  /** The world of the last walk by hand, and an array of the world on the stage. */
  #walkedIn = "";
  /** @type {import("./wire.js").Tensor | undefined} */
  #pay;

  /** @param {Stage} stage @param {import("./page.js").Spec} spec @param {import("./boards.js").Page} page @param {HTMLElement} bar */
  constructor(stage, spec, page, bar) {
    this.stage = stage;
    this.words = spec.words;
    this.labels = spec.lesson.labels;
    this.page = page;
    this.bar = bar;
    this.closed = Boolean(spec.offline); // a world that was painted could not be run
    this.field = /** @type {import("./page.js").Field} */ (spec.fields.find(({ cells }) => cells));
    const marked = /** @type {import("./cells-paint.js").Marked} */ (this.field.cells);
    const shared = { redraw: () => page.redraw(), close: () => this.close() };
    this.paint = new WorldPaint(stage, spec, marked, { ...shared, changed: (texts) => this.#painted(texts, marked.rewards), retool: () => this.#retool() });
    this.play = new Play(stage, spec, { ...shared, ended: (walk) => this.#walked(walk) });
    const pill = (/** @type {string} */ label, /** @type {() => void} */ action, more = {}) => h("button", { type: "button", class: "pill", onclick: action, ...more }, label);
    this.numbers = pill(this.words.cells_numbers, () => this.#number(), { "aria-pressed": "false" });
    this.toPaint = pill(`✎ ${this.words.cells_paint}`, () => this.#open("paint"), { "data-mode": "paint" });
    this.toPlay = pill(`☝ ${this.words.cells_play}`, () => this.#open("play"), { "data-mode": "play" });
    this.readout = h("div", { class: "readout num", role: "status" });
    this.now = spec.fields.find(({ name, live }) => name === CELL && live);
    const option = (/** @type {string} */ letter) => h("option", { value: letter }, letter ? spec.cells[letter] : "–");
    this.letter = h("select", { onchange: () => this.#change() }, ...["", ...marked.letters].filter((letter) => letter !== "S").map(option));
    this.change = h("label", { class: "change", hidden: true }, this.words.cells_change, this.letter);
    this.looking = h("div", { class: "row" }, this.toPaint, this.toPlay, this.numbers);
    this.told = h("div", { class: "cells-told" });
    this.legend = /** @type {HTMLElement} */ (this.bar.parentElement?.querySelector(".legend"));
    this.bar.replaceChildren(this.looking);
    page.below(this.told);
    placed((compact) => this.#lay(compact));
  }

  /** Beside the picture; where there is no room, one strip with the chips, and what a cell holds below the player. @param {boolean} compact */
  #lay(compact) {
    this.looking.classList.toggle("strip", compact);
    (compact ? this.told : this.looking).append(this.readout, this.change);
    if (compact) this.looking.append(this.legend);
    else this.bar.after(this.legend);
  }

  get open() {
    return this.mode !== "";
  }

  /** @param {Record<string, any>} params of the controls */
  fit(params) {
    this.#params = params;
    this.paint.fit(params[this.field.name], params[String(/** @type {any} */ (this.field.cells).rewards)] ?? "");
    this.toPaint.hidden = !this.paint.world || this.closed;
    this.bar.hidden = false;
    if (this.open) this.#section?.classList.add("painting"); // other boards have said that they are not open
  }

  close() {
    const was = this.mode;
    if (!was) return;
    this.#show("");
    /** @type {HTMLElement} */ (was === "paint" ? this.toPaint : this.toPlay).focus({ preventScroll: true });
  }

  /** @param {"paint" | "play"} mode */
  #open(mode) {
    if (mode === "play" && !this.#begin()) return;
    this.#show(mode);
    this.#section?.focus({ preventScroll: true });
  }

  /** The walk by hand, in the world of the run on the stage: one that was painted meanwhile is run first. */
  #begin() {
    const rules = this.#rules;
    this.stage.grid.play = this.#stale;
    if (this.#stale) return void this.page.run();
    const { seed, gamma = 1 } = this.page.params();
    if (rules) this.play.open(rules, seed, gamma);
    return rules;
  }

  /** Whether the world was painted since it was run. */
  get #stale() {
    const { rewards } = /** @type {any} */ (this.field.cells);
    const ran = this.page.params();
    return [this.field.name, rewards].some((name) => String(this.#params[name] ?? "") !== String(ran[name] ?? ""));
  }

  /** Into the charts, as long as there are runs in that world. @param {import("./byhand.js").Walk} walk */
  #walked({ total, steps }) {
    this.#walkedIn = this.#told;
    this.page.played({ return: total, steps });
  }

  /** What is known of the run's world, in one text: another world has another. */
  get #told() {
    return ["next", "pay", "aside", "ends"].map((name) => this.page.under(name)?.data.join()).join(";") + this.page.params().gamma;
  }

  /** A walk through another world is nothing to compare with. */
  #compare() {
    const pay = this.page.under("pay");
    if (pay === this.#pay) return;
    this.#pay = pay;
    if (this.#walkedIn && this.#walkedIn !== this.#told) this.page.played({});
  }

  /** @param {"paint" | "play" | ""} mode */
  #show(mode) {
    this.mode = mode;
    this.stage.grid.play = mode === "play";
    this.paint.open = mode === "paint";
    if (mode !== "play") this.play.close();
    this.#section?.classList.toggle("painting", this.open);
    const { cells_paint_keys, cells_play_keys, stage_keys } = this.words;
    this.#section?.setAttribute("aria-label", { paint: cells_paint_keys, play: cells_play_keys, "": stage_keys }[mode]);
    this.bar.replaceChildren(...(mode === "paint" ? this.paint.tools : mode === "play" ? this.play.tools : [this.looking]));
    this.page.looked();
  }

  get #section() {
    return /** @type {HTMLElement | null} */ (this.stage.canvas.closest("#stage"));
  }

  /** Other tools, the focus where it was. */
  #retool() {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const [letter, side] = [focused?.dataset.letter, focused?.dataset.side];
    this.bar.replaceChildren(...this.paint.tools);
    const again = letter ? `[data-letter="${letter}"]` : side ? `[data-side="${side}"]` : "";
    if (again) /** @type {HTMLElement | null} */ (this.bar.querySelector(again))?.focus();
    else if (!focused?.isConnected) this.#section?.focus({ preventScroll: true });
  }

  /** @param {{world: string, rewards: string}} texts @param {string} rewards the field of the rewards */
  #painted(texts, rewards) {
    for (const [name, text] of [[rewards, texts.rewards], [this.field.name, texts.world]]) {
      if (String(this.#params[name] ?? "") === text) continue;
      this.#params = { ...this.#params, [name]: text };
      this.page.changed(name, text);
    }
  }

  /** The world of the run on the stage, as a hand walks through it. @returns {import("./byhand.js").Rules | null} */
  get #rules() {
    const [world, next, pay, aside, ends] = ["world", "next", "pay", "aside", "ends"].map((name) => this.#frame?.arrays[name] ?? this.page.under(name));
    if (!world || !next || !pay || !aside || !ends) return null;
    const letters = Array.from(world.data, (code) => String.fromCharCode(code));
    return { next: next.data, pay: pay.data, aside: aside.data, ends: ends.data, letters, rows: world.shape[0], columns: world.shape[1], start: letters.indexOf("S") };
  }

  draw() {
    if (this.mode === "paint") this.paint.draw();
    else this.play.draw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (this.mode === "paint") return this.paint.key(event);
    if (this.mode === "play") {
      const taken = this.play.key(event);
      const pressed = event.key === " " && /** @type {HTMLElement} */ (event.target).tagName === "BUTTON";
      if (taken && /^Arrow| /.test(event.key) && !pressed) event.preventDefault(); // nor scrolls the page
      return taken;
    }
    return this.#lookByKey(event);
  }

  /* ---- looking ---- */

  #number() {
    this.stage.grid.numbers = !this.stage.grid.numbers;
    this.page.looked();
  }

  /** Shift and an arrow choose the next cell, Escape lets it go. @param {KeyboardEvent} event */
  #lookByKey(event) {
    const { world, grid } = this.stage;
    if (!world) return false;
    if (event.key === "Escape" && grid.chosen) this.#choose(null);
    else if (event.shiftKey && MOVES[event.key]) this.#choose(next(meant(grid, world), MOVES[event.key], world));
    else return false;
    event.preventDefault();
    return true;
  }

  /** @param {Cell | null} cell */
  #choose(cell) {
    Object.assign(this.stage.grid, { chosen: cell, pointed: null });
    this.letter.value = "";
    this.page.looked();
  }

  /** Another letter in the chosen cell from the step on the stage on: the page offers it as a branch. */
  #change() {
    const { chosen } = this.stage.grid;
    if (!chosen || !this.letter.value) return;
    this.page.changed(CELL, `${chosen.join()},${this.letter.value}`);
    this.page.redraw();
  }

  /** Say what is in the cell that is meant. @param {Stage[]} stages @param {import("./wire.js").Frame} frame @param {boolean} playing when nothing is read aloud */
  show(stages, frame, playing) {
    for (const stage of stages) {
      stage.grid = this.stage.grid;
      this.#hear(stage);
    }
    const { grid } = this.stage;
    const [rows, columns] = frame.arrays.world?.shape ?? [1, 1];
    this.#section?.classList.toggle("wide-world", columns >= 2 * rows);
    this.#section?.style.setProperty("--world", `${columns} / ${rows}`);
    this.numbers.setAttribute("aria-pressed", String(grid.numbers));
    this.readout.setAttribute("aria-live", playing || !grid.chosen ? "off" : "polite");
    this.change.hidden = !this.now || !grid.chosen || frame.phase !== TRAINING;
    const parts = this.#said(frame);
    if (parts.map(({ textContent }) => textContent).join() !== [...this.readout.children].map(({ textContent }) => textContent).join()) this.readout.replaceChildren(...parts);
    this.#frame = frame;
    this.#compare();
    if (!grid.play || this.#stale) return;
    grid.play = false; // until it is open: opening draws
    this.#open("play");
  }

  /** Its place, its value, and what each action is worth, on its side. @param {import("./wire.js").Frame} frame @returns {HTMLElement[]} */
  #said({ arrays }) {
    const { q, v, world } = arrays;
    const [rows, columns] = world?.shape ?? [0, 0];
    const cell = v && meant(this.stage.grid, { rows, columns });
    if (!cell) return this.stage.all ? [] : [h("span", { class: "where" }, this.words.cells_hint)]; // panels have no cell to point at
    const i = cell[0] * columns + cell[1];
    const values = q ? [...q.data.slice(4 * i, 4 * i + 4)] : [];
    const best = Math.max(...values);
    const place = fill(this.words.cells_cell, { row: String(cell[0] + 1), column: String(cell[1] + 1) });
    const sides = values.map((value, action) => h("span", { class: value === best ? `a${action} best` : `a${action}` }, `${"←↓→↑"[action]} ${number(value)}`));
    return [h("span", { class: "where" }, place), h("b", {}, `V ${number(v.data[i])}`), ...sides];
  }

  /** @param {Cell | null} cell */
  #over(cell) {
    const { grid } = this.stage;
    if (this.open || String(grid.pointed) === String(cell)) return;
    grid.pointed = cell;
    this.page.redraw();
  }
}

/** The cell that keys go to: the middle of the world first. @param {Cell | null} from @param {[number, number]} by column and row @param {{rows: number, columns: number}} world @returns {Cell} */
function next(from, [dx, dy], { rows, columns }) {
  if (!from) return [Math.floor(rows / 2), Math.floor(columns / 2)];
  return [Math.min(rows - 1, Math.max(0, from[0] + dy)), Math.min(columns - 1, Math.max(0, from[1] + dx))];
}
