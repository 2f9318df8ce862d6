/** The second of two runs: fetched as the first is, shown at the moment of the first. */

import { fill, number } from "./format.js";
import { counterpart } from "./pair.js";
import { Running } from "./running.js";
import { Seat } from "./seat.js";
import { Account } from "./status.js";

/**
 * @typedef {import("./running.js").Plan} Plan
 * @typedef {{begun: (plan: Plan) => void, came: () => void, grown: () => void, refused: (sentence: string) => void}} Listener
 */

export class Second {
  /** What it is called. */
  name = "";
  /** How it is while it has no frame to show. */
  #note = "";

  /** @param {import("./page.js").Page} page @param {() => void} redraw @param {Listener} listener */
  constructor(page, redraw, { begun, came, grown, refused }) {
    const { spec } = page;
    this.page = page;
    this.words = spec.versus;
    this.refused = refused;
    this.grown = grown;
    this.seat = new Seat(spec.lesson, redraw);
    const ended = () => {
      came();
      grown();
    };
    this.running = new Running(spec, this.seat.timeline, this.#teller(), { asked: () => {}, begun, came, grown, ended });
  }

  /** Take its place at once as empty, and fetch it. @param {string} query */
  open(query) {
    this.reset();
    this.running.open(query, { doubtful: true });
  }

  stop() {
    if (this.running.active) this.running.stop();
  }

  /** Nothing is known of it. */
  reset() {
    this.seat.shown = null;
    this.seat.timeline.reset(1);
    this.name = this.words.second;
  }

  /** What says how it is: its note, and the status line once the first run is there. @returns {import("./running.js").Teller} */
  #teller() {
    const { page } = this;
    const { status, spec } = page;
    const account = new Account(spec.words, spec.lesson.captions.doing);
    let heard = false;
    const tell = (/** @type {string} */ text) => {
      heard = !page.running.active;
      if (heard) status.say(text && this.called(text));
    };
    return {
      say: (text) => {
        this.#note = text;
        if (heard) tell(text);
        this.grown();
      },
      begin: (plan) => account.begin(plan),
      progress: (timeline, plan) => this.seat.shown && !plan.stored && tell(account.give(timeline, plan).text),
      done: (n, seconds) => heard && tell(fill(spec.words.done, { n, seconds: number(seconds, 1) })),
      label: () => page.running.label(),
      refuse: (sentence) => sentence && this.refused(sentence),
    };
  }

  /** @param {string} text */
  called(text) {
    return fill(this.words.of, { name: this.name, text });
  }

  /** @returns {import("./pair.js").Run} */
  get run() {
    return { frames: this.seat.timeline.frames, whole: Boolean(this.seat.shown?.whole) };
  }

  /** The place of the frame that stands for the first run's. */
  get place() {
    const { frame } = this.page.timeline;
    return frame && this.seat.shown ? counterpart(this.run, frame) : { index: -1, exact: false, final: false };
  }

  /** The frame at the first run's moment, if it is there. */
  get level() {
    return this.place.final ? this.frame : null;
  }

  /** That frame, or the last so far. @returns {import("./wire.js").Frame | null} */
  get frame() {
    return this.run.frames[this.place.index] ?? null;
  }

  /** Where it is, and why not where the first is, should that be so. */
  get moment() {
    const { frame } = this;
    return [this.#lag, frame && this.seat.moment(frame)].filter(Boolean).join(" · ");
  }

  /** The same, or the frame, in a sentence. */
  get told() {
    const { frame } = this;
    const lag = this.#lag;
    return this.called(frame && !lag ? this.seat.told(frame) : fill(this.words.sentence, { text: lag }));
  }

  /** Why it does not show the first one's moment; "" when it does. */
  get #lag() {
    const { index, final } = this.place;
    if (!this.seat.shown) return this.#note;
    if (final) return index < 0 ? this.words.no_chapter : "";
    return this.running.active ? this.words.not_yet : this.words.stopped;
  }
}
