/** Picked points: a click, a tap or a key picks one, the stage draws its way, the address keeps it. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { TRAILED } from "./layers.js";

export const MOST = 5;
const [NEAR, TOUCHED, STILL] = [14, 24, 6]; // CSS pixels: a pointer's reach, a finger's, and what is no dragging yet
const FORM = /^p:\d{1,6}(,\d{1,6})*$/;

/** The points that a page's address names; none where it can't be read. @param {string} search @returns {number[]} */
export function picksOf(search) {
  const view = new URLSearchParams(search).get("view") ?? "";
  return FORM.test(view) ? [...new Set(view.slice(2).split(",").map(Number))].slice(0, MOST) : [];
}

/** An address's query with these points in it and no others. @param {string} search @param {number[]} picked */
export function withPicks(search, picked) {
  const pairs = new URLSearchParams(search);
  pairs.delete("view");
  if (picked.length) pairs.set("view", `p:${picked.join(",")}`);
  return pairs.toString();
}

/** One point more, the oldest going where they are too many; or one less, if it was picked. @param {number[]} picked @param {number} i */
export const toggled = (picked, i) => (picked.includes(i) ? picked.filter((k) => k !== i) : [...picked, i].slice(-MOST));

/** The point after those picked, in the order of those that leave a trail. @param {number[]} picked @param {number} n */
export function following(picked, n) {
  let next = picked.length ? (picked[picked.length - 1] + TRAILED) % n : 0;
  while (picked.includes(next) && picked.length < n) next = (next + 1) % n;
  return next;
}

/** The point within reach of a place of the stage, or -1. @param {ArrayLike<number>} at @param {import("./layers.js").Plane} plane @param {number} x @param {number} y @param {number} reach */
export function nearest(at, plane, x, y, reach) {
  let [best, least] = [-1, reach ** 2];
  for (let i = 0; i < at.length; i += 2) {
    const distance = (plane.x(at[i]) - x) ** 2 + (plane.y(at[i + 1]) - y) ** 2;
    if (distance <= least) [best, least] = [i / 2, distance];
  }
  return best;
}

export class Picks {
  #said = "";

  /** @param {import("./stage.js").Stage} stage @param {Record<string, string>} words @param {() => void} changed */
  constructor(stage, words, changed) {
    this.stage = stage;
    this.words = words;
    this.changed = changed;
    this.element = h("p", { class: "picks num", role: "status" });
    this.#listen(stage.canvas);
  }

  /** Take the points that an address names. @param {string} search */
  open(search) {
    this.stage.picked = picksOf(search);
  }

  /** @param {string} search */
  kept(search) {
    return withPicks(search, this.stage.picked);
  }

  /** Keys of the stage: p picks the next point, Escape lets all go. @param {KeyboardEvent} event */
  key(event) {
    const { places, picked } = this.stage;
    if (event.key === "Escape" && picked.length) this.#pick([]);
    else if (event.key.toLowerCase() === "p" && places?.length) this.#pick(toggled(picked, following(picked, places.length / 2)));
    else return false;
    return true;
  }

  /** Say the last point picked, or that one can be. @param {import("./wire.js").Frame} frame @param {boolean} playing when nothing is read aloud */
  show(frame, playing) {
    const text = this.#sentence(frame);
    if (text === this.#said) return;
    this.#said = text;
    this.element.setAttribute("aria-live", playing ? "off" : "polite");
    this.element.textContent = text;
  }

  /** @param {import("./wire.js").Frame} frame */
  #sentence(frame) {
    const { stage, words } = this;
    const { places } = stage;
    if (!places) return "";
    const i = stage.picked.findLast((k) => 2 * k < places.length);
    if (i === undefined) return this.#drawing ? "" : words.pick_hint;
    const from = stage.wayOf(frame)[0];
    return fill(words.picked, { i: String(i), x0: from[2 * i], y0: from[2 * i + 1], x: places[2 * i], y: places[2 * i + 1] });
  }

  /** Whether a click draws. */
  get #drawing() {
    return this.stage.canvas.classList.contains("drawing");
  }

  /** @param {number[]} picked */
  #pick(picked) {
    this.stage.picked = picked;
    this.changed();
  }

  /** @param {HTMLCanvasElement} canvas */
  #listen(canvas) {
    let [downX, downY] = [0, 0];
    const under = (/** @type {PointerEvent} */ event) => {
      const { places, plane } = this.stage;
      const box = canvas.getBoundingClientRect();
      const reach = event.pointerType === "touch" ? TOUCHED : NEAR;
      return places && !this.#drawing ? nearest(places, plane, event.clientX - box.left, event.clientY - box.top, reach) : -1;
    };
    canvas.addEventListener("pointerdown", (event) => ([downX, downY] = [event.clientX, event.clientY]));
    canvas.addEventListener("pointermove", (event) => canvas.classList.toggle("pickable", under(event) >= 0));
    canvas.addEventListener("click", (event) => {
      if (this.#drawing || Math.hypot(event.clientX - downX, event.clientY - downY) > STILL) return;
      const i = under(/** @type {PointerEvent} */ (event));
      if (i >= 0) this.#pick(toggled(this.stage.picked, i));
      else if (this.stage.picked.length) this.#pick([]);
    });
  }
}
