/** One run, from its address to its frames. */

import { FrameReader, Lost, Refusal, lines } from "./wire.js";

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {{
 *   header: (line: {frames: number, v: string, key: string}) => void,
 *   queued: (place: number) => void,
 *   frame: (frame: Frame) => void,
 *   end: (seconds: number, ran?: import("./source.js").Ran) => void,
 * }} Listener
 */

const BUSY = 100; // ms of reading before the browser may draw again

/**
 * Read a run to its end. Throws a Refusal with the server's sentence, AbortError when stopped, Lost when the
 * connection breaks.
 * @param {Response} response @param {"en" | "zh"} lang @param {AbortSignal} signal @param {Listener} listener
 */
export async function follow(response, lang, signal, listener) {
  const reader = new FrameReader();
  let ended = false;
  let rested = performance.now();
  for await (const line of lines(/** @type {ReadableStream<Uint8Array>} */ (response.body))) {
    if (signal.aborted) return;
    if (line.error) throw new Refusal([line.error], lang);
    else if (line.end) {
      ended = true;
      listener.end(line.seconds, line.ran);
    } else if (line.queued !== undefined) listener.queued(line.queued);
    else if (line.step !== undefined) {
      listener.frame(reader.read(line));
      if (performance.now() - rested > BUSY) {
        await new Promise((resolve) => setTimeout(resolve));
        rested = performance.now();
      }
    } else listener.header(line);
  }
  if (!ended && !signal.aborted) throw new Lost("the stream broke off");
}
