/** Drawing on the stage: points by pointer, touch or keyboard, kept as the short text a run takes. */

import { h, token } from "./dom.js";
import { fill } from "./format.js";
import { strokes } from "./pointer.js";

export const MOST = 200;
const APART = 7; // hundredths of a stage unit between the points of a stroke
const EDGE = 200;

/** @param {string} text @returns {[number, number][]} */
export function parse(text) {
  return text ? text.split(";").map((pair) => /** @type {[number, number]} */ (pair.split(",").map(Number))) : [];
}

/** @param {[number, number][]} points */
export const format = (points) => points.map((point) => point.join(",")).join(";");

const inside = (/** @type {number} */ value) => Math.round(Math.min(EDGE, Math.max(-EDGE, value)));

/**
 * The points a stroke adds on its way, kept inside the board and apart from each other.
 * @param {[number, number] | null} from @param {[number, number]} to @param {number} room
 * @returns {[number, number][]}
 */
export function stroke(from, to, room) {
  if (room < 1) return [];
  if (!from) return [[inside(to[0]), inside(to[1])]];
  const far = Math.hypot(to[0] - from[0], to[1] - from[1]);
  /** @type {[number, number][]} */
  const added = [];
  for (let d = APART; d <= far && added.length < room; d += APART) {
    added.push([inside(from[0] + ((to[0] - from[0]) * d) / far), inside(from[1] + ((to[1] - from[1]) * d) / far)]);
  }
  return added;
}

export class Brush {
  active = false;
  /** Whether the board is on the stage rather than a run. */
  drawing = false;
  /** @type {[number, number][]} */
  points = [];
  /** How many points each stroke added, for undo. @type {number[]} */
  strokes = [];
  /** @type {[number, number]} */
  cursor = [0, 0];

  /**
   * @param {import("./stage.js").Stage} stage @param {Record<string, string>} words
   * @param {(text: string) => void} changed called with the new text after every stroke
   * @param {() => void} redraw
   */
  constructor(stage, words, changed, redraw) {
    this.stage = stage;
    this.words = words;
    this.changed = changed;
    this.redraw = redraw;
    this.count = h("span", { class: "num", "aria-live": "polite" });
    this.bar = h(
      "div",
      { class: "brush row", hidden: true },
      h("span", { class: "hint grow" }, words.draw_hint),
      this.count,
      h("button", { type: "button", class: "pill", onclick: () => this.#undo() }, words.undo),
      h("button", { type: "button", class: "pill", onclick: () => this.#clear() }, words.clear),
    );
    this.#listen();
  }

  /** @param {boolean} active @param {string} text */
  set(active, text) {
    this.active = active;
    this.bar.hidden = !active;
    this.stage.canvas.classList.toggle("drawing", active);
    if (text !== format(this.points)) {
      this.points = parse(text);
      this.strokes = this.points.length ? [this.points.length] : [];
    }
    if (!active) this.drawing = false;
    this.#say();
  }

  /** Keys of the board: arrows move the cross, Enter puts a point. @param {KeyboardEvent} event */
  key(event) {
    const moves = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, 10], ArrowDown: [0, -10] });
    if (moves[event.key]) {
      this.drawing = true;
      const [dx, dy] = moves[event.key];
      this.cursor = [inside(this.cursor[0] + dx), inside(this.cursor[1] + dy)];
      this.redraw();
      return true;
    }
    if (event.key !== "Enter") return false;
    this.#add([...this.cursor], true);
    this.changed(format(this.points));
    return true;
  }

  #listen() {
    /** @type {[number, number]} */
    let last = [0, 0];
    /** @type {Pick<Brush, "points" | "strokes" | "drawing">} */
    let before;
    strokes(this.stage.canvas, {
      begin: (at) => {
        if (!this.active) return false;
        before = { points: [...this.points], strokes: [...this.strokes], drawing: this.drawing };
        this.#add((last = this.#place(at)), true);
        return true;
      },
      move: (at) => {
        const added = stroke(last, this.#place(at), MOST - this.points.length);
        last = added.at(-1) ?? last;
        for (const point of added) this.#add(point, false);
      },
      end: () => this.changed(format(this.points)),
      cancel: () => {
        Object.assign(this, before);
        this.#say();
        this.redraw();
      },
    });
  }

  /** @param {[number, number]} at in pixels @returns {[number, number]} in hundredths of a stage unit */
  #place([x, y]) {
    const { width, height, scale } = this.stage.plane;
    return [(100 * (x - width / 2)) / scale, (100 * (height / 2 - y)) / scale];
  }

  /** @param {[number, number]} point @param {boolean} opens whether it opens a stroke */
  #add(point, opens) {
    this.drawing = true;
    const [added] = stroke(null, point, MOST - this.points.length);
    if (added) {
      this.points.push(added);
      if (opens) this.strokes.push(1);
      else this.strokes[this.strokes.length - 1]++;
    }
    this.#say();
    this.redraw();
  }

  #undo() {
    this.points.splice(this.points.length - (this.strokes.pop() ?? 0));
    this.#edited();
  }

  #clear() {
    [this.points, this.strokes] = [[], []];
    this.#edited();
  }

  #edited() {
    this.drawing = true;
    this.#say();
    this.redraw();
    this.changed(format(this.points));
  }

  #say() {
    this.count.textContent = fill(this.words.drawn_count, { n: this.points.length, most: MOST });
  }

  /** Draw the board. */
  draw() {
    const { pen, plane } = this.stage;
    this.stage.clear();
    pen.strokeStyle = token("line");
    pen.strokeRect(plane.x(-2), plane.y(2), 4 * plane.scale, 4 * plane.scale);
    pen.fillStyle = token("data");
    for (const [x, y] of this.points) {
      pen.beginPath();
      pen.arc(plane.x(x / 100), plane.y(y / 100), 4, 0, 7);
      pen.fill();
    }
    const [x, y] = [plane.x(this.cursor[0] / 100), plane.y(this.cursor[1] / 100)];
    pen.strokeStyle = token("soft");
    pen.beginPath();
    pen.moveTo(x - 7, y);
    pen.lineTo(x + 7, y);
    pen.moveTo(x, y - 7);
    pen.lineTo(x, y + 7);
    pen.stroke();
    if (!this.points.length) {
      pen.fillStyle = token("soft");
      pen.font = "16px system-ui, sans-serif";
      pen.textAlign = "center";
      pen.fillText(this.words.draw_here, plane.width / 2, plane.height / 2 - 24);
    }
  }
}
