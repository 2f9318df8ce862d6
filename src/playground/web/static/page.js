/** A concept's page: joins the controls, the link, the run, the stage, the player and the charts. */

import { address, frameOf, queryFrom, queryOf } from "./address.js";
import { Brush } from "./brush.js";
import { Charts } from "./charts.js";
import { Checks } from "./checks.js";
import { calm, h, onThemeChange } from "./dom.js";
import { duration, fill, number } from "./format.js";
import { Legend } from "./legend.js";
import { Player } from "./player.js";
import { follow } from "./run.js";
import { Stage } from "./stage.js";
import { watchSymbols } from "./symbols.js";
import { Timeline } from "./timeline.js";
import { Refusal, answer } from "./wire.js";

/**
 * @typedef {{name: string, brush: Record<string, any> | null, default: any}} Field
 * @typedef {{slug: string, lang: "en" | "zh", base: string, v: string, words: Record<string, string>, lesson: any, fields: Field[], presets: Record<string, Record<string, any>>, reserved: string[]}} Spec
 * @typedef {{query: string, params: Record<string, any>, scene: import("./stage.js").Scene, work: number, frames: number, stored: boolean}} Plan
 */

/** Parts of the page that stand in the HTML first and move into Gradio's places once those are all there. */
const PARTS = ["stage", "twin", "charts", "presets", "check", "go"];

/** Gradio's places. @type {Map<string, HTMLElement>} */
const places = new Map();

/** A component of Gradio's page gives its element. @param {string} name @param {HTMLElement} element */
export function give(name, element) {
  places.set(name, element);
  if (name === "lesson") page.tellLesson();
  if (PARTS.every((part) => places.has(part))) page.settle(places);
}

/** The stage's component, which also carries values to the controls and back. @param {HTMLElement} element @param {any} props @param {any} watch @param {(name: string) => void} trigger @param {string} event */
export function connect(element, props, watch, trigger, event) {
  watch("value", () => {
    if (props.value?.controls) page.controlsChanged(props.value.controls);
  });
  page.fillControls = (values) => {
    props.value = { set: values };
    trigger(event);
  };
  give("stage", element);
}

class Page {
  timeline = new Timeline();
  /** What the controls say. @type {Record<string, any>} */
  params = {};
  /** What is on the stage. @type {Plan | null} */
  shown = null;
  /** The last answer about the controls' values. @type {Plan | null} */
  plan = null;
  /** The run being read. @type {AbortController | null} */
  running = null;
  #asked = 0;
  #wait = 0;
  #linked = 0;
  #linking = 0;
  #told = 0;
  #marks = new Set();
  #clock = performance.now();
  #spoken = "";

  /** Writes into Gradio's controls, once they are there. @type {(values: Record<string, any>) => void} */
  fillControls = () => {};

  /** @param {Spec} spec @param {HTMLElement} shell what the HTML came with */
  constructor(spec, shell) {
    this.spec = spec;
    const hosts = (this.hosts = Object.fromEntries(PARTS.map((name) => [name, h("div", { class: `slot ${name}` })])));
    for (const name of PARTS) shell.querySelector(`.place-${name}`)?.append(hosts[name]);
    this.entry = shell.dataset.gradio;
    setTimeout(() => this.#startGradio(), 1500);
    const { words, lesson } = spec;
    for (const { name, default: value } of spec.fields) this.params[name] = value;
    this.player = new Player(this.timeline, words, lesson, () => this.#moved());
    this.player.scrub.addEventListener("chapter", () => this.#moved());
    this.player.scrub.addEventListener("change", () => this.#link());
    const canvas = h("canvas");
    this.picture = h("div", { class: "picture", role: "img", "aria-label": lesson.title }, canvas);
    this.stage = new Stage(canvas, () => this.draw());
    this.stage.labels = lesson.labels.layers;
    this.legend = new Legend(this.stage, words.layers, lesson.labels.layers, () => this.draw());
    this.brush = new Brush(this.stage, words, (text) => this.#drawn(text), () => this.draw());
    this.go = h("button", { type: "button", class: "run", onclick: () => this.#goOrStop() }, words.run);
    this.goSmall = h("button", { type: "button", class: "run small", onclick: () => this.#goOrStop() }, words.run);
    this.message = h("p", { class: "message", role: "alert", hidden: true });
    this.status = h("p", { class: "status num", "aria-live": "polite" });
    this.player.element.querySelector(".row").append(this.goSmall);
    hosts.stage.replaceChildren(h("section", { id: "stage", class: "card stage", tabindex: 0, "aria-label": words.stage_keys, "data-static": spec.base }, this.picture, this.brush.bar, this.legend.element, this.player.element));
    hosts.go.replaceChildren(this.message, h("div", { id: "run" }, this.go), this.status);
    this.twin = h("p", { class: "twin", "aria-live": "polite" });
    hosts.twin.replaceChildren(this.twin);
    this.charts = new Charts(hosts.charts, lesson, (frame) => {
      this.timeline.playing = false;
      this.timeline.seek(frame);
      this.#moved();
    });
    this.checks = new Checks(hosts.check, words, lesson.checks);
    this.#presets();
    watchSymbols((keys) => this.#light(keys));
    document.addEventListener("keydown", (event) => this.#key(event));
    addEventListener("popstate", () => this.open(location.search, {}));
    onThemeChange(() => {
      this.stage.recolor();
      this.draw();
    });
    document.title = `${lesson.title} · ${words.site}`;
    this.open(location.search, { first: true });
    requestAnimationFrame((now) => this.#tick(now));
  }

  /** Gradio's own script, once: the first picture goes before it, a slow run does not keep it waiting. */
  #startGradio() {
    if (this.entry) import(new URL(this.entry, location.href).href);
    this.entry = undefined;
  }

  /** Gradio is up: move into its places, all at once. @param {Map<string, HTMLElement>} places */
  settle(places) {
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    for (const name of PARTS) places.get(name)?.replaceChildren(this.hosts[name]);
    document.querySelector(".shell")?.remove();
    focused.focus?.({ preventScroll: true });
    this.fillControls(this.params);
    this.draw();
  }

  /* ---- runs ---- */

  /**
   * Put the run of a query on the stage.
   * @param {string} search a query, the page's own words in it included
   * @param {{first?: boolean, pressed?: boolean}} how on the page's opening; by the Run button
   */
  async open(search, { first = false, pressed = false }) {
    this.stop();
    const control = (this.running = new AbortController());
    const at = frameOf(search);
    const query = queryOf(search, this.spec);
    this.#say("");
    this.#marks.clear();
    if (pressed) this.checks.asked();
    else this.checks.reset();
    try {
      const [plan, response] = await this.#request(query, control.signal, pressed && !this.plan);
      if (control.signal.aborted) return;
      await follow(response, this.spec.lang, control.signal, this.#listener(plan, at, pressed));
    } catch (error) {
      if (control.signal.aborted) return;
      const refused = error instanceof Refusal;
      if (this.timeline.frames.length) this.timeline.end();
      this.running = null;
      this.#status("");
      this.#say(refused ? error.message : this.spec.words.broken);
      if (first && refused && query) this.#openDefault(error.message);
    }
  }

  /** A link that can't be run still gives a page that lives. @param {string} sentence */
  async #openDefault(sentence) {
    await this.open("", {});
    this.#say(`${sentence} ${this.spec.words.opened_default}`);
  }

  /**
   * The plan and the run are asked for side by side; but while the controls are known to be refused, the plan alone.
   * @param {string} query @param {AbortSignal} signal @param {boolean} doubtful @returns {Promise<[Plan, Response]>}
   */
  async #request(query, signal, doubtful) {
    const { slug, v, lang, words } = this.spec;
    this.#status(words.asking);
    const run = () => answer(`/runs/${slug}?${query}${query ? "&" : ""}v=${v}`, lang, signal);
    if (doubtful) return [await this.#ask(query, signal), await run()];
    return Promise.all([this.#ask(query, signal), run()]);
  }

  /** What each line of the run does to the page. @param {Plan} plan @param {number | null} at @param {boolean} pressed @returns {import("./run.js").Listener} */
  #listener(plan, at, pressed) {
    const { timeline } = this;
    const { words } = this.spec;
    let started = 0;
    return {
      header: ({ frames }) => {
        timeline.reset(frames);
        timeline.playing = at === null && (pressed || !calm());
        timeline.wanted = at ?? (timeline.playing ? null : frames);
        this.#show(plan, pressed);
      },
      queued: (ahead) => this.#status(fill(words.queued, { place: ahead })),
      frame: (frame) => {
        timeline.push(frame);
        this.charts.update(timeline.frames);
        if (timeline.frames.length === 1) {
          started = performance.now();
          this.draw();
          this.#mark("stage:first-picture");
          if (pressed) this.#mark("run:first-frame");
        }
        this.#progress(started);
      },
      end: (seconds) => {
        timeline.end();
        this.running = null;
        plan.stored = true;
        this.#status(fill(words.done, { n: timeline.frames.length, seconds: number(seconds, 1) }));
        this.checks.grade(timeline.frames);
        performance.mark("run:complete");
        this.draw();
        this.charts.load(this.spec.base);
      },
    };
  }

  /** How far the run is, and from its pace how long it has to go. @param {number} started */
  #progress(started) {
    const now = performance.now();
    if (now - this.#told < 100) return;
    this.#told = now;
    const { frames, total } = this.timeline;
    const left = ((now - started) / 1000 / frames.length) * (total - frames.length);
    const words = this.spec.words;
    this.#status(fill(left > 1.5 && frames.length > 3 ? words.computing_left : words.computing, { n: frames.length, of: total, left: duration(left) }));
  }

  stop() {
    this.running?.abort();
    this.running = null;
  }

  #goOrStop() {
    if (this.running) {
      this.stop();
      this.timeline.end();
      this.#status(fill(this.spec.words.stopped, { n: this.timeline.frames.length }));
      this.charts.load(this.spec.base);
      this.draw();
      return;
    }
    this.brush.drawing = false;
    this.open(queryFrom(this.params, this.spec), { pressed: true });
  }

  /** What the server says of a query: its parameters, its scene, its work; or a Refusal. @param {string} query @param {AbortSignal} [signal] @returns {Promise<Plan>} */
  async #ask(query, signal) {
    const { slug, v, lang } = this.spec;
    const plan = await (await answer(`/plan/${slug}?${query}${query ? "&" : ""}v=${v}`, lang, signal)).json();
    if (plan.errors) throw new Refusal(plan.errors, lang, this.spec.lesson.labels.fields);
    return plan;
  }

  /** @param {Plan} plan @param {boolean} pressed */
  #show(plan, pressed) {
    this.shown = this.plan = plan;
    this.stage.scene = plan.scene;
    this.charts.setScene(plan.scene.charts);
    this.stage.off = new Set(plan.scene.layers.filter((layer) => !layer.on).map((layer) => layer.key));
    const other = Object.entries(plan.params).some(([name, value]) => String(value) !== String(this.params[name]));
    this.params = { ...plan.params };
    if (other) this.fillControls(this.params);
    this.#fitBrush();
    this.brush.drawing = false;
    this.picture.parentElement.classList.toggle("pictures", plan.scene.layers.some((layer) => layer.kind === "images"));
    this.tellLesson();
    this.#link(pressed);
    this.#label();
    this.#choose();
  }

  /** The lesson shows the passages that are about this run. */
  tellLesson() {
    const params = this.shown?.params;
    if (!params) return;
    for (const passage of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-when]"))) {
      const rules = (passage.dataset.when ?? "").split(" ").map((rule) => rule.split("="));
      passage.hidden = !rules.every(([name, values]) => values.split("|").includes(String(params[name])));
    }
  }

  /* ---- the link ---- */

  /** Keep the address true. @param {boolean} [push] as a new entry of the history */
  #link(push = false) {
    if (!this.shown) return;
    const url = location.pathname + address(location.search, this.shown, this.timeline.wanted ?? this.timeline.index, this.spec);
    if (push) history.pushState(null, "", url);
    else history.replaceState(history.state, "", url);
    this.#linked = performance.now();
  }

  /* ---- controls ---- */

  /** @param {Record<string, any>} values */
  controlsChanged(values) {
    const changed = Object.entries(values).some(([name, value]) => String(value) !== String(this.params[name]));
    if (!changed) return;
    this.params = { ...this.params, ...values };
    this.#fitBrush();
    this.#choose();
    clearTimeout(this.#wait);
    this.#wait = window.setTimeout(() => this.#replan(), 120);
  }

  /** The controls changed: is it a run, and how much work? */
  async #replan() {
    const asked = ++this.#asked;
    this.#say("");
    try {
      const plan = await this.#ask(queryFrom(this.params, this.spec));
      if (asked === this.#asked) this.plan = plan;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.plan = null;
      if (!this.brush.active || this.brush.points.length) this.#say(error instanceof Refusal ? error.message : this.spec.words.broken);
    }
    this.#label();
  }

  #label() {
    const { words } = this.spec;
    const { plan, running } = this;
    const work = plan ? (plan.stored ? words.run_stored : fill(words.run_work, { seconds: duration(plan.work) })) : words.run;
    for (const button of [this.go, this.goSmall]) {
      button.classList.toggle("stop", Boolean(running));
      button.textContent = running ? words.stop : button === this.go ? work : words.run;
    }
  }

  #presets() {
    const chips = Object.entries(this.spec.presets).map(([name, fields]) =>
      h("button", { type: "button", class: "pill", "data-preset": name, "aria-pressed": "false", onclick: () => this.#preset(fields) }, this.spec.lesson.labels.presets[name]),
    );
    this.hosts.presets.replaceChildren(h("h2", {}, this.spec.words.start_from), h("div", { class: "presets" }, ...chips));
  }

  /** @param {Record<string, any>} fields */
  #preset(fields) {
    const params = Object.fromEntries(this.spec.fields.map(({ name, default: value }) => [name, fields[name] ?? value]));
    this.brush.drawing = false;
    this.open(queryFrom(params, this.spec), { pressed: true });
  }

  #choose() {
    for (const [name, fields] of Object.entries(this.spec.presets)) {
      const on = this.spec.fields.every((field) => String(this.params[field.name]) === String(fields[field.name] ?? field.default));
      this.hosts.presets.querySelector(`[data-preset="${name}"]`)?.setAttribute("aria-pressed", String(on));
    }
  }

  /* ---- the brush ---- */

  #fitBrush() {
    const field = this.spec.fields.find(({ brush }) => brush && Object.entries(brush).every(([name, value]) => this.params[name] === value));
    const was = this.brush.active;
    this.brush.set(Boolean(field), field ? this.params[field.name] : "");
    if (field && !was && this.shown && !this.params[field.name]) this.brush.drawing = true;
    this.draw();
  }

  /** @param {string} text */
  #drawn(text) {
    const field = this.spec.fields.find(({ brush }) => brush);
    if (!field) return;
    this.timeline.playing = false;
    this.params = { ...this.params, [field.name]: text };
    this.fillControls(this.params);
    this.#replan();
  }

  /* ---- the clock ---- */

  /** @param {number} now */
  #tick(now) {
    const passed = Math.min(0.25, (now - this.#clock) / 1000);
    this.#clock = now;
    const before = this.timeline.frame;
    if (this.timeline.tick(passed)) {
      this.draw(this.timeline.playing && this.timeline.frame === before);
      if (now - this.#linked > 1000) this.#link();
    }
    requestAnimationFrame((next) => this.#tick(next));
  }

  #moved() {
    this.brush.drawing = false;
    this.draw();
    clearTimeout(this.#linking);
    this.#linking = window.setTimeout(() => this.#link(), 250);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const inStage = Boolean(target.closest("#stage"));
    if (event.ctrlKey || event.metaKey || event.altKey || (!inStage && target !== document.body)) return;
    if (target.closest("select")) return;
    if (this.brush.active && target.id === "stage" && this.brush.key(event)) return event.preventDefault();
    const { timeline } = this;
    const onButton = target.tagName === "BUTTON";
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => timeline.step(-1),
      ArrowRight: () => timeline.step(1),
      Home: () => timeline.seek(0),
      End: () => timeline.seek(timeline.last),
      "+": () => timeline.faster(1),
      "=": () => timeline.faster(1),
      "-": () => timeline.faster(-1),
      ...(onButton ? {} : { " ": () => timeline.toggle() }),
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
    this.#moved();
  }

  /* ---- what is seen and said ---- */

  /** @param {boolean} [between] whether only the points moved on, between two frames */
  draw(between = false) {
    const { timeline, stage } = this;
    if (this.brush.drawing) return this.brush.draw();
    const { frame, ahead, index } = timeline;
    if (!frame || !stage.scene) return;
    let first = index;
    while (first > 0 && timeline.frames[first - 1].phase === frame.phase) first--;
    stage.draw(frame, ahead, timeline.frames.slice(first, index + 1));
    if (between) return;
    this.player.show(stage.scene.headline[frame.phase] ?? "");
    this.charts.show(frame, stage.lit);
    this.legend.show(frame);
    this.#twinOf(frame);
  }

  /** The frame in words: always readable, read aloud only at rest. @param {import("./wire.js").Frame} frame */
  #twinOf(frame) {
    const { captions, labels } = this.spec.lesson;
    const text = fill(captions.twins[frame.phase], { ...frame.metrics, step: frame.step, data: labels.options.data?.[this.shown?.params.data] ?? "" });
    if (text === this.#spoken) return;
    this.#spoken = text;
    this.twin.setAttribute("aria-live", this.timeline.playing ? "off" : "polite");
    this.twin.textContent = text;
    this.picture.setAttribute("aria-label", text);
  }

  /** A symbol of the lesson lights up its part of the stage. @param {string[]} keys */
  #light(keys) {
    this.stage.lit = keys;
    this.player.light(keys.includes("clock"), this.#chaptersOf(keys));
    this.draw();
  }

  /** The chapters that have one of these layers or charts, unless the chapter on the stage is among them. @param {string[]} keys */
  #chaptersOf(keys) {
    const { layers = [], charts = [] } = this.stage.scene ?? {};
    const phases = [...layers, ...charts].filter(({ key }) => keys.includes(key)).flatMap((part) => part.phases);
    return phases.includes(this.timeline.frame?.phase) ? [] : phases;
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.message.textContent = sentence;
    this.message.hidden = !sentence;
  }

  /** @param {string} text */
  #status(text) {
    this.status.textContent = text;
    this.#label();
  }

  /** @param {string} name */
  #mark(name) {
    if (this.#marks.has(name)) return;
    this.#marks.add(name);
    requestAnimationFrame(() => {
      performance.mark(name);
      setTimeout(() => this.#startGradio());
    });
  }
}

const page = new Page(JSON.parse(document.getElementById("spec")?.textContent ?? "{}"), /** @type {HTMLElement} */ (document.querySelector(".shell")));
