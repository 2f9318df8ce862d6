/** What of the stage an address keeps beside the frame, in parts: `view=p:12,40;l:mesh,-surface;h:matrix,3,1`. Knows no document. */

const LAYER = /^-?[a-z0-9_]{1,40}$/;

/** A part of the view; "" where there is none. @param {string} search @param {string} name */
export function partOf(search, name) {
  const parts = (new URLSearchParams(search).get("view") ?? "").split(";");
  return parts.find((part) => part.startsWith(`${name}:`))?.slice(name.length + 1) ?? "";
}

/** An address's query with this part instead of what it had under its name. @param {string} search @param {string} name @param {string} value */
export function withPart(search, name, value) {
  const pairs = new URLSearchParams(search);
  const others = (pairs.get("view") ?? "").split(";").filter((part) => part && !part.startsWith(`${name}:`));
  const parts = value ? [...others, `${name}:${value}`] : others;
  pairs.delete("view");
  if (parts.length) pairs.set("view", parts.join(";"));
  return pairs.toString();
}

/** The layers that an address has switched on or off. @param {string} search @returns {Map<string, boolean>} */
export function chosenOf(search) {
  const names = partOf(search, "l").split(",").filter((name) => LAYER.test(name));
  return new Map(names.map((name) => [name.replace("-", ""), !name.startsWith("-")]));
}

/** With what the reader has chosen of these layers, as far as they stand otherwise by themselves. @param {string} search @param {Map<string, boolean>} chosen @param {{key: string, on: boolean}[]} layers */
export function withChosen(search, chosen, layers) {
  const other = layers.filter(({ key, on }) => (chosen.get(key) ?? on) !== on);
  return withPart(search, "l", other.map(({ key, on }) => (on ? `-${key}` : key)).join(","));
}
