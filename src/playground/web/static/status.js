/** What the machine is doing, in words: the Run buttons, the line below them with its thin bar, and what was refused. */

import { h } from "./dom.js";
import { duration, fill, number } from "./format.js";
import { Pace, chapterOf, fraction } from "./progress.js";

/** @typedef {import("./running.js").Plan} Plan */

export class Status {
  #pace = new Pace(0);

  /** @param {Record<string, string>} words @param {Record<string, string>} doing what the machine does, by phase @param {() => void} pressed */
  constructor(words, doing, pressed) {
    this.words = words;
    this.doing = doing;
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
    this.#pace = new Pace(plan.work);
  }

  /** How far the run is. @param {import("./timeline.js").Timeline} timeline with a frame at least @param {Plan} plan */
  progress({ frames, total }, plan) {
    const done = fraction(plan.scene.chapters, frames, total);
    const left = this.#pace.left(performance.now() / 1000, done);
    this.bar.style.setProperty("--done", String(done));
    const { words } = this;
    const frame = /** @type {import("./wire.js").Frame} */ (frames.at(-1));
    const chapter = plan.stored ? undefined : chapterOf(plan.scene.chapters, frame);
    const doing = plan.stored ? words.reading : (this.doing[frame.phase] ?? words.computing);
    const told = chapter ? fill(words.at_step, { doing, step: frame.step, last: chapter.last }) : fill(words.at_frame, { doing, n: frames.length, of: total });
    this.say(left ? fill(words.to_go, { told, left: duration(left) }) : told, doing);
  }

  /** Every frame is there. @param {number} n @param {number} seconds */
  done(n, seconds) {
    this.say(fill(this.words.done, { n, seconds: number(seconds, 1) }));
  }

  /** @param {boolean} running @param {Plan | null} plan what Run would do */
  label(running, plan) {
    const { words } = this;
    const work = plan ? (plan.stored ? words.run_stored : fill(words.run_work, { seconds: duration(plan.work) })) : words.run;
    for (const button of [this.go, this.goSmall]) {
      button.classList.toggle("stop", running);
      button.textContent = running ? words.stop : button === this.go ? work : words.run;
    }
    this.bar.classList.toggle("on", running && !plan?.stored);
  }
}
