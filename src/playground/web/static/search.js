/** The gallery's search: filters at each key, in the browser alone. What is looked for stands in the address. */

import { fill } from "./format.js";

/** Letters and digits alone, one case, one width: "ＧＡＮ" is "gan", "text-to-image" is "text to image". @param {string} text */
export function fold(text) {
  return text.normalize("NFKC").toLowerCase().replace(/[\p{P}\p{S}\s]+/gu, " ").trim();
}

/** Whether a text has every word of the query. @param {string} query @returns {(text: string) => boolean} */
export function finder(query) {
  const words = fold(query).split(" ");
  return (text) => words.every((word) => fold(text).includes(word));
}

/** The address with this query in it, or without one. @param {string} search @param {string} query */
export function withQuery(search, query) {
  const pairs = new URLSearchParams(search);
  if (query.trim()) pairs.set("q", query);
  else pairs.delete("q");
  return pairs.size ? `?${pairs}` : "";
}

/** @param {HTMLElement} element the gallery: a field, a line that tells, and entries with data-words */
export function search(element) {
  const all = (/** @type {string} */ selector) => /** @type {HTMLElement[]} */ ([...element.querySelectorAll(selector)]);
  const field = /** @type {HTMLInputElement} */ (element.querySelector("input[type=search]"));
  const hits = /** @type {HTMLElement} */ (element.querySelector(".hits"));
  const { some, none } = /** @type {{some: string, none: string}} */ ({ ...hits.dataset });
  const entries = all(".entries li");

  const filter = () => {
    const fits = finder(field.value);
    for (const entry of all("[data-words]")) entry.hidden = !fits(entry.dataset.words ?? "");
    for (const group of all("section")) group.hidden = !group.querySelector("[data-words]:not([hidden])");
    const n = entries.filter((entry) => !entry.hidden).length;
    hits.textContent = field.value.trim() ? (n ? fill(some, { n, all: entries.length }) : none) : "";
  };
  const change = (/** @type {string} */ query) => {
    field.value = query;
    filter();
    const kept = withQuery(location.search, query);
    try {
      if (kept !== location.search) history.replaceState(history.state, "", location.pathname + kept);
    } catch {
      // WebKit refuses the hundredth within seconds; the next key says it again
    }
  };

  field.value ||= new URLSearchParams(location.search).get("q") ?? "";
  filter();
  field.addEventListener("input", () => change(field.value));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    change("");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /** @type {Element} */ (event.target).closest("input, textarea, select")) return;
    event.preventDefault();
    field.focus();
  });
}
