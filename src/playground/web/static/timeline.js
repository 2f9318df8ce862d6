/** The player's clock: which frame is on the stage. Knows no document, so that node can test it. */

/** @typedef {import("./wire.js").Frame} Frame */

export const FRAMES_PER_SECOND = 10;
export const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** The frames of a frame's chapter up to it. @param {Frame[]} frames @param {number} index */
export function chapterAt(frames, index) {
  let first = index;
  while (first > 0 && frames[first - 1].phase === frames[index].phase) first--;
  return frames.slice(first, index + 1);
}

export class Timeline {
  /** @type {Frame[]} */
  frames = [];
  /** How many frames are to come at most; the true number once the run has ended. */
  total = 1;
  complete = false;
  position = 0;
  playing = false;
  loop = false;
  speed = 1;
  /** A frame asked for by a link that has not arrived yet. @type {number | null} */
  wanted = null;
  /** The chapters to come, as far as they are known. @type {{phase: string, frames: number}[]} */
  #planned = [];

  /** @param {number} total @param {{phase: string, frames: number}[]} [planned] @param {number} [keep] frames that the next run begins with as well: the clock stays among them */
  reset(total, planned = [], keep = 0) {
    this.frames = this.frames.slice(0, keep);
    this.#planned = planned;
    this.total = Math.max(1, total);
    this.complete = false;
    this.position = Math.min(this.position, this.last);
  }

  /** @param {Frame} frame @param {number} [i] its place @returns {boolean} whether the clock shows it: it is the first, or the one that was waited for */
  push(frame, i = this.frames.length) {
    this.frames[i] = frame;
    if (i < this.frames.length - 1) return false; // kept, and here again
    this.total = Math.max(this.total, this.frames.length);
    if (this.wanted === null || this.wanted >= this.frames.length) return this.frames.length === 1;
    this.position = this.wanted;
    this.wanted = null;
    return true;
  }

  end() {
    this.complete = true;
    this.total = Math.max(1, this.frames.length);
    if (this.wanted !== null) this.seek(this.last);
    this.wanted = null;
  }

  get last() {
    return Math.max(0, this.frames.length - 1);
  }

  get index() {
    return Math.min(this.last, Math.floor(this.position + 1e-9));
  }

  get frame() {
    return this.frames[this.index];
  }

  /** The frame that follows within the same chapter, and how far the clock is on the way to it. */
  get ahead() {
    const next = this.frames[this.index + 1];
    const mix = this.position - this.index;
    return next && next.phase === this.frame.phase && mix > 0 ? { next, mix } : null;
  }

  /** @param {number} position */
  seek(position) {
    this.wanted = null;
    this.position = Math.min(this.last, Math.max(0, position));
  }

  /** Show a frame as soon as it is there. @param {number | null} frame null for none */
  expect(frame) {
    if (frame !== null && frame < this.frames.length) this.seek(frame);
    else this.wanted = frame;
  }

  /** @param {number} by */
  step(by) {
    this.playing = false;
    this.seek(Math.round(this.position - (by < 0 ? 0 : 1e-9)) + by);
  }

  toggle() {
    if (!this.playing && this.complete && this.index >= this.last) this.seek(0);
    this.playing = !this.playing;
  }

  /** @param {number} by */
  faster(by) {
    const i = SPEEDS.indexOf(this.speed) + by;
    this.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, i))];
  }

  /** Let time pass. @param {number} seconds @returns {boolean} whether the picture changed */
  tick(seconds) {
    if (!this.playing || !this.frames.length || this.wanted !== null) return false;
    const before = this.position;
    this.position = Math.min(this.last, this.position + Math.max(0, seconds) * FRAMES_PER_SECOND * this.speed);
    if (this.position >= this.last && this.complete) {
      if (this.loop && this.last > 0) this.position = before >= this.last ? 0 : this.last;
      else this.playing = false;
    }
    return this.position !== before || !this.playing;
  }

  /** The chapters in order: name, first frame, number of frames, whether it is still to come. While the run goes on, as they were planned. */
  get chapters() {
    /** @type {{phase: string, start: number, count: number, coming: boolean}[]} */
    const found = [];
    this.frames.forEach((frame, i) => {
      const open = found.at(-1);
      if (open && open.phase === frame.phase) open.count++;
      else found.push({ phase: frame.phase, start: i, count: 1, coming: false });
    });
    if (this.complete) return found;
    const open = found.at(-1);
    const here = this.#planned.findIndex(({ phase }) => phase === open?.phase);
    if (open && here >= 0) open.count = Math.max(open.count, this.#planned[here].frames);
    for (const { phase, frames } of open && here < 0 ? [] : this.#planned.slice(here + 1)) {
      const before = found.at(-1);
      found.push({ phase, start: before ? before.start + before.count : 0, count: frames, coming: true });
    }
    return found;
  }
}
