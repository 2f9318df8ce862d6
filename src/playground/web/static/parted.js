/** Where two runs part: a mark on the track that leads there, and a sentence. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { Parting } from "./pair.js";

export class Parted {
  #parting = new Parting();

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.words = page.spec.versus;
    this.mark = h("button", { type: "button", class: "part", hidden: true, onclick: () => page.seek(this.#parting.at) }, this.words.part);
    this.sentence = h("p", { class: "parted", role: "status" });
  }

  /** Another second run. */
  reset() {
    this.#parting = new Parting();
    this.#show();
  }

  /** Frames have come. @param {import("./pair.js").Run} one @param {import("./pair.js").Run} other */
  look(one, other) {
    const { state } = this.#parting;
    this.#parting.look(one, other);
    if (this.#parting.state !== state) this.#show();
  }

  /** Keep the mark's place: the track's length is known only once every frame is there. */
  place() {
    this.mark.style.setProperty("--part", String(this.#parting.at / Math.max(1, this.page.timeline.total - 1)));
  }

  #show() {
    const { state } = this.#parting;
    const sentence = state === "parted" ? this.#moment() : state === "equal" ? this.words.equal : "";
    this.sentence.textContent = sentence;
    this.mark.hidden = state !== "parted";
    this.mark.title = sentence;
    this.mark.setAttribute("aria-label", sentence);
  }

  #moment() {
    const { seat, timeline, spec } = this.page;
    const { at } = this.#parting;
    const frame = timeline.frames[at];
    return at ? fill(this.words.parted, { phase: spec.lesson.labels.phases[frame.phase], moment: seat.moment(frame) }) : this.words.parted_first;
  }
}
