/** What the controls say, and what the page wants of them: between Gradio's components and the run. */

import { queryFrom } from "./address.js";
import { packed } from "./packed.js";
import { suits } from "./when.js";

/** @typedef {import("./page.js").Page} Page */

const RESTS = 120; // ms after the reader's hand has moved a control
const LATE = 15_000; // ms after which Gradio will have answered

export class Controls {
  /** What they are to say. @type {Record<string, any>} */
  params = {};
  /** Whether a hand changed the parameters since the run was asked for. */
  touched = false;
  /** What it changed. @type {Set<string>} */
  hand = new Set();
  /** What they say, as far as the page knows. @type {Record<string, any>} */
  #said = {};
  /** What was written into them and is not yet heard back, by name and value, with its time. @type {Map<string, number>} */
  #written = new Map();
  #wait = 0;
  /** Whether the server was asked about what a hand changed last. */
  #asked = true;

  /** Has Gradio's controls ask for what is wanted of them, once they are there. */
  fill = () => {};

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    for (const { name, default: value } of page.spec.fields) this.params[name] = value;
  }

  /** Gradio has just made them, at the defaults. */
  made() {
    for (const { name, default: value } of this.page.spec.fields) this.#said[name] = value;
    this.fill();
    this.fit();
  }

  /** What is to be written into them: undefined where they say it already. @param {string[]} names */
  wanted(names) {
    const missing = names.map((name) => (String(this.params[name]) === String(this.#said[name]) ? undefined : this.params[name]));
    names.forEach((name, i) => {
      this.#said[name] = this.params[name];
      if (missing[i] !== undefined) this.#written.set(`${name}=${this.params[name]}`, performance.now());
    });
    return missing;
  }

  /** A run is asked for: what comes by hand from here on is not in it. */
  asked() {
    this.touched = false;
    this.hand.clear();
  }

  /** Say what a run's parameters are, unless a hand was quicker. @param {Record<string, any>} params */
  take(params) {
    if (!this.touched) this.params = { ...params };
    this.fill();
    this.fit();
  }

  /** A hand changed something. @param {Record<string, any>} values */
  changed(values) {
    Object.assign(this.#said, values);
    if (Object.entries(values).every(([name, value]) => this.#echoes(`${name}=${value}`))) return;
    for (const name of Object.keys(values)) this.hand.add(name);
    this.#heard(values);
  }

  /** What stands in a field that is typed into; the browser says so only where a hand, or what writes for it, has changed it. @param {string} name @param {any} value @param {boolean} done whether an input method has finished composing */
  typed(name, value, done) {
    this.#said[name] = value;
    this.hand.add(name);
    this.#heard({ [name]: value }, done);
  }

  /** @param {Record<string, any>} values @param {boolean} [ask] whether the server is asked what run that would be */
  #heard(values, ask = true) {
    const other = Object.entries(values).some(([name, value]) => String(value) !== String(this.params[name]));
    if (other) {
      this.#set(values);
      this.fit();
      this.#asked = false;
    }
    if (!ask || this.#asked) return;
    this.#asked = true;
    clearTimeout(this.#wait);
    this.#wait = window.setTimeout(() => this.#look(), RESTS);
  }

  /** Whether it is what was written: on a slow machine that is heard long after, when a hand has changed it again. @param {string} written */
  #echoes(written) {
    const since = this.#written.get(written);
    this.#written.delete(written);
    return since !== undefined && performance.now() - since < LATE;
  }

  /** Something was drawn or painted. @param {string} name of its field @param {string} text */
  drawn(name, text) {
    this.page.timeline.playing = false;
    this.hand.add(name);
    this.#set({ [name]: text });
    this.fill();
    this.#look();
  }

  /** Show what is about the parameters: their preset, controls and questions. */
  fit() {
    const { presets, checks, boards, spec, shown } = this.page;
    presets.show(this.params);
    checks.suit(this.params);
    for (const { name, when } of spec.fields) document.getElementById(`field-${name}`)?.toggleAttribute("hidden", !suits(when, this.params));
    boards.fit(this.params, shown !== null);
    this.page.draw();
  }

  /** Another training is none that was changed on its way. @param {Record<string, any>} values */
  #set(values) {
    const anew = Object.keys(values).some((name) => this.page.spec.trained.includes(name)) && "edits" in this.params;
    this.params = { ...this.params, ...(anew && { edits: "" }), ...values };
    this.touched = true;
  }

  /** What would the controls' run be? An empty board is no mistake yet. */
  #look() {
    this.page.running.look(packed(queryFrom(this.params, this.page.spec)), this.page.boards.waiting);
  }
}
