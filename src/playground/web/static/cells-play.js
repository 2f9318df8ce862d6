/** You first: the world by hand, in fog, as the agent meets it. */

import { dice, Walk } from "./byhand.js";
import { middle, MOVES, placeOf } from "./cells-layout.js";
import { agent, sign } from "./cells-signs.js";
import { h, token } from "./dom.js";
import { fill, number } from "./format.js";

/** @type {Record<string, number>} */
const KEYS = { ArrowLeft: 0, ArrowDown: 1, ArrowRight: 2, ArrowUp: 3 };
const SIGNS = ["←", "↓", "→", "↑"];
const NAMES = ["left", "down", "right", "up"];

export class Play {
  /** @type {Walk | null} */
  walk = null;
  #tries = 0;

  /** @param {import("./stage.js").Stage} stage @param {import("./page.js").Spec} spec @param {{redraw: () => void, close: () => void, ended: (walk: Walk) => void}} page */
  constructor(stage, { words, lesson }, page) {
    this.stage = stage;
    this.words = words;
    this.names = lesson.labels.actions ?? {};
    this.page = page;
    this.said = h("span", { class: "said grow", role: "status" });
    const move = (/** @type {number} */ action) => h("button", { type: "button", class: `move ${NAMES[action]}`, "aria-label": words[`cells_${NAMES[action]}`], title: words[`cells_${NAMES[action]}`], onclick: () => this.#step(action) }, SIGNS[action]);
    const pill = (/** @type {string} */ label, /** @type {() => void} */ action, name = "pill") => h("button", { type: "button", class: name, onclick: action }, label);
    this.tools = [
      h("div", { class: "row" }, h("div", { class: "moves", role: "group", "aria-label": words.cells_moves }, ...[0, 1, 3, 2].map(move)), this.said, pill(words.cells_again, () => this.#begin()), pill(words.close, () => page.close(), "pill done")),
    ];
  }

  /** @param {import("./byhand.js").Rules} rules @param {number} seed @param {number} gamma */
  open(rules, seed, gamma) {
    this.rules = rules;
    this.seed = seed;
    this.gamma = gamma;
    this.#begin();
  }

  close() {
    this.walk = null;
  }

  #begin() {
    if (!this.rules) return;
    this.walk = new Walk(this.rules, dice(Number(this.seed) + this.#tries++), Number(this.gamma));
    this.said.textContent = this.words.cells_play_hint;
    this.page.redraw();
  }

  /** @param {number} action */
  #step(action) {
    const { walk, words } = this;
    if (!walk || walk.over) return;
    walk.step(action);
    const told = { steps: walk.steps, total: number(walk.total), columns: (walk.at % walk.rules.columns) + 1, rows: Math.floor(walk.at / walk.rules.columns) + 1 };
    const text = fill(walk.over ? words.cells_over : words.cells_step, told);
    this.said.textContent = walk.slipped ? `${words.cells_slipped} ${text}` : text;
    if (walk.over) this.page.ended(walk);
    this.page.redraw();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const action = KEYS[event.key];
    if (action !== undefined) this.#step(action);
    else if (event.key === "Escape") this.page.close();
    else if (event.key === "Enter" && this.walk?.over && /** @type {HTMLElement} */ (event.target).tagName !== "BUTTON") this.#begin();
    else return !["Enter", "Tab"].includes(event.key); // no key moves the clock of a run that is out of sight
    return true;
  }

  draw() {
    const { walk, stage } = this;
    if (!walk) return;
    const { pen, plane } = stage;
    const { rows, columns, letters } = walk.rules;
    const place = placeOf(plane.width, plane.height, rows, columns);
    const { left, top, cell } = place;
    stage.clear();
    letters.forEach((letter, i) => {
      const spot = { pen, x: left + (i % columns) * cell, y: top + Math.floor(i / columns) * cell, cell, token };
      pen.fillStyle = token(walk.seen.has(i) ? "fill" : "fog");
      pen.fillRect(spot.x, spot.y, cell, cell);
      if (walk.seen.has(i)) sign(spot, letter);
      pen.strokeStyle = token("edge");
      pen.globalAlpha = walk.seen.has(i) ? 0.4 : 0.12;
      pen.lineWidth = 1;
      pen.strokeRect(spot.x + 0.5, spot.y + 0.5, cell - 1, cell - 1);
      pen.globalAlpha = 1;
    });
    this.#way(walk, place);
  }

  /** Where it came along, and the one who walks. @param {Walk} walk @param {import("./cells-layout.js").Place} place */
  #way({ trail, rules }, place) {
    const { pen } = this.stage;
    const at = trail.map((i) => middle(place, Math.floor(i / rules.columns), i % rules.columns));
    pen.strokeStyle = token("model");
    pen.lineWidth = Math.max(1.5, 0.085 * place.cell);
    pen.lineJoin = pen.lineCap = "round";
    pen.globalAlpha = 0.6;
    pen.beginPath();
    at.forEach(([x, y], i) => pen[i && Math.hypot(x - at[i - 1][0], y - at[i - 1][1]) < 3.5 * place.cell ? "lineTo" : "moveTo"](x, y));
    pen.stroke();
    pen.globalAlpha = 1;
    const [a, b] = [trail.at(-2) ?? trail[0], trail[trail.length - 1]];
    const way = MOVES.find(([dx, dy]) => (b % rules.columns) - (a % rules.columns) === dx && Math.floor(b / rules.columns) - Math.floor(a / rules.columns) === dy) ?? [0, 0];
    agent(pen, ...at[at.length - 1], place.cell, way, token);
    pen.lineCap = "butt";
  }
}
