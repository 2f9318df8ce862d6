/** A concept's page: joins the controls, the link, the run, the stage, the player and the charts. */

import { opening, queryFrom, vsOf } from "./address.js";
import { Boards } from "./boards.js";
import { Charts } from "./charts.js";
import { Checks } from "./checks.js";
import { Controls } from "./controls.js";
import { h, onThemeChange } from "./dom.js";
import { forStage, moveOf } from "./keys.js";
import { Legend } from "./legend.js";
import { Link } from "./link.js";
import { lookOf } from "./looks.js";
import { Picks } from "./picks.js";
import { Player } from "./player.js";
import { Presets } from "./presets.js";
import { Running } from "./running.js";
import { Seat } from "./seat.js";
import { Status } from "./status.js";
import { watchSymbols } from "./symbols.js";
import { Texts } from "./texts.js";
import { chapterAt } from "./timeline.js";
import { atStage, watchTries } from "./tries.js";
import { chosenOf } from "./view.js";
import { suits } from "./when.js";

/**
 * @typedef {{name: string, default: any, type: string, brush?: Record<string, any>, cells?: Record<string, any>, paint?: {by: string, boards: Record<string, import("./easel.js").Board>}, when?: Record<string, any>, enum?: any[], minimum?: number, maximum?: number, step?: number, maxLength?: number, live?: boolean}} Field
 * @typedef {{slug: string, lang: "en" | "zh", base: string, v: string, source: string, words: Record<string, string>, colors: Record<string, string>, cells: Record<string, string>, share: Record<string, string>, credits: Record<string, string>, versus: Record<string, string>, walker: Record<string, string>, lesson: any, fields: Field[], opening: Record<string, any>, trained: string[], presets: Record<string, Record<string, any>>, cures: Record<string, Record<string, any>>, reserved: string[]}} Spec
 * @typedef {import("./running.js").Plan} Plan
 */

/** Parts of the page that stand in the HTML first and move into Gradio's places once those are all there. */
const PARTS = ["stage", "twin", "charts", "presets", "check", "go"];

/** Gradio's places. @type {Map<string, HTMLElement>} */
const places = new Map();

/** A component of Gradio's page gives its element. @param {string} name @param {HTMLElement} element */
export function give(name, element) {
  places.set(name, element);
  if (name === "lesson") page.tellLesson();
  if (name === "source") page.openSource(element);
  if (PARTS.every((part) => places.has(part))) page.settle(places);
}

/** What is to be written into the controls: undefined where they say it already. @param {string[]} names */
export const wanted = (names) => page.controls.wanted(names);

/** The stage's component, which also brings what the controls say. @param {HTMLElement} element @param {any} props @param {any} watch @param {(name: string) => void} trigger @param {string} event */
export function connect(element, props, watch, trigger, event) {
  watch("value", () => {
    if (props.value?.controls) page.controls.changed(props.value.controls);
  });
  page.controls.fill = () => trigger(event);
  give("stage", element);
}

export class Page {
  /** What a second run differs in, as the address says it; null while there is none. @type {string | null} */
  vs = null;
  /** The second run. @type {import("./versus.js").Versus | null} */
  versus = null;
  /** The Share dialog, last opened. @type {import("./share.js").Share | null} */
  sharing = null;
  /** A step in slow motion, once a run has one. @type {import("./flow.js").Flow | "coming" | null} */
  flow = null;
  /** An update with its numbers, once a run has such. @type {import("./equation.js").Shown | "coming" | null} */
  equation = null;
  /** Attention under the hand, once a run has some. @type {import("./heads-hand.js").Hand | "coming" | null} */
  hand = null;
  /** A latent space under the hand, once a run has one. @type {import("./walker.js").Walker | null} */
  walker = null;
  #walking = false;
  /** The code, once its tab was opened. @type {import("./source.js").Source | null} */
  source = null;
  /** Where a run can be changed while it trains: its branches. @type {import("./branches.js").Branches | null} */
  branches = null;
  #fetched = false;
  #marks = new Set();
  #pressed = false;
  #clock = performance.now();

  /** @param {Spec} spec @param {HTMLElement} shell what the HTML came with */
  constructor(spec, shell) {
    this.spec = spec;
    const hosts = (this.hosts = Object.fromEntries(PARTS.map((name) => [name, h("div", { class: `slot ${name}` })])));
    for (const name of PARTS) shell.querySelector(`.place-${name}`)?.append(hosts[name]);
    this.entry = shell.dataset.gradio;
    setTimeout(() => this.#startGradio(), 1500);
    const { words, lesson } = spec;
    this.link = new Link(this);
    this.seat = new Seat(lesson, () => this.draw());
    this.stage = this.seat.stage;
    this.timeline = this.seat.timeline;
    this.controls = new Controls(this);
    this.player = new Player(this.timeline, words, lesson, () => this.#moved());
    this.player.scrub.addEventListener("chapter", () => this.#moved());
    this.player.scrub.addEventListener("change", () => this.link.write());
    this.legend = new Legend(this.stage, words, lesson.labels.layers, () => this.#looked());
    this.boards = new Boards(this.stage, spec, {
      changed: (name, text) => this.controls.drawn(name, text),
      redraw: () => this.draw(),
      under: (array) => this.timeline.frames.find((frame) => frame.arrays[array])?.arrays[array],
      played: (metrics) => this.charts.compare(metrics),
    });
    this.picks = new Picks(this.stage, spec, () => this.#looked());
    this.#lookAsAt(location.search);
    this.status = new Status(words, lesson.captions.doing, () => this.#goOrStop());
    this.player.element.querySelector(".row").append(this.status.goSmall);
    this.player.element.append(this.status.near);
    this.view = h("div", { class: "view" }, this.seat.picture, this.picks.element, ...this.boards.bars, this.legend.element);
    hosts.stage.replaceChildren(h("section", { id: "stage", class: "card stage", tabindex: 0, "aria-label": words.stage_keys, "data-static": spec.base }, this.view, this.player.element));
    hosts.go.replaceChildren(...this.status.parts);
    this.twin = h("p", { class: "twin", "aria-live": "polite" });
    this.kept = h("p", { class: "kept", role: "status" });
    this.texts = new Texts(lesson.labels.texts);
    hosts.twin.replaceChildren(this.twin, this.texts.element);
    (matchMedia("(max-width: 760px)").matches ? hosts.twin : this.player.element).append(this.kept); // where it is in sight, and in nobody's way
    this.credit = h("p", { class: "credit" });
    this.charts = new Charts(hosts.charts, lesson, (frame) => this.seek(frame), words);
    this.checks = new Checks(hosts.check, words, lesson.checks);
    this.presets = new Presets(hosts.presets, spec, (params) => this.#run(params));
    this.comparing = h("button", { type: "button", class: "quiet compare", "aria-expanded": "false", onclick: async () => (await this.#second())?.rival.toggle() }, spec.versus.compare);
    hosts.presets.append(this.comparing);
    this.running = new Running(spec, this.timeline, this.status, {
      asked: (pressed) => this.#asked(pressed),
      begun: (plan, pressed) => this.#begun(plan, pressed),
      came: (seen) => this.#came(seen),
      grown: () => this.player.show(this.seat.headline, this.versus?.second.level),
      ended: (complete) => this.#ended(complete),
    });
    watchSymbols((keys) => this.#light(keys));
    watchTries((search) => this.#try(search));
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("click", (event) => /** @type {Element} */ (event.target).closest("header .share") && this.#share()); // the header stands there twice
    addEventListener("popstate", () => {
      this.#lookAsAt(location.search);
      this.#open(location.search);
    });
    onThemeChange(() => {
      this.stage.recolor();
      this.draw();
    });
    document.title = `${lesson.title} · ${words.site}`;
    if (location.hash === "#too_long") this.running.openDefault(words.too_long);
    else this.#open(opening(location.search, spec.opening, spec), { first: true });
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
    this.controls.made();
    (globalThis.requestIdleCallback ?? setTimeout)(() => this.#fetch());
  }

  /** What can wait: branches, where there can be any; sharing, so that it is there when the network is not. */
  async #fetch() {
    if (this.#fetched) return;
    this.#fetched = true;
    const module = this.spec.fields.some(({ live }) => live) && (await import("./branches.js").catch(() => null));
    if (module) this.branches = new module.Branches(this);
    import("./share.js").catch(() => {});
  }

  /* ---- runs ---- */

  /** What is on the stage. */
  get shown() {
    return this.seat.shown;
  }

  #goOrStop() {
    const active = this.running.active || this.status.beside();
    if (this.running.active) this.running.stop();
    this.versus?.stop();
    if (!active) this.#run(this.controls.params);
  }

  /** Put an address's run on the stage, and the second one beside it. @param {string} search @param {{first?: boolean, pressed?: boolean, keep?: number}} [how] */
  #open(search, how) {
    this.running.open(search, how);
    this.beside(vsOf(search));
  }

  /** @param {Record<string, any>} params */
  #run(params) {
    this.boards.close();
    const query = new URLSearchParams(queryFrom(params, this.spec));
    if (this.vs) query.set("vs", this.vs);
    this.#open(query.toString(), { pressed: true });
  }

  /** A run that the lesson asks for, and the second one beside it, should it name one. @param {string} search */
  #try(search) {
    this.boards.close();
    if (new URLSearchParams(search).has("view")) this.#lookAsAt(search);
    this.#open(search, { pressed: true });
    atStage();
  }

  /** Go over to a run that begins as the one on the stage does. @param {string} search @param {number} keep the frames that both have */
  turn(search, keep) {
    this.boards.close();
    this.#open(search, { pressed: true, keep });
  }

  /** @param {boolean} pressed */
  #asked(pressed) {
    this.#pressed = pressed;
    this.controls.asked();
    this.kept.textContent = "";
    this.#marks.clear();
    if (pressed) this.checks.asked();
    else this.checks.reset();
  }

  /** The run takes the stage. @param {Plan} plan @param {boolean} pressed */
  #begun(plan, pressed) {
    this.seat.take(plan);
    this.charts.setScene(plan.scene.charts);
    this.credit.textContent = this.spec.credits[plan.scene.credit ?? ""] ?? "";
    this.hosts.charts.append(this.credit);
    const { touched } = this.controls;
    if (!touched) this.running.plan = plan;
    this.controls.take(plan.params);
    if (!touched) this.boards.close();
    this.showKind();
    this.tellLesson();
    this.link.write(pressed);
    this.player.show();
    this.branches?.took();
    this.versus?.follow();
  }

  /** Pictures take another shape of stage than a plane. */
  showKind() {
    document.getElementById("stage")?.classList.toggle("pictures", this.seat.pictures || Boolean(this.versus?.second.seat.pictures));
  }

  /** A frame is there. @param {boolean} seen whether the clock shows it */
  #came(seen) {
    this.charts.update(this.timeline.frames);
    this.versus?.look();
    if (seen) this.draw();
    if (this.timeline.frames.length > 1) return;
    this.#mark("stage:first-picture");
    if (this.#pressed) this.#mark("run:first-frame");
  }

  /** @param {boolean} complete */
  #ended(complete) {
    if (complete) {
      this.checks.grade(this.timeline.frames);
      performance.mark("run:complete");
      this.link.check();
    }
    this.sharing?.update();
    this.versus?.look();
    this.charts.load(this.spec.base);
    this.draw();
  }

  /** The lesson shows the passages that are about this run. */
  tellLesson() {
    const params = this.shown?.params;
    if (!params) return;
    for (const passage of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-when]"))) {
      passage.hidden = !suits(Object.fromEntries((passage.dataset.when ?? "").split(" ").map((rule) => rule.split("="))), params);
    }
  }

  async #share() {
    const module = await import("./share.js").catch(() => this.status.refuse(this.spec.share.unreachable));
    if (module && this.shown) this.sharing = await module.open(this);
  }

  /* ---- two runs ---- */

  /** What two runs need, once one asks for it. */
  async #second() {
    const module = await import("./versus.js").catch(() => this.status.refuse(this.spec.words.broken));
    return (this.versus ??= module ? new module.Versus(this) : null);
  }

  /** A second run beside this one, or none. @param {string | null} vs what it differs in @param {boolean} [push] by the reader's own hand */
  async beside(vs, push = false) {
    this.vs = vs;
    if (push) this.link.write(true);
    const versus = vs ? await this.#second() : this.versus;
    versus?.refresh();
  }

  /* ---- the code ---- */

  /** Its tab is there; the source is fetched when it is seen. @param {HTMLElement} host */
  openSource(host) {
    new IntersectionObserver(async ([{ isIntersecting }], observer) => {
      if (!isIntersecting) return;
      observer.disconnect();
      const module = await import("./source.js").catch(() => (host.textContent = this.spec.words.broken));
      if (typeof module !== "string") this.source = new module.Source(host, this);
    }).observe(host);
  }

  /* ---- the clock ---- */

  /** @param {number} now */
  #tick(now) {
    const passed = Math.min(0.25, (now - this.#clock) / 1000);
    this.#clock = now;
    const before = this.timeline.frame;
    if (this.timeline.tick(passed)) {
      this.draw(this.timeline.playing && this.timeline.frame === before);
      this.link.follow(now);
    }
    requestAnimationFrame((next) => this.#tick(next));
  }

  /** @param {number} frame */
  seek(frame) {
    this.timeline.playing = false;
    this.timeline.seek(frame);
    this.#moved();
  }

  /** Look at the stage as an address does. @param {string} search */
  #lookAsAt(search) {
    this.picks.open(search);
    this.stage.chosen = chosenOf(search);
    this.stage.look = lookOf(search);
    this.walker?.open(search);
  }

  #moved() {
    this.boards.close();
    this.draw();
    this.link.soon();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!forStage(event) || this.boards.key(event)) return;
    if (this.picks.key(event)) return event.preventDefault();
    if (this.walker?.key(event)) return event.preventDefault();
    if (typeof this.hand === "object" && this.hand?.key(event)) return event.preventDefault();
    const move = moveOf(event);
    if (!move) return;
    event.preventDefault();
    move(this.timeline);
    this.#moved();
  }

  /* ---- what is seen and said ---- */

  /** @param {boolean} [between] whether only the points moved on, between two frames */
  draw(between = false) {
    const { timeline, stage } = this;
    this.picks.element.hidden = this.boards.open;
    if (this.boards.open) return this.boards.draw();
    const { frame, ahead, index } = timeline;
    if (!frame || !stage.scene) return;
    stage.frames = timeline.frames;
    stage.draw(frame, ahead, chapterAt(timeline.frames, index));
    this.versus?.draw(between);
    if (between) return;
    this.picks.show(frame, timeline.playing);
    this.player.show(this.seat.headline, this.versus?.second.level);
    this.charts.show(frame, stage.lit);
    this.legend.show([...stage.shown(frame), ...(this.versus?.ownLayers ?? [])], frame);
    this.#tell(frame);
    this.source?.show();
    this.#slow();
    this.#heads();
    this.#cells(frame);
    this.#walk();
    this.#write(frame);
    this.branches?.fit();
  }

  /** Beside the picture, a step in slow motion where the chapter is one. */
  async #slow() {
    const plan = this.stage.scene?.flow;
    if (plan && !this.flow) {
      this.flow = "coming";
      const module = await import("./flow.js").catch(() => null);
      this.flow = module && new module.Flow(this.spec.lesson, (part) => this.seek(this.timeline.frames.findIndex(({ phase, metrics }) => phase === plan.phase && metrics.part === part)));
      if (this.flow) matchMedia("(max-width: 760px)").matches ? this.hosts.twin.prepend(this.flow.element) : this.view.append(this.flow.element);
    }
    if (typeof this.flow === "object") this.view.classList.toggle("flowing", Boolean(this.flow?.show(plan, this.timeline.frame)));
  }

  /** What attention is looked at with, between the picture and its legend. */
  async #heads() {
    if (!this.hand && this.stage.scene?.layers.some(({ kind }) => kind === "heads")) {
      this.hand = "coming";
      const module = await import("./heads-hand.js").catch(() => null);
      this.hand = module && new module.Hand(this.stage, this.spec.words, (kept) => this.#looked(kept), this.spec.versus.first);
      if (this.hand) this.legend.element.before(this.hand.element);
      if (this.hand) matchMedia("(max-width: 760px)").matches ? this.hosts.twin.prepend(this.hand.aid, this.hand.product.element) : this.view.append(this.hand.product.element);
    }
    const stages = [this.stage, ...(this.versus ? [this.versus.second.seat.stage] : [])];
    if (typeof this.hand !== "object" || !this.hand) return;
    this.hand.show(stages, this.timeline.playing);
    this.view.classList.toggle("multiplying", !this.hand.product.element.hidden);
  }

  /** What a cell holds, below the picture; beside it an update with its numbers. @param {import("./wire.js").Frame} frame */
  async #cells(frame) {
    const { scene } = this.stage;
    this.boards.world?.show([this.stage, ...(this.versus ? [this.versus.second.seat.stage] : [])], frame, this.timeline.playing);
    if (scene?.equation && !this.equation) {
      this.equation = "coming";
      const module = await import("./equation.js").catch(() => null);
      this.equation = module && new module.Shown(this.spec.lesson);
      if (this.equation) matchMedia("(max-width: 760px)").matches ? this.hosts.twin.prepend(this.equation.element) : this.view.append(this.equation.element);
    }
    if (typeof this.equation === "object" && this.equation) this.view.classList.toggle("reckoning", this.equation.show(scene?.equation, this.timeline.frame) && !this.versus?.second.frame);
  }

  /** A latent space to walk through, beside its map. */
  async #walk() {
    if (this.stage.scene?.walker && !this.#walking) {
      this.#walking = true;
      const module = await import("./walker.js").catch(() => null);
      if (module) this.view.append((this.walker = new module.Walker(this)).element);
    }
    const second = this.versus?.second;
    const seats = [{ stage: this.stage, frame: this.timeline.frame, name: this.versus?.names[0] ?? "" }, ...(second ? [{ stage: second.seat.stage, frame: second.frame, name: second.name }] : [])];
    this.view.classList.toggle("walking", Boolean(this.walker?.show(seats)));
  }

  /** The reader looks otherwise at the same frame. @param {boolean} [kept] whether the link keeps it */
  #looked(kept = true) {
    this.draw(!kept);
    if (kept) this.link.write();
    else this.#heads();
  }

  /** Texts that the run has written by now. @param {import("./wire.js").Frame} frame */
  #write(frame) {
    const other = this.versus?.second.frame;
    this.texts.show(this.stage.scene?.texts ?? [], other ? [frame, other] : [frame], other ? this.versus?.names : []);
  }

  /** The frame in words: always readable, read aloud only at rest. @param {import("./wire.js").Frame} frame */
  #tell(frame) {
    const own = this.seat.told(frame);
    const text = this.versus?.told(own) ?? own;
    if (text === this.twin.textContent) return;
    this.twin.setAttribute("aria-live", this.timeline.playing ? "off" : "polite");
    this.twin.textContent = text;
    this.seat.picture.setAttribute("aria-label", own);
  }

  /** A symbol of the lesson lights up its part of the stage. @param {string[]} keys */
  #light(keys) {
    this.stage.lit = keys;
    this.player.light(keys.includes("clock"), this.seat.chaptersOf(keys));
    this.draw();
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
