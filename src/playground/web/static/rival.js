/** The form that asks for a second run: which setting differs and its value, or a whole preset. */

import { h } from "./dom.js";
import { number } from "./format.js";
import { pack } from "./packed.js";
import { differing, vsFrom } from "./pair.js";
import { suits } from "./when.js";

/** @typedef {import("./page.js").Field} Field */

export class Rival {
  /** @param {import("./page.js").Page} page @param {HTMLButtonElement} button opens and closes it */
  constructor(page, button) {
    const { versus: words } = page.spec;
    this.page = page;
    this.words = words;
    this.button = button;
    this.what = h("select", { onchange: () => this.#fitValue() });
    this.value = h("span", { class: "value-of" });
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#compare();
    };
    this.form = h("form", { class: "rival", hidden: true, novalidate: true, onsubmit: submit }, h("label", {}, h("span", {}, words.what), this.what), this.value, h("button", { class: "pill" }, words.go));
    button.after(this.form);
  }

  toggle() {
    this.form.hidden = !this.form.hidden;
    this.button.setAttribute("aria-expanded", String(!this.form.hidden));
    this.fit();
  }

  /** Offer what can differ from the run on the stage. */
  fit() {
    const { shown, spec } = this.page;
    if (!shown || this.form.hidden) return;
    const before = this.what.value;
    const { labels } = spec.lesson;
    const group = (/** @type {string} */ label, /** @type {Node[]} */ options) => h("optgroup", { label }, ...options);
    const option = (/** @type {string} */ value, /** @type {string} */ label) => h("option", { value, selected: value === before }, label);
    const presets = Object.keys(spec.presets).filter((name) => differing(shown.params, this.#preset(name), spec.fields).length);
    const settings = spec.offline ? [] : this.#fields(); // a file without network has no other runs
    this.what.replaceChildren(
      ...(settings.length ? [group(this.words.setting, settings.map(({ name }) => option(name, labels.fields[name])))] : []),
      group(this.words.preset, presets.map((name) => option(`:${name}`, labels.presets[name]))),
    );
    this.#fitValue();
  }

  /** Settings that mean something to the run on the stage and have another value. */
  #fields() {
    const params = this.page.shown?.params;
    const fields = this.page.spec.fields.toSorted((one, other) => Number(one.name === "seed") - Number(other.name === "seed")); // the seed last
    return fields.filter((field) => !field.brush && field.name !== "edits" && suits(field.when, params ?? {}) && (!field.enum || this.#options(field).length));
  }

  /** Other options, but for a drawing that nobody has made. @param {Field} field */
  #options({ name, enum: options = [] }) {
    const params = this.page.shown?.params ?? {};
    const undrawn = (/** @type {any} */ value) => this.page.spec.fields.some(({ name: drawn, brush }) => brush && name in brush && suits(brush, { ...params, [name]: value }) && !params[drawn]);
    return options.filter((value) => String(value) !== String(params[name]) && !undrawn(value));
  }

  /** @param {string} name */
  #preset(name) {
    const { fields, presets } = this.page.spec;
    return Object.fromEntries(fields.map((field) => [field.name, presets[name][field.name] ?? field.default]));
  }

  #fitValue() {
    const field = this.page.spec.fields.find(({ name }) => name === this.what.value);
    this.value.replaceChildren(...(field ? [h("label", {}, h("span", {}, this.words.value), this.#control(field))] : []));
  }

  /** @param {Field} field */
  #control(field) {
    const { labels } = this.page.spec.lesson;
    const now = this.page.shown?.params[field.name];
    if (field.enum) return h("select", {}, ...this.#options(field).map((value) => h("option", { value }, labels.options[field.name][value])));
    if (field.type === "boolean") return h("select", {}, h("option", { value: !now }, this.words[now ? "off" : "on"]));
    if (field.type === "string") return h("input", { type: "text", value: now });
    const { minimum: min = -Infinity, maximum: max = Infinity, type, step = type === "integer" ? 1 : "any" } = field;
    const bounds = max - min < 1e6 ? h("small", { class: "num" }, `${number(min)} – ${number(max)}`) : "";
    return h("span", {}, h("input", { type: "number", min, max, step, value: suggested(now, min, max, type === "integer") }), bounds);
  }

  async #compare() {
    const { page } = this;
    if (!page.shown || !this.what.value) return;
    const name = this.what.value;
    const preset = name.startsWith(":") && this.#preset(name.slice(1));
    const changes = preset ? Object.fromEntries(differing(page.shown.params, preset, page.spec.fields).map((field) => [field, preset[field]])) : { [name]: this.value.querySelector("select, input").value };
    this.toggle();
    this.button.focus({ preventScroll: true });
    for (const field of Object.keys(changes)) changes[field] = await pack(String(changes[field]));
    page.beside(vsFrom(changes), true);
  }
}

/** Another number, to begin with: twice as much, or half where that is too much. @param {number} now @param {number} min @param {number} max @param {boolean} whole */
export function suggested(now, min, max, whole) {
  const other = 2 * now > max ? Math.max(min, now / 2) : 2 * now;
  const value = other === now ? (min + max) / 2 : other;
  return whole ? Math.round(value) : Number(value.toPrecision(3));
}
