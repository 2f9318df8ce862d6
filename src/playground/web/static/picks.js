/** Picked points and pictures: a click, a tap or a key picks one, the stage draws its way or a frame, the address keeps it. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { namesAt } from "./grids.js";
import { TRAILED } from "./layers.js";

export const MOST = 5;
const [NEAR, TOUCHED, STILL] = [14, 24, 6]; // CSS pixels: a pointer's reach, a finger's, and what is no dragging yet
const FORM = /^p:(\d{1,6}(?:,\d{1,6})*)(?:;h:[^;]*)?$/; // what follows is a look at attention

/** The points that a page's address names; none where it can't be read. @param {string} search @returns {number[]} */
export function picksOf(search) {
  const [, points] = FORM.exec(new URLSearchParams(search).get("view") ?? "") ?? [];
  return points ? [...new Set(points.split(",").map(Number))].slice(0, MOST) : [];
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

/** The one after those picked: of points in the order of those that leave a trail. @param {number[]} picked @param {number} n @param {number} [by] */
export function following(picked, n, by = TRAILED) {
  let next = picked.length ? (picked[picked.length - 1] + by) % n : 0;
  while (picked.includes(next) && picked.length < n) next = (next + 1) % n;
  return next;
}

export class Picks {
  #said = "";

  /** @param {import("./stage.js").Stage} stage @param {Pick<import("./page.js").Spec, "words" | "base" | "lang">} spec @param {() => void} changed */
  constructor(stage, spec, changed) {
    this.stage = stage;
    this.spec = spec;
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
    const { places, pickable, picked } = this.stage;
    if (event.key === "Escape" && picked.length) this.#pick([]);
    else if (event.key.toLowerCase() === "p" && pickable) this.#pick(toggled(picked, following(picked, pickable, places ? TRAILED : 1)));
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
    const { stage, spec } = this;
    const { places, pickable } = stage;
    const i = stage.picked.findLast((k) => k < pickable);
    if (!pickable || (i === undefined && this.#drawing)) return "";
    if (i === undefined) return places ? spec.words.pick_hint : spec.words.pick_picture;
    if (!places) return this.#named(frame, i);
    const from = stage.wayOf(frame)[0];
    return fill(spec.words.picked, { i: String(i), x0: from[2 * i], y0: from[2 * i + 1], x: places[2 * i], y: places[2 * i + 1] });
  }

  /** What a picture is likest to. @param {import("./wire.js").Frame} frame @param {number} i */
  #named(frame, i) {
    const { stage, spec } = this;
    const { names, captions, labels } = stage.grids[0].layer;
    const name = namesAt(`${spec.base}/names/${names}.${spec.lang}.json`, () => this.show(frame, false))[frame.arrays[captions].data[i]];
    return name ? fill(spec.words.picked_picture, { i: String(i + 1), kind: stage.classes[names][frame.arrays[labels].data[i]], name }) : "";
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
      const box = canvas.getBoundingClientRect();
      const reach = event.pointerType === "touch" ? TOUCHED : NEAR;
      return this.#drawing ? -1 : this.stage.at(event.clientX - box.left, event.clientY - box.top, reach);
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
