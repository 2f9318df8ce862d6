import assert from "node:assert/strict";
import { test } from "node:test";
import { Parting, changesOf, counterpart, differing, equal, following, overlaid, vsFrom } from "../../src/playground/web/static/pair.js";

/** @param {number} step @param {string} phase @param {Record<string, number>} [metrics] @param {number[]} [data] */
const frame = (step, phase, metrics = {}, data = [step]) => ({ step, phase, metrics, texts: {}, arrays: { x: { data: Float32Array.from(data), shape: [data.length] } } });
/** @param {string} phase @param {number[]} steps */
const chapter = (phase, steps) => steps.map((step) => frame(step, phase));
/** A chapter in which t falls from 1 to 0. @param {number} count @param {number} [shown] */
const walk = (count, shown = count + 1) => Array.from({ length: shown }, (_, k) => frame(k, "walk", { t: 1 - k / count }));
/** @param {any[]} frames */
const whole = (frames) => ({ frames, whole: true });
/** @param {any[]} frames */
const coming = (frames) => ({ frames, whole: false });

test("a second run is asked for by field and value, by several of them, and by a drawing", () => {
  assert.deepEqual(changesOf("objective:ddpm"), { objective: "ddpm" });
  assert.deepEqual(changesOf("objective:ddpm;schedule:cosine"), { objective: "ddpm", schedule: "cosine" });
  assert.deepEqual(changesOf("data:drawn;points:1,2;3,-4;5,6"), { data: "drawn", points: "1,2;3,-4;5,6" });
  assert.deepEqual(changesOf("edits:100:lr=0.1;200:lr=0.2"), { edits: "100:lr=0.1;200:lr=0.2" });
  for (const vs of ["objective:ddpm;schedule:cosine", "data:drawn;points:1,2;3,4", "note:"]) assert.equal(vsFrom(changesOf(vs) ?? {}), vs);
});

test("what can't be read as a second run is none", () => {
  for (const vs of ["", "objective", ":", "<img src=x onerror=alert(1)>", "a:1;a:2", ";a:1", "1:2"]) assert.equal(changesOf(vs), null, vs);
});

test("runs differ in the fields whose values differ, however these are written", () => {
  const fields = ["data", "steps", "eta"].map((name) => ({ name }));
  assert.deepEqual(differing({ data: "ring", steps: 800, eta: 0 }, { data: "ring", steps: "20", eta: "0" }, fields), ["steps"]);
});

test("the same step stands for a step, else the nearest; the chapter decides, not the place in the run", () => {
  const first = [...chapter("a", [0, 1]), ...chapter("train", [0, 10, 20, 400])];
  const second = whole([...chapter("a", [0, 1, 2, 3]), ...chapter("train", [0, 8, 20])]);
  const steps = first.map((one) => second.frames[counterpart(second, one).index]).map(({ phase, step }) => `${phase}${step}`);
  assert.deepEqual(steps, ["a0", "a1", "train0", "train8", "train20", "train20"]);
  assert.deepEqual(first.map((one) => counterpart(second, one).exact), [true, true, true, false, true, false]);
});

test("where a chapter has t, the same t stands for it, whatever the number of steps", () => {
  const second = whole(walk(20));
  for (const one of walk(5)) {
    const { index, exact } = counterpart(second, one);
    assert.ok(exact);
    assert.ok(Math.abs(second.frames[index].metrics.t - one.metrics.t) < 1e-9);
    assert.equal(second.frames[index].step, 4 * one.step);
  }
});

test("a run that still goes on may come nearer; once its chapter is over, or has passed the place, it does not", () => {
  const train = frame(100, "train");
  assert.deepEqual(counterpart(coming([]), train), { index: -1, exact: false, final: false });
  assert.equal(counterpart(coming(chapter("train", [0, 40])), train).final, false);
  assert.equal(counterpart(coming(chapter("train", [0, 40, 110])), train).final, true, "passed");
  assert.equal(counterpart(coming([...chapter("train", [0, 40]), frame(0, "walk", { t: 1 })]), train).final, true, "the next chapter");
  assert.equal(counterpart(coming(chapter("train", [0, 100])), train).final, true, "the very step");
  assert.equal(counterpart(whole(chapter("train", [0, 40])), train).final, true, "the end");
});

test("time that falls is passed from above", () => {
  const half = frame(0, "walk", { t: 0.5 });
  assert.equal(counterpart(coming(walk(7, 3)), half).final, false, "t = 0.71 so far");
  assert.equal(counterpart(coming(walk(7, 5)), half).final, true, "t = 0.43");
});

test("a run without the chapter has no such frame, which is known at its end", () => {
  assert.deepEqual(counterpart(whole(chapter("train", [0])), frame(0, "walk")), { index: -1, exact: false, final: true });
});

test("between two frames the second run moves on to its own next, if it has one", () => {
  const second = whole(chapter("train", [0, 10, 20]));
  assert.equal(following(second, 0, frame(9, "train"))?.step, 10);
  assert.equal(following(second, 1, frame(11, "train")), null);
});

test("frames are equal to the last bit of every number, array and text, or not", () => {
  const one = frame(1, "a", { loss: 0.1 }, [1, 2]);
  assert.ok(equal(one, frame(1, "a", { loss: 0.1 }, [1, 2])));
  assert.ok(!equal(one, frame(1, "a", { loss: 0.1 + 1e-16 * 2 }, [1, 2])));
  assert.ok(!equal(one, frame(1, "a", { loss: 0.1 }, [1, 2 + 1e-6])));
  assert.ok(!equal(one, frame(1, "a", { loss: 0.1, more: 1 }, [1, 2])));
  assert.ok(!equal(one, { ...frame(1, "a", { loss: 0.1 }, [1, 2]), texts: { said: ["x"] } }));
  assert.ok(!equal(one, frame(1, "a", { loss: 0.1 }, [1])));
});

test("they part at the first frame that differs at the same place; frames elsewhere say nothing", () => {
  const first = whole([...chapter("train", [0, 10, 20]), ...walk(20)]);
  const second = whole([...chapter("train", [0, 10, 20]), ...walk(10).map((one) => ({ ...one, step: 2 * one.step, metrics: { ...one.metrics }, arrays: first.frames[3 + 2 * one.step].arrays }))]);
  for (const [k, one] of second.frames.slice(3).entries()) one.metrics = { ...first.frames[3 + 2 * k].metrics };
  second.frames[3 + 4].metrics.t += 1e-9; // at t = 0.6
  const parting = new Parting();
  parting.look(first, second);
  assert.deepEqual([parting.state, parting.at], ["parted", 3 + 8]);
});

test("while frames arrive nothing is said too early", () => {
  const [first, second] = [chapter("a", [0, 1, 2, 3]), chapter("a", [0, 1, 2, 3])];
  second[2].metrics.loss = 1;
  const parting = new Parting();
  for (const k of [0, 1, 2]) {
    parting.look(coming(first), coming(second.slice(0, k)));
    assert.equal(parting.state, "open");
  }
  parting.look(coming(first), coming(second.slice(0, 3)));
  assert.deepEqual([parting.state, parting.at], ["parted", 2]);
});

test("equal runs are equal only once both are whole; one that was stopped is not", () => {
  const frames = chapter("a", [0, 1]);
  const parting = new Parting();
  parting.look(whole(frames), coming(frames));
  assert.equal(parting.state, "open");
  parting.look(whole(frames), whole(frames));
  assert.equal(parting.state, "equal");
});

test("runs of different lengths that agree wherever they meet are not called equal", () => {
  const parting = new Parting();
  parting.look(whole(chapter("a", [0, 1])), whole(chapter("a", [0, 1, 2])));
  assert.equal(parting.state, "unlike");
});

test("a run that lacks the chapter parts where the chapter begins", () => {
  const parting = new Parting();
  parting.look(whole([...chapter("a", [0]), ...chapter("b", [0])]), whole(chapter("a", [0])));
  assert.deepEqual([parting.state, parting.at], ["parted", 1]);
});

test("charts of both are one list, and their curves one chart's", () => {
  const chart = (/** @type {string} */ key, /** @type {string[]} */ metrics, phases = ["a"]) => ({ key, phases, x: "step", log: false, log_x: false, series: metrics.map((metric) => ({ metric, color: "model", reference: false })) });
  const both = overlaid([chart("loss", ["loss"]), chart("steps", ["heun", "floor"])], [chart("steps", ["dpm", "floor"], ["a", "b"]), chart("fid", ["fid"])]);
  assert.deepEqual(both.map(({ key }) => key), ["loss", "steps", "fid"]);
  assert.deepEqual(both[1].series.map(({ metric }) => metric), ["heun", "floor", "dpm"]);
  assert.deepEqual(both[1].phases, ["a", "b"]);
});
