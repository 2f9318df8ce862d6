/** Two runs side by side: what they differ in, which frame of one stands for a frame of the other, where they part. Knows no document. */

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {import("./charts.js").Chart} Chart
 * @typedef {{frames: Frame[], whole: boolean}} Run `whole` once every frame is here
 * @typedef {{index: number, exact: boolean, final: boolean}} Place index -1 where the chapter is not there; `final` when no frame to come can lie nearer
 */

const CLOSE = 1e-6; // between two t that were reckoned in different numbers of steps

/** The changes that `vs` asks for, "field:value" joined by ";"; null where it can't be read. @param {string} vs @returns {Record<string, string> | null} */
export function changesOf(vs) {
  /** @type {Record<string, string>} */
  const changes = {};
  for (const part of vs.split(/;(?=[A-Za-z_]\w*:)/)) {
    const [, name, value] = /^([A-Za-z_]\w*):(.*)$/s.exec(part) ?? [];
    if (name === undefined || name in changes) return null;
    changes[name] = value;
  }
  return changes;
}

/** @param {Record<string, any>} changes */
export const vsFrom = (changes) => Object.entries(changes).map(([name, value]) => `${name}:${value}`).join(";");

/** The fields in which two runs differ. @param {Record<string, any>} one @param {Record<string, any>} other @param {{name: string}[]} fields */
export const differing = (one, other, fields) => fields.map(({ name }) => name).filter((name) => String(one[name]) !== String(other[name]));

/** Where a frame lies in its chapter: at its t, where the chapter has one, else at its step. @param {Frame} frame */
const place = ({ metrics, step }) => metrics.t ?? step;

/**
 * The frame of a run that stands for a frame of another: in the same chapter, the nearest by the same t or the same step.
 * @param {Run} run @param {Frame} frame @returns {Place}
 */
export function counterpart({ frames, whole }, frame) {
  const first = frames.findIndex(({ phase }) => phase === frame.phase);
  if (first < 0) return { index: -1, exact: false, final: whole };
  const wanted = place(frame);
  const away = (/** @type {number} */ i) => Math.abs(place(frames[i]) - wanted);
  let [index, last] = [first, first];
  for (; last < frames.length && frames[last].phase === frame.phase; last++) if (away(last) < away(index)) index = last;
  const exact = away(index) <= CLOSE;
  return { index, exact, final: exact || whole || last < frames.length || passed(frames, first, last - 1, wanted) };
}

/** Whether a chapter that goes on has passed a place; its t may fall as its steps rise. @param {Frame[]} frames @param {number} first @param {number} last @param {number} wanted */
const passed = (frames, first, last, wanted) => (place(frames[last]) - wanted) * (place(frames[last]) - place(frames[first])) > 0;

/** The frame to which a second run moves on while the first is on its way to its next. @param {Run} run @param {number} index shown of the run @param {Frame} next of the other */
export function following(run, index, next) {
  const there = counterpart(run, next).index;
  return there > index ? run.frames[there] : null;
}

/** @param {ArrayLike<unknown>} one @param {ArrayLike<unknown>} other */
const alike = (one, other) => one === other || (one.length === other.length && Array.prototype.every.call(one, (value, i) => value === other[i]));

/** @template T @param {Record<string, T>} one @param {Record<string, T>} other @param {(a: T, b: T) => boolean} same */
function allAlike(one, other, same) {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other && same(one[name], other[name]));
}

/** Equal to the last digit: every number, every array, every text. @param {Frame} one @param {Frame} other */
export function equal(one, other) {
  return (
    allAlike(one.metrics, other.metrics, (a, b) => a === b) &&
    allAlike(one.texts, other.texts, alike) &&
    allAlike(one.arrays, other.arrays, (a, b) => a === b || (alike(a.shape, b.shape) && alike(a.data, b.data)))
  );
}

/** Looks for the first frame at which two runs part, as far as both have come. Only frames at the same place are compared. */
export class Parting {
  /** Frames of the first run that were looked at. */
  #seen = 0;
  /** @type {"open" | "parted" | "equal" | "unlike"} `unlike`: no two frames differ, but the runs have others besides */
  state = "open";
  /** The frame of the first run at which they part. */
  at = -1;

  /** @param {Run} one @param {Run} other */
  look(one, other) {
    for (; this.state === "open" && this.#seen < one.frames.length; this.#seen++) {
      const frame = one.frames[this.#seen];
      const { index, exact, final } = counterpart(other, frame);
      if (!final) return;
      if (index < 0 || (exact && !equal(frame, other.frames[index]))) [this.state, this.at] = ["parted", this.#seen];
    }
    if (this.state === "open" && one.whole && other.whole) this.state = one.frames.length === other.frames.length ? "equal" : "unlike";
  }
}

/** The charts of both runs, and in each the curves of both. @param {Chart[]} charts @param {Chart[]} others @returns {Chart[]} */
export function overlaid(charts, others) {
  const both = charts.map((chart) => {
    const other = others.find(({ key }) => key === chart.key);
    return { ...chart, series: [...chart.series, ...more(chart.series, other?.series, "metric")], phases: [...new Set([...chart.phases, ...(other?.phases ?? [])])] };
  });
  return [...both, ...more(charts, others, "key")];
}

/** What only the second list has. @template T @param {T[]} some @param {T[] | undefined} others @param {keyof T} name */
export const more = (some, others = [], name) => others.filter((other) => !some.some((one) => one[name] === other[name]));
