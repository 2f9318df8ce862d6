import assert from "node:assert/strict";
import { test } from "node:test";
import { classesOf, look } from "../../src/playground/web/static/classes.js";
import { broken, level } from "../../src/playground/web/static/heads.js";
import { DRAW } from "../../src/playground/web/static/layers.js";

/** A pen that writes down what it is told, and the colour and width at that time. */
function recorder() {
  /** @type {any[][]} */
  const told = [];
  const state = /** @type {Record<string, any>} */ ({ globalAlpha: 1 });
  const pen = new Proxy(state, {
    get: (_, name) => (name in state ? state[/** @type {string} */ (name)] : (/** @type {any[]} */ ...args) => void told.push([name, ...args, ...(name === "fill" ? [state.fillStyle] : name === "stroke" ? [state.strokeStyle, state.lineWidth] : [])])),
  });
  return { pen: /** @type {any} */ (pen), told, of: (/** @type {string} */ name) => told.filter(([call]) => call === name).map(([, ...args]) => args) };
}

const plane = { width: 100, height: 100, scale: 10, x: (/** @type {number} */ u) => u, y: (/** @type {number} */ v) => v };
const tensor = (/** @type {number[]} */ data, /** @type {number[]} */ ...shape) => ({ data: Float32Array.from(data), shape });
const frame = (/** @type {Record<string, any>} */ arrays) => ({ step: 0, phase: "a", metrics: {}, texts: {}, arrays });
const job = (/** @type {any} */ layer, /** @type {any} */ here, /** @type {any} */ next = null, mix = 0) => /** @type {any} */ ({
  layer: { labels: "", names: "", width: 1.3, array: "it", ...layer },
  frame: here, next, mix, chapter: [here], plane, color: "own", paper: "paper", ink: "ink", names: [], token: (/** @type {string} */ name) => name,
});

test("a mesh is a line along every row and every column, between frames as far as the clock is", () => {
  const at = (/** @type {number} */ shift) => frame({ it: tensor([0, 0, 1, 0, 2, 0, 0, 1, 1, 1, 2, 1].map((v) => v + shift), 2, 3, 2) });
  const { pen, of } = recorder();
  DRAW.mesh(pen, job({}, at(0), at(10), 0.5));
  assert.deepEqual(of("moveTo"), [[5, 5], [5, 6], [5, 5], [6, 5], [7, 5]], "two rows, then three columns");
  assert.deepEqual(of("lineTo"), [[6, 5], [7, 5], [6, 6], [7, 6], [5, 6], [6, 6], [7, 6]]);
});

test("points with labels take their class's colour and shape, others their layer's", () => {
  const here = frame({ it: tensor([1, 2, 3, 4, 5, 6], 3, 2), kind: { data: Uint8Array.from([1, 0, 1]), shape: [3] } });
  const plain = recorder();
  DRAW.points(plain.pen, job({}, here));
  assert.deepEqual(plain.of("fill"), [["own"], ["own"], ["own"]]);
  const { pen, of } = recorder();
  DRAW.points(pen, job({ labels: "kind" }, here));
  assert.deepEqual(of("fill"), [["class-0"], ["class-1"], ["class-1"]]);
  assert.deepEqual(of("arc").map(([x, y]) => [x, y]), [[3, 4]], "class 0 is a dot");
  assert.deepEqual(of("rect").map(([x, y, w, h]) => [x + w / 2, y + h / 2]), [[1, 2], [5, 6]], "class 1 squares");
});

test("trails with labels keep their points and take their class's colour", () => {
  const n = 32;
  const here = frame({ it: tensor(Array.from({ length: 2 * n }, (_, i) => i), n, 2), kind: { data: Uint8Array.from({ length: n }, (_, i) => (i < 16 ? 0 : 1)), shape: [n] } });
  const { pen, told } = recorder();
  DRAW.trails(pen, job({ labels: "kind" }, here));
  const strokes = told.filter(([call]) => call === "moveTo" || call === "stroke").map(([call, a]) => (call === "stroke" ? a : a / 2));
  assert.deepEqual(strokes, [0, 8, "class-0", 16, 24, "class-1"]);
});

test("the first four classes differ in colour and in shape, sixteen in one of them", () => {
  const looks = Array.from({ length: 16 }, (_, i) => look(i));
  assert.equal(new Set(looks.slice(0, 4).map(({ color }) => color)).size, 4);
  assert.equal(new Set(looks.slice(0, 4).map(({ shape }) => shape)).size, 4);
  assert.equal(new Set(looks.map(({ color, shape }) => color + shape)).size, 16);
  assert.deepEqual(classesOf([2, 0, 2, 1]), [0, 1, 2]);
});

test("a heavy arrow has an edge of paper under it, a light one none; each head reaches its end", () => {
  const here = frame({ it: tensor([1, 2, 3, 0], 1, 4) });
  const light = recorder();
  DRAW.arrows(light.pen, job({}, here));
  assert.deepEqual(light.of("stroke"), [["own", 1.3]]);
  const { pen, of } = recorder();
  DRAW.arrows(pen, job({ width: 4 }, here));
  assert.deepEqual(of("stroke").map(([color, width]) => `${color} ${width}`), ["paper 10", "paper 6", "own 4"]);
  assert.deepEqual(of("moveTo").at(-1), [31, 2], "the tip");
});

test("words stand in a line while they can, else on two, else not level", () => {
  const measure = (/** @type {string} */ text) => text.length * 0.5;
  assert.deepEqual(level(["face", "animal"], measure, 60, 14), { lines: [["face"], ["animal"]], size: 14, slant: 0 });
  assert.equal(level(["instrument"], measure, 60, 14)?.size, 54 / 5, "a little smaller rather than broken");
  assert.deepEqual(level(["hot soup"], measure, 30, 14)?.lines, [["hot", "soup"]]);
  assert.deepEqual(level(["交通工具", "猫"], (text) => text.length, 30, 14)?.lines, [["交通", "工具"], ["猫"]]);
  assert.equal(level(["instrument"], measure, 30, 14), null);
  assert.deepEqual(broken("a wide word"), ["a wide", "word"]);
});
