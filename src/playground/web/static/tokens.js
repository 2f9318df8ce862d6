/** Tokens as they can be seen: what has no shape of its own gets one, and nothing changes the direction of what stands beside it. Knows no document. */

const SIGNS = /** @type {Record<string, string>} */ ({ "\n": "⏎", "\r": "␍", "\t": "⇥", "": "∅" });
const UNSEEN = /(?<!\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})\u200d|[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Cn}\p{Co}\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
const STACKED = /(\p{M}{2})\p{M}+/gu; // of marks over one letter two are kept
const [ISOLATE, END] = ["\u2068", "\u2069"];

/** A character that would not be seen, or would turn round what is. @param {string} char */
const sign = (char) => SIGNS[char] ?? `‹${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}›`;

/** A token on one line: control characters as signs, spaces alone as ␣. @param {string} token */
export function shown(token) {
  if (/^ *$/.test(token)) return token ? "␣".repeat(token.length) : SIGNS[""];
  const seen = token.replace(UNSEEN, sign).replace(STACKED, "$1");
  return /^\p{M}/u.test(seen) ? `◌${seen}` : seen;
}

/** The same within a sentence, whose direction it leaves alone. @param {string} token */
export const isolated = (token) => ISOLATE + shown(token) + END;

/** A text of many lines: as it is, but for what would not be seen. @param {string} text */
export const readable = (text) => text.replace(UNSEEN, (char) => (char === "\n" || char === "\t" ? char : sign(char))).replace(STACKED, "$1");

const pieces = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** As much of a text as has room, whole characters, with … where something is left out. @param {string} text @param {number} room @param {(text: string) => number} measure */
export function shortened(text, room, measure) {
  if (measure(text) <= room) return text;
  const chars = [...pieces.segment(text.slice(0, 60))].map(({ segment }) => segment);
  while (chars.length > 1 && measure(`${chars.join("")}…`) > room) chars.pop();
  return `${chars.join("")}…`;
}

/** Markup as plotly shows it, letter by letter. @param {string} text */
export const literal = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("$", "&#36;");
