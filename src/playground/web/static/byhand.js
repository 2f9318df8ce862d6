/** A walk through a world by hand: what each step does, what it earns, what has been seen on the way. Knows no document. */

/**
 * @typedef {{next: ArrayLike<number>, pay: ArrayLike<number>, aside: ArrayLike<number>, ends: ArrayLike<number>, letters: string[], rows: number, columns: number, start: number}} Rules
 * `next` has where each action leads from each cell when nothing slips, as row and column, `pay` what it earns; `aside` the chance that an
 * action is exchanged for each of the two across it; `ends` whether a cell ends the episode
 */

export const MOST = 200; // steps, then it is over

/** Numbers from 0 to 1, the same for the same seed (mulberry32). @param {number} seed @returns {() => number} */
export function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class Walk {
  steps = 0;
  total = 0;
  over = false;
  /** Whether the last step slipped. */
  slipped = false;
  /** The cells it came through. @type {number[]} */
  trail = [];
  /** The cells that were near enough to be seen. @type {Set<number>} */
  seen = new Set();

  /** @param {Rules} rules @param {() => number} random @param {number} gamma the discount */
  constructor(rules, random, gamma) {
    this.rules = rules;
    this.random = random;
    this.gamma = gamma;
    this.at = rules.start;
    this.#arrive();
  }

  /** @param {number} action left, down, right, up */
  step(action) {
    if (this.over) return;
    const { next, pay, ends, columns } = this.rules;
    const done = this.#slip(action);
    this.slipped = done !== action;
    const i = 4 * this.at + done;
    this.total += this.gamma ** this.steps * pay[i];
    this.at = next[2 * i] * columns + next[2 * i + 1];
    this.steps++;
    if (ends[this.at] || this.steps >= MOST) this.over = true;
    this.#arrive();
  }

  /** The action that is done: the one that was meant, or one across it. @param {number} action */
  #slip(action) {
    const chance = this.rules.aside[this.at];
    const drawn = this.random();
    if (drawn < chance) return (action + 3) % 4;
    return drawn < 2 * chance ? (action + 1) % 4 : action;
  }

  #arrive() {
    const { rows, columns } = this.rules;
    this.trail.push(this.at);
    const [row, column] = [Math.floor(this.at / columns), this.at % columns];
    for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) this.seen.add(r * columns + c);
  }
}
