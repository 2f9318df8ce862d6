/** When to ask a server again that can't be reached, or has no room just now. Knows no document. */

import { Lost, Refusal } from "./wire.js";

const LONGEST = 15; // seconds between two tries
const PASSING = ["stopping", "too_busy", "tab_full"]; // what a server says in a run's last line, and will not say for long

/**
 * The seconds to wait before the next try; null where none would help. A hall full of pages doesn't come back all at once.
 * @param {unknown} error @param {number} tries so far @param {() => number} [chance]
 */
export function pause(error, tries, chance = Math.random) {
  const spread = 0.75 + chance() / 2;
  if (error instanceof Lost) return Math.min(LONGEST, 2 ** tries / 2) * spread;
  if (!(error instanceof Refusal)) return null;
  if (error.after !== null) return error.after * spread;
  return PASSING.includes(error.errors[0]?.code ?? "") ? 2 * spread : null;
}

/** Let time pass, but no longer than until the signal. @param {number} seconds @param {AbortSignal} [signal] */
export const rest = (seconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(done, 1000 * seconds);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve(undefined);
    }
    signal?.addEventListener("abort", done);
  });
