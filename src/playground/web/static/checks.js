/** A question before the run: the reader predicts, the finished run answers. */

import { h } from "./dom.js";
import { fill } from "./format.js";
import { suits } from "./when.js";

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {{when?: Record<string, string>, ask: string, phase: string, value: string, over?: string, told: string, options: {say: string, below?: number}[]}} Check
 */

/**
 * Which option the run proves right: the first whose bound lies above what was measured.
 * @param {Check} check @param {Frame[]} frames
 * @returns {{right: number, metrics: Record<string, number>} | null} null when the run never came there
 */
export function judge(check, frames) {
  const last = frames.filter((frame) => frame.phase === check.phase).at(-1);
  if (!last) return null;
  const value = last.metrics[check.value] / (check.over ? last.metrics[check.over] : 1);
  if (!Number.isFinite(value)) return null;
  const right = check.options.findIndex(({ below }) => below === undefined || value < below);
  return { right, metrics: last.metrics };
}

export class Checks {
  #which = 0;
  #picked = -1;
  #waiting = false;
  /** @type {Frame[]} */
  #frames = [];

  /** @param {HTMLElement} host @param {Record<string, string>} words @param {Check[]} checks */
  constructor(host, words, checks) {
    this.host = host;
    this.words = words;
    this.every = checks;
    this.checks = checks;
    this.verdict = h("p", { class: "verdict", role: "status" });
    this.#draw();
  }

  /** Ask what is about these parameters. @param {Record<string, any>} params */
  suit(params) {
    const checks = this.every.filter(({ when }) => suits(when, params));
    if (checks.length === this.checks.length && checks.every((check, i) => check === this.checks[i])) return;
    const asked = checks.indexOf(this.checks[this.#which]);
    if (asked < 0) this.#picked = -1;
    this.#which = Math.max(0, asked);
    this.checks = checks;
    this.#draw();
    this.#tell();
  }

  /** Another run is on the stage, not asked for by the Run button. */
  reset() {
    this.#waiting = false;
    this.#frames = [];
    this.#tell();
  }

  /** The reader pressed Run. */
  asked() {
    this.reset();
    this.#waiting = this.#picked >= 0;
    this.#tell();
  }

  /** The run is complete. @param {Frame[]} frames */
  grade(frames) {
    this.#frames = frames;
    this.#waiting = false;
    this.#tell();
  }

  #draw() {
    const check = this.checks[this.#which];
    this.host.hidden = !check;
    if (!check) return;
    const name = "check";
    this.host.replaceChildren(
      h("h2", {}, this.words.before_run),
      h(
        "fieldset",
        {},
        h("legend", {}, check.ask),
        ...check.options.map(({ say }, i) => h("label", { class: "opt" }, h("input", { type: "radio", name, value: i, checked: i === this.#picked, onchange: () => this.#pick(i) }), h("span", {}, say))),
      ),
      this.verdict,
      ...(this.checks.length > 1 ? [h("button", { type: "button", class: "quiet", onclick: () => this.#next() }, this.words.next_check)] : []),
    );
  }

  /** @param {number} i */
  #pick(i) {
    this.#picked = i;
    this.#tell();
  }

  #next() {
    this.#which = (this.#which + 1) % this.checks.length;
    this.#picked = -1;
    this.#draw();
    this.#tell();
  }

  #tell() {
    const check = this.checks[this.#which];
    if (!check) return;
    const answer = this.#frames.length && this.#picked >= 0 ? judge(check, this.#frames) : null;
    [...this.host.querySelectorAll(".opt")].forEach((option, i) => {
      option.classList.toggle("right", answer?.right === i);
      option.classList.toggle("wrong", Boolean(answer) && this.#picked === i && answer?.right !== i);
    });
    if (answer) this.verdict.textContent = `${answer.right === this.#picked ? this.words.check_right : this.words.check_wrong} ${fill(check.told, answer.metrics)}`;
    else this.verdict.textContent = this.#waiting ? this.words.check_waiting : this.#picked >= 0 ? this.words.check_run : "";
  }
}
