import assert from "node:assert/strict";
import { test } from "node:test";
import { Pace, fraction } from "../../src/playground/web/static/progress.js";

const chapters = [
  { phase: "forward", frames: 21, last: 20, share: 0.1 },
  { phase: "train", frames: 30, last: 800, share: 0.7 },
  { phase: "reverse", frames: 25, last: 24, share: 0.2 },
];
const at = (/** @type {string} */ phase, /** @type {number} */ step) => [{ phase, step }];
const near = (/** @type {number | null} */ found, /** @type {number} */ wanted, within = 1e-9) => assert.ok(found !== null && Math.abs(found - wanted) <= within, `${found} is not ${wanted}`);

test("work done: the chapters before, and this one as far as its step", () => {
  assert.equal(fraction(chapters, [], 76), 0);
  near(fraction(chapters, at("forward", 10), 76), 0.05);
  near(fraction(chapters, at("train", 0), 76), 0.1);
  near(fraction(chapters, at("train", 400), 76), 0.45);
  near(fraction(chapters, at("reverse", 24), 76), 1);
});

test("shares need not add up to one, and a chapter of one picture is done with it", () => {
  const two = [{ phase: "a", frames: 1, last: 0, share: 2 }, { phase: "b", frames: 3, last: 2, share: 6 }];
  near(fraction(two, at("a", 0), 4), 0.25);
  near(fraction(two, at("b", 1), 4), 0.625);
});

test("where the chapters say nothing, frames are counted", () => {
  near(fraction([], [...at("walk", 0), ...at("walk", 1)], 8), 0.25);
  near(fraction(chapters, at("diverged", 3), 4), 0.25);
  near(fraction([], at("walk", 0), 0.5), 1);
});

/** What is told each half second of a run that takes so long. @param {Pace} pace @param {number} seconds */
const told = (pace, seconds) => Array.from({ length: 2 * seconds + 1 }, (_, i) => pace.left(i / 2, i / 2 / seconds));

test("a run as long as it was estimated: silent at first, then exact, and silent again at the end", () => {
  const said = told(new Pace(10), 10);
  assert.deepEqual(said.slice(0, 2), [null, null]);
  for (let i = 2; i < 18; i++) near(said[i], 10 - i / 2, 1e-6);
  assert.deepEqual(said.slice(18), [null, null, null]);
});

test("a slower machine: nearer to the truth with every look, without a jump", () => {
  const said = told(new Pace(10), 30);
  for (let i = 3; i < 57; i++) assert.ok(Math.abs(Number(said[i]) - Number(said[i - 1])) < 3, `${said[i - 1]} to ${said[i]}`);
  near(said[30], 15, 4);
  near(said[50], 5, 1);
});

test("frames that were there before the viewer came are no pace", () => {
  const pace = new Pace(20);
  pace.left(0, 0.01);
  pace.left(0.1, 0.6); // half of the run at once
  pace.left(0.6, 0.6);
  near(pace.left(2.6, 0.7), 6, 1e-6);
});

test("a run that dawdles on the way: the seconds rise slowly", () => {
  const pace = new Pace(10);
  let [at, done, before] = [0, 0, /** @type {number | null} */ (null)];
  for (let i = 0; i < 100; i++) {
    const left = pace.left(at, done);
    if (left !== null && before !== null) assert.ok(Math.abs(left - before) < 0.5, `from ${before} to ${left}`);
    before = left;
    at += 0.1;
    done += i < 50 ? 0.01 : 0.003;
  }
  assert.ok(before !== null && before > 3 && before < 8);
});
