/** Picked points and pictures: a click, a tap or a key picks one, the stage draws its way or a frame, the address keeps it. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { namesAt } from "./grids.js";
import { TRAILED } from "./layers.js";
import { hearing } from "./pointer.js";
import { partOf, withPart } from "./view.js";

export const MOST = 5;
const [NEAR, TOUCHED] = [14, 24]; // CSS pixels: a pointer's reach, and a finger's
const FORM = /^\d{1,6}(,\d{1,6})*$/;

/** The points that a page's address names; none where it can't be read. @param {string} search @returns {number[]} */
export function picksOf(search) {
  const part = partOf(search, "p");
  return FORM.test(part) ? [...new Set(part.split(",").map(Number))].slice(0, MOST) : [];
}

/** An address's query with these points in it and no others. @param {string} search @param {number[]} picked */
export const withPicks = (search, picked) => withPart(search, "p", picked.join(","));

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
    this.#listen();
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

  /** A click or tap picks what it meets, or lets all go where there is nothing. */
  #listen() {
    const hear = hearing({
      at: (stage, x, y, touch) => (this.#drawing ? -1 : stage.at(x, y, touch ? TOUCHED : NEAR)),
      over: (i, { canvas }) => canvas.classList.toggle("pickable", i !== null && i >= 0),
      chosen: (i, { picked }) => {
        if (i >= 0) this.#pick(toggled(picked, i));
        else if (picked.length && !this.#drawing) this.#pick([]);
      },
    });
    hear(this.stage);
  }
}
