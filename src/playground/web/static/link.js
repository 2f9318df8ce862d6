/** The page's link: kept true of what is seen, and what it promised held against what came. */

import { address } from "./address.js";
import { writeAddress } from "./bar.js";
import { withGrid } from "./cells-looks.js";
import { withLook } from "./looks.js";
import { MEMBERS } from "./members.js";
import { withChosen } from "./view.js";

const APART = 1000; // ms between two writings while the run plays
const RESTS = 250; // ms after the reader's hand has moved the clock or what is looked at
const AGAIN = 10_000; // ms after which a browser that has refused an address will take one

export class Link {
  #written = 0;
  #waiting = 0;

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
  }

  /** An address's query with what is looked at on the stage. @param {string} search */
  seen(search) {
    const { picks, stage, shown } = this.page;
    const chips = [...(shown?.scene.layers ?? []), ...(Number(shown?.params.seeds) > 1 ? [MEMBERS] : [])];
    const view = withGrid(withLook(withChosen(picks.kept(search), stage.chosen, chips), stage.look), stage.grid);
    return this.page.walker?.kept(view) ?? view;
  }

  /** Keep the address true. @param {boolean} [push] as a new entry of the history */
  write(push = false) {
    const { shown, running, timeline, spec, vs } = this.page;
    if (!shown || running.waiting) return; // the address may be of a run to come
    const url = location.pathname + address(this.seen(location.search), shown, timeline.wanted ?? timeline.index, spec, { vs, fp: shown.fp });
    this.#written = performance.now();
    if (!writeAddress(url, push)) this.soon(AGAIN);
  }

  /** The clock goes on. @param {number} now */
  follow(now) {
    if (now - this.#written > APART) this.write();
  }

  /** The reader moved the clock or looks at something else, perhaps not for the last time. @param {number} [rests] ms */
  soon(rests = RESTS) {
    clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => this.write(), rests);
  }

  /** Say whether the run is the one that was shared. */
  async check() {
    const { shown, timeline, spec, kept, running } = this.page;
    if (typeof shown?.fp !== "string") return;
    const { verdict } = await import("./fingerprint.js");
    const { kind, text } = verdict(shown.fp, timeline.frames[timeline.last], shown, spec);
    if (shown !== this.page.shown || running.active) return;
    kept.dataset.kind = kind;
    kept.textContent = text;
  }
}
