/** Branches of a run that can be changed while it trains: the button that makes one, and their tree. Fetched where a field is live. */

import { address, changed, queryFrom } from "./address.js";
import { h } from "./dom.js";
import { TRAINING, branched, common, inForce, inWords, parting, tree } from "./edits.js";
import { fill } from "./format.js";
import { differing, vsFrom } from "./pair.js";
import { placed } from "./room.js";

/** @typedef {import("./edits.js").Branch} Branch */

const style = h("link", { rel: "stylesheet", href: new URL("./branches.css", import.meta.url) });
document.head.append(style);
await new Promise((resolve) => ["load", "error"].forEach((name) => style.addEventListener(name, resolve)));

export class Branches {
  /** The edits that were looked at, by the run without them. @type {Map<string, Set<string>>} */
  #visited = new Map();

  /** @param {import("./page.js").Page} page */
  constructor(page) {
    this.page = page;
    this.words = page.spec.words;
    this.live = page.spec.fields.filter(({ live }) => live).map(({ name }) => name);
    const offer = (/** @type {string} */ name) => h("button", { type: "button", class: name, hidden: true, onclick: () => this.#branch() });
    this.offers = [offer("branch"), offer("branch-here")];
    this.tree = h("nav", { class: "branches", "aria-label": this.words.branches, hidden: true });
    this.hint = h("p", { class: "branch-hint", hidden: true }, fill(this.words.branch_hint, { phase: page.spec.lesson.labels.phases[TRAINING] ?? "" }));
    page.hosts.go.querySelector("#run")?.after(this.offers[0], this.hint);
    page.status.goSmall.before(this.offers[1]); // by the stage, where it may have been changed
    placed((compact) => (compact ? page.hosts.twin.after(this.tree) : page.player.element.append(this.tree)));
    this.took();
  }

  /* ---- a new branch ---- */

  /** The clock or the controls moved: is there a branch to make, or would there be elsewhere? */
  fit() {
    const step = this.#here;
    const changes = this.#changes;
    for (const offer of this.offers) {
      if (step) offer.textContent = fill(this.words.branch, { step });
      offer.hidden = !changes || !step;
    }
    this.hint.hidden = !changes || Boolean(step);
  }

  /** The step at which the clock stands within the training; 0 where nothing can be changed. */
  get #here() {
    const { frame } = this.page.timeline;
    return frame?.phase === TRAINING && frame.step < this.#last ? frame.step : 0;
  }

  /** Steps of the training. */
  get #last() {
    return this.page.shown?.scene.chapters.find(({ phase }) => phase === TRAINING)?.last ?? 0;
  }

  /** What a hand made different from what is in force there; null when it changed other fields as well. */
  get #changes() {
    const { shown, controls, spec } = this.page;
    if (!shown || !controls.touched || !this.#last) return null;
    const fields = spec.fields.filter(({ name }) => name !== "edits");
    if (differing(shown.params, controls.params, fields).some((name) => !this.live.includes(name))) return null;
    const now = this.#here ? inForce(shown.params, this.#here) : shown.params;
    const found = this.live.filter((name) => controls.hand.has(name) && String(now[name]) !== String(controls.params[name]));
    return found.length ? Object.fromEntries(found.map((name) => [name, controls.params[name]])) : null;
  }

  #branch() {
    const { shown, timeline } = this.page;
    const [step, changes] = [this.#here, this.#changes];
    if (!shown || !step || !changes) return;
    document.getElementById("stage")?.focus({ preventScroll: true });
    this.page.turn(changed(shown.query, { edits: branched(shown.params.edits, step, changes) }), common(timeline.frames, step));
  }

  /* ---- the tree ---- */

  /** A run has taken the stage. */
  took() {
    const { shown, spec } = this.page;
    if (!shown) return;
    const trunk = queryFrom({ ...shown.params, edits: "" }, spec);
    const visited = this.#visited.get(trunk) ?? new Set([""]);
    this.#visited.set(trunk, visited.add(shown.params.edits));
    const focused = this.tree.contains(document.activeElement);
    const branches = tree(visited);
    const rows = branches.map((branch, row) => this.#row(branch, row, branches));
    const beside = shown.params.edits && h("button", { type: "button", class: "quiet", onclick: () => this.#beside() }, this.words.beside);
    this.tree.replaceChildren(h("ol", {}, ...rows), ...(beside ? [beside] : []));
    this.tree.hidden = visited.size < 2;
    if (focused) this.tree.querySelector("[aria-current]")?.focus({ preventScroll: true });
    this.fit();
  }

  /** @param {Branch} branch @param {number} row @param {Branch[]} branches */
  #row(branch, row, branches) {
    const { shown, spec } = this.page;
    const { text, parent } = branch;
    const here = text === shown?.params.edits;
    const told = text ? inWords(text, shown?.params ?? {}, spec, parent).join(" · ") : this.words.trunk;
    const go = (/** @type {MouseEvent} */ event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // to a place of its own
      event.preventDefault();
      this.#show(text);
    };
    const link = h("a", { href: this.#address(text), "aria-current": here ? "true" : null, onclick: go }, this.#rail(branch, row, branches), h("span", {}, told));
    return h("li", {}, link);
  }

  /** The line of a branch from where it leaves its parent, and what of the lines to others passes by. @param {Branch} branch @param {number} row @param {Branch[]} branches */
  #rail(branch, row, branches) {
    const at = (/** @type {Branch} */ { from }) => `${((100 * from) / (this.#last || 1)).toFixed(2)}%`;
    const down = branches.flatMap((other, i) => {
      const top = branches.findIndex(({ text }) => text === other.parent);
      if (i === 0 || row < top || row > i) return [];
      return [h("i", { class: row === top ? "leaves" : row === i ? "comes" : "passes", style: `left:${at(other)}` })];
    });
    return h("span", { class: "rail", "aria-hidden": "true" }, h("i", { class: "stem", style: `left:${at(branch)}` }), ...down);
  }

  /** @param {string} text */
  #address(text) {
    const { shown, spec, timeline } = this.page;
    if (!shown) return "";
    const run = { query: changed(shown.query, { edits: text }), params: { ...shown.params, edits: text } };
    return location.pathname + address(location.search, run, timeline.index, spec);
  }

  /** Put a branch on the stage, at the moment that is there now. @param {string} text @param {string} [vs] what stands beside it */
  #show(text, vs = "") {
    const { shown, timeline } = this.page;
    if (!shown || (text === shown.params.edits && !vs)) return;
    const search = new URLSearchParams(changed(shown.query, { edits: text, at: String(timeline.index) }));
    if (vs) search.set("vs", vs);
    this.page.turn(search.toString(), common(timeline.frames, parting(text, shown.params.edits)));
  }

  /** The trunk takes the stage, and the branch that had it stands beside. */
  #beside() {
    this.#show("", vsFrom({ edits: this.page.shown?.params.edits }));
  }
}
