import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "../../src/playground/web/static/run.js";
import { FrameReader, Refusal, lines, tensor } from "../../src/playground/web/static/wire.js";

const spec = (/** @type {string} */ dtype, /** @type {ArrayBufferView} */ view, /** @type {number[]} */ shape) => ({
  dtype,
  shape,
  bdata: Buffer.from(view.buffer).toString("base64"),
});

test("every kind of number comes back", () => {
  assert.deepEqual([...tensor(spec("u1", Uint8Array.of(0, 255), [2])).data], [0, 255]);
  assert.deepEqual([...tensor(spec("i2", Int16Array.of(-5, 32000), [2])).data], [-5, 32000]);
  assert.deepEqual([...tensor(spec("f4", Float32Array.of(0.5, -2), [2])).data], [0.5, -2]);
});

test("half precision: by the standard's own examples", () => {
  const bits = { 0x0000: 0, 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0400: 2 ** -14, 0x0001: 2 ** -24, 0x3555: 0.333251953125 };
  const halves = tensor(spec("f2", Uint16Array.from(Object.keys(bits).map(Number)), [7])).data;
  assert.deepEqual([...halves].map(Math.abs).sort(), Object.values(bits).map(Math.abs).sort());
});

test("an array left off is the one before", () => {
  const reader = new FrameReader();
  const arrays = { a: spec("u1", Uint8Array.of(1), [1]), b: spec("u1", Uint8Array.of(2), [1]) };
  const first = reader.read({ step: 0, phase: "", metrics: {}, texts: {}, arrays });
  const second = reader.read({ step: 1, phase: "", metrics: {}, texts: {}, arrays: { b: spec("u1", Uint8Array.of(3), [1]) } });
  assert.deepEqual([second.arrays.a.data[0], second.arrays.b.data[0], first.arrays.b.data[0]], [1, 3, 2]);
});

const streamed = (/** @type {string[]} */ parts) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    }),
  );

test("lines survive being cut anywhere", async () => {
  const found = [];
  for await (const line of lines(/** @type {any} */ (streamed(['{"a"', ':1}\n{"b":2}\n{"c"', ":3}\n"]).body))) found.push(line);
  assert.deepEqual(found, [{ a: 1 }, { b: 2 }, { c: 3 }]);
});

const listener = () => {
  /** @type {any[]} */
  const heard = [];
  return {
    heard,
    header: (/** @type {any} */ line) => heard.push(["header", line.frames]),
    queued: (/** @type {number} */ place) => heard.push(["queued", place]),
    frame: (/** @type {any} */ frame) => heard.push(["frame", frame.step]),
    end: (/** @type {number} */ seconds) => heard.push(["end", seconds]),
  };
};
const frameLine = '{"step":4,"phase":"","metrics":{},"texts":{},"arrays":{}}\n';
const never = new AbortController().signal;

test("a run is header, queue places, frames and an end", async () => {
  const ear = listener();
  await follow(streamed(['{"frames":9}\n{"queued":2}\n', frameLine, '{"end":true,"frames":1,"seconds":0.5}\n']), "en", never, ear);
  assert.deepEqual(ear.heard, [["header", 9], ["queued", 2], ["frame", 4], ["end", 0.5]]);
});

test("an error line is a refusal in the reader's language, a cut stream is a broken connection", async () => {
  const failed = streamed(['{"frames":9}\n{"error":{"code":"x","en":"Stopped.","zh":"停了。"}}\n']);
  await assert.rejects(follow(failed, "zh", never, listener()), (error) => error instanceof Refusal && error.message === "停了。");
  await assert.rejects(follow(streamed(['{"frames":9}\n', frameLine]), "en", never, listener()), TypeError);
});
