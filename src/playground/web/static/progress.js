/** How far a run is, and how long it still takes: reckoned from its chapters' shares of the work. Knows no document. */

/**
 * @typedef {{phase: string, frames: number, last: number, share: number}} Chapter as far as it is known beforehand
 * @typedef {{phase: string, step: number}} Moment
 */

const SETTLES = 0.5; // seconds of frames that were there already, when a viewer joins a run
const MEASURED = 0.5; // seconds of pace before anything is said
const TRUSTED = 2; // seconds for which the estimate beforehand weighs as much as what is measured
const LEAST = 1.5; // seconds to go that are worth a word
const CALM = 1.5; // seconds in which a new pace replaces the old one

/** The chapter a frame belongs to. @param {Chapter[]} chapters @param {Moment | undefined} frame */
export const chapterOf = (chapters, frame) => chapters.find(({ phase }) => phase === frame?.phase);

/**
 * The part of the work that is done; by the number of frames where the chapters don't know it.
 * @param {Chapter[]} chapters @param {Moment[]} frames so far @param {number} total frames at most
 */
export function fraction(chapters, frames, total) {
  const frame = frames.at(-1);
  if (!frame) return 0;
  const here = chapterOf(chapters, frame);
  if (!here) return Math.min(1, frames.length / total);
  const work = (/** @type {Chapter[]} */ some) => some.reduce((sum, { share }) => sum + share, 0);
  const part = here.last ? Math.min(1, frame.step / here.last) : 1;
  return (work(chapters.slice(0, chapters.indexOf(here))) + here.share * part) / work(chapters);
}

/** The seconds to go: the work as estimated, scaled by how the pace so far compares with it. A change of pace is taken in slowly. */
export class Pace {
  /** @type {number | null} */
  #began = null;
  /** Where measuring began. @type {{at: number, done: number} | null} */
  #from = null;
  /** @type {{at: number, left: number} | null} */
  #told = null;

  /** @param {number} work seconds, as estimated beforehand */
  constructor(work) {
    this.work = work;
  }

  /**
   * @param {number} at seconds on any clock @param {number} done the part of the work
   * @returns {number | null} null while it would be a guess, or too short to speak of
   */
  left(at, done) {
    this.#began ??= at;
    if (!this.#from && at - this.#began >= SETTLES) this.#from = { at, done };
    if (!this.#from || at - this.#from.at < MEASURED) return null;
    const slower = (at - this.#from.at + TRUSTED) / (this.work * (done - this.#from.done) + TRUSTED);
    const now = this.work * (1 - done) * slower;
    const before = this.#told && { at: this.#told.at, left: this.#told.left - (at - this.#told.at) };
    const left = before ? before.left + (now - before.left) * (1 - Math.exp((before.at - at) / CALM)) : now;
    this.#told = { at, left };
    return left >= LEAST ? left : null;
  }
}
