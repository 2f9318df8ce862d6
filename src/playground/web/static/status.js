/** What the machine is doing, in words: the Run buttons, the line below them with its thin bar, and what was refused. */

import { h } from "./dom.js";
import { duration, fill, number } from "./format.js";
import { Pace, chapterOf, fraction } from "./progress.js";

/** @typedef {import("./running.js").Plan} Plan */

/** How far a run is, in a sentence. */
export class Account {
  #pace = new Pace(0);

  /** @param {Record<string, string>} words @param {Record<string, string>} doing what the machine does, by phase */
  constructor(words, doing) {
    this.words = words;
    this.doing = doing;
  }

  /** @param {Plan} plan of the run that begins */
  begin(plan) {
    this.#pace = new Pace(plan.work);
  }

  /** @param {Pick<import("./timeline.js").Timeline, "frames" | "total">} timeline with a frame at least @param {Plan} plan */
  give({ frames, total }, plan) {
    const { words } = this;
    const done = fraction(plan.scene.chapters, frames, total);
    const left = this.#pace.left(performance.now() / 1000, done);
    const frame = /** @type {import("./wire.js").Frame} */ (frames.at(-1));
    const chapter = plan.stored ? undefined : chapterOf(plan.scene.chapters, frame);
    const doing = plan.stored ? words.reading : (this.doing[frame.phase] ?? words.computing);
    const told = chapter ? fill(words.at_step, { doing, step: frame.step, last: chapter.last }) : fill(words.at_frame, { doing, n: frames.length, of: total });
    return { done, doing, text: left ? fill(words.to_go, { told, left: duration(left) }) : told };
  }
}

export class Status {
  /** Whether a second run is being read beside the first. */
  beside = () => false;
  /** @type {Account} */
  #account;

  /** @param {Record<string, string>} words @param {Record<string, string>} doing what the machine does, by phase @param {() => void} pressed */
  constructor(words, doing, pressed) {
    this.words = words;
    this.#account = new Account(words, doing);
    const button = (/** @type {string} */ name) => h("button", { type: "button", class: name, onclick: pressed }, words.run);
    this.go = button("run");
    this.goSmall = button("run small");
    this.message = h("p", { class: "message", role: "alert", hidden: true });
    this.line = h("p", { class: "status num" });
    this.near = h("p", { class: "near num", "aria-hidden": "true" }); // the same, by the stage
    this.bar = h("div", { class: "bar", "aria-hidden": "true" }, h("i"));
    this.aloud = h("p", { class: "aloud", role: "status" });
    this.parts = [this.message, h("div", { id: "run" }, this.go), this.line, this.bar, this.aloud];
  }

  /** @param {string} text @param {string} aloud what is read out: the news in it, not every number */
  say(text, aloud = text) {
    this.line.textContent = this.near.textContent = text;
    if (this.aloud.textContent !== aloud) this.aloud.textContent = aloud;
  }

  /** What can't be done, and why; "" takes it back. @param {string} sentence */
  refuse(sentence) {
    this.message.textContent = sentence;
    this.message.hidden = !sentence;
  }

  /** @param {Plan} plan of the run that begins */
  begin(plan) {
    this.#account.begin(plan);
  }

  /** How far the run is. @param {Pick<import("./timeline.js").Timeline, "frames" | "total">} timeline with a frame at least @param {Plan} plan */
  progress(timeline, plan) {
    const { done, doing, text } = this.#account.give(timeline, plan);
    this.bar.style.setProperty("--done", String(done));
    this.say(text, doing);
  }

  /** Every frame is there. @param {number} n @param {number} seconds */
  done(n, seconds) {
    this.say(fill(n === 1 ? this.words.done_one : this.words.done, { n, seconds: number(seconds, 1) }));
  }

  /** @param {boolean} running @param {Plan | null} plan what Run would do */
  label(running, plan) {
    const { words } = this;
    const busy = running || this.beside();
    const work = plan ? (plan.stored ? words.run_stored : fill(words.run_work, { seconds: duration(plan.work) })) : words.run;
    for (const button of [this.go, this.goSmall]) {
      button.classList.toggle("stop", busy);
      button.textContent = busy ? words.stop : button === this.go ? work : words.run;
    }
    this.bar.classList.toggle("on", running && !plan?.stored);
  }
}
