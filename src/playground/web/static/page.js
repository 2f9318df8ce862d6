/** A concept's page: joins the controls, the link, the run, the stage, the player and the charts. */

import { mended, opening, queryFrom, vsOf } from "./address.js";
import { writeAddress } from "./bar.js";
import { Boards } from "./boards.js";
import { gridOf } from "./cells-looks.js";
import { Charts } from "./charts.js";
import { Checks } from "./checks.js";
import { Controls } from "./controls.js";
import { h, onRatioChange, onThemeChange } from "./dom.js";
import { Gradio } from "./gradio.js";
import { forStage, moveOf } from "./keys.js";
import { Late } from "./late.js";
import { Legend } from "./legend.js";
import { Link } from "./link.js";
import { lookOf } from "./looks.js";
import { showPassages } from "./passages.js";
import { packed } from "./packed.js";
import { Picks } from "./picks.js";
import { Player } from "./player.js";
import { steady } from "./pointer.js";
import { Presets } from "./presets.js";
import { placed, stay } from "./room.js";
import { Running } from "./running.js";
import { Seat } from "./seat.js";
import { Status } from "./status.js";
import { watchSymbols } from "./symbols.js";
import { chapterAt } from "./timeline.js";
import { atStage, watchTries } from "./tries.js";
import { watchFields } from "./typing.js";
import { chosenOf } from "./view.js";

/**
 * @typedef {{name: string, default: any, type: string, brush?: Record<string, any>, cells?: Record<string, any>, paint?: {by: string, boards: Record<string, import("./easel.js").Board>}, when?: Record<string, any>, enum?: any[], minimum?: number, maximum?: number, step?: number, maxLength?: number, live?: boolean}} Field
 * @typedef {{slug: string, lang: "en" | "zh", base: string, v: string, source: string, space: {id: string, host: string} | null, words: Record<string, string>, colors: Record<string, string>, cells: Record<string, string>, share: Record<string, string>, credits: Record<string, string>, versus: Record<string, string>, walker: Record<string, string>, offline?: {live: string, main: string[]}, lesson: any, fields: Field[], opening: Record<string, any>, trained: string[], presets: Record<string, Record<string, any>>, cures: Record<string, Record<string, any> | null>, reserved: string[], longest: number}} Spec
 * @typedef {import("./running.js").Plan} Plan
 */

/** A component of Gradio's page gives its element. @param {string} name @param {HTMLElement} element */
export function give(name, element) {
  if (name === "lesson") showPassages(page.shown?.params);
  if (name === "source") page.late.source(element);
  page.gradio.give(name, element);
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
  /** A latent space under the hand, once a run has one. @type {import("./walker.js").Walker | null} */
  walker = null;
  #marks = new Set();
  #pressed = false;
  #clock = performance.now();

  /** @param {Spec} spec @param {HTMLElement} shell what the HTML came with */
  constructor(spec, shell) {
    this.spec = spec;
    this.gradio = new Gradio(shell, () => {
      this.controls.made();
      this.late.rest();
    });
    const hosts = (this.hosts = this.gradio.hosts);
    const { words, lesson } = spec;
    this.link = new Link(this);
    this.late = new Late(this);
    this.seat = new Seat(lesson, () => this.draw());
    this.stage = this.seat.stage;
    this.timeline = this.seat.timeline;
    this.controls = new Controls(this);
    this.player = new Player(this.timeline, words, lesson, () => this.#moved());
    this.player.scrub.addEventListener("chapter", () => this.#moved());
    this.player.scrub.addEventListener("change", () => this.link.write());
    this.legend = new Legend(this.stage, words, lesson.labels.layers, () => this.looked());
    this.boards = new Boards(this.stage, spec, {
      changed: (name, text) => this.controls.drawn(name, text),
      redraw: () => this.draw(),
      looked: () => this.looked(),
      params: () => this.shown?.params ?? {},
      run: () => this.#run(this.controls.params),
      below: (element) => hosts.twin.prepend(element),
      under: (array) => this.timeline.frames.find((frame) => frame.arrays[array])?.arrays[array],
      played: (metrics) => this.#played(metrics),
    });
    this.picks = new Picks(this.stage, spec, () => this.looked());
    writeAddress(location.pathname + mended(location.search) + location.hash);
    this.#lookAsAt(location.search);
    this.status = new Status(words, lesson.captions.doing, () => this.#goOrStop());
    this.player.element.querySelector(".row").append(this.status.goSmall);
    this.player.element.append(this.status.near);
    this.view = h("div", { class: "view" }, this.seat.picture, this.picks.element, ...this.boards.bars, this.legend.element);
    const section = h("section", { id: "stage", class: "card stage", tabindex: 0, "aria-label": words.stage_keys, "data-static": new URL(spec.base, document.baseURI).href }, this.view, this.player.element);
    hosts.stage.replaceChildren(section);
    stay(section);
    hosts.go.replaceChildren(...this.status.parts);
    this.twin = h("p", { class: "twin", "aria-live": "polite" });
    this.kept = h("p", { class: "kept", role: "status" });
    hosts.twin.replaceChildren(this.twin);
    placed((compact) => (compact ? hosts.twin : this.player.element).append(this.kept)); // where it is in sight, and in nobody's way
    this.credit = h("p", { class: "credit" });
    this.charts = new Charts(hosts.charts, lesson, (frame) => this.seek(frame), words);
    this.checks = new Checks(hosts.check, words, lesson.checks);
    this.presets = new Presets(hosts.presets, spec, (params) => this.#run(params));
    this.comparing = h("button", { type: "button", class: "quiet compare", "aria-expanded": "false", onclick: async () => (await this.late.second())?.rival.toggle() }, spec.versus.compare);
    hosts.presets.append(this.comparing);
    this.running = new Running(spec, this.timeline, this.status, {
      asked: (pressed) => this.#asked(pressed),
      begun: (plan, pressed) => this.#begun(plan, pressed),
      came: (seen) => this.#came(seen),
      grown: () => this.player.show(this.seat.headline, this.versus?.second.level),
      ended: (complete) => this.#ended(complete),
    });
    watchFields((name, value, done) => this.controls.typed(name, value, done));
    watchSymbols((keys) => this.#light(keys));
    watchTries((search) => this.#try(search));
    document.addEventListener("keydown", (event) => this.#key(event));
    steady(document);
    document.addEventListener("click", (event) => /** @type {Element} */ (event.target).closest("header .share") && this.late.share()); // the header stands there twice
    addEventListener("popstate", () => {
      this.#lookAsAt(location.search);
      this.#open(location.search);
    });
    onThemeChange(() => {
      this.stage.recolor();
      this.draw();
    });
    onRatioChange(() => {
      for (const stage of this.stages) stage.refit();
      this.charts.redraw();
      this.draw();
    });
    for (const name of ["beforeprint", "afterprint"]) addEventListener(name, () => this.#paper(name === "beforeprint"));
    document.title = `${lesson.title} · ${words.site}`;
    if (location.hash === "#too_long") this.running.openDefault(words.too_long);
    else this.#open(opening(location.search, spec.opening, spec), { first: true });
    requestAnimationFrame((now) => this.#tick(now));
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
  async #run(params) {
    this.boards.close();
    const query = new URLSearchParams(await packed(queryFrom(params, this.spec)));
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
    showPassages(plan.params);
    this.link.write(pressed);
    this.player.show();
    this.late.took();
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
    this.late.ended();
    this.versus?.look();
    this.charts.load();
    this.draw();
  }

  /* ---- two runs ---- */

  /** The stages of both. */
  get stages() {
    return [this.stage, ...(this.versus ? [this.versus.second.seat.stage] : [])];
  }

  /** A second run beside this one, or none. @param {string | null} vs what it differs in @param {boolean} [push] by the reader's own hand */
  async beside(vs, push = false) {
    this.vs = vs;
    if (push) this.link.write(true);
    const versus = vs ? await this.late.second() : this.versus;
    versus?.refresh();
  }

  /** What a walk by hand came to lies across the charts; the clock goes where those are. @param {Record<string, number>} metrics */
  #played(metrics) {
    const { charts, timeline } = this;
    const phases = charts.compare(metrics);
    const last = timeline.frames.findLastIndex(({ phase }) => phases.includes(phase));
    if (last < 0 || phases.includes(timeline.frame.phase)) return;
    timeline.playing = false;
    timeline.seek(last);
    charts.show(timeline.frame, []);
  }

  /* ---- the clock ---- */

  /** @param {number} now */
  #tick(now) {
    requestAnimationFrame((next) => this.#tick(next)); // first: whatever goes wrong below, the clock goes on
    const passed = Math.min(0.25, (now - this.#clock) / 1000);
    this.#clock = now;
    const before = this.timeline.frame;
    if (this.timeline.tick(passed)) {
      this.draw(this.timeline.playing && this.timeline.frame === before);
      this.link.follow(now);
    }
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
    this.stage.grid = gridOf(search);
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
    if (this.late.key(event)) return event.preventDefault();
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
    this.boards.world?.show(this.stages, frame, timeline.playing);
    this.late.show();
  }

  /** The reader looks otherwise at the same frame. @param {boolean} [kept] whether the link keeps it */
  looked(kept = true) {
    this.draw(!kept);
    if (kept) this.link.soon();
    else this.late.show();
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

  /** What is drawn is drawn for paper, and for the screen again. @param {boolean} paper */
  #paper(paper) {
    document.documentElement.classList.toggle("paper", paper);
    for (const stage of this.stages) stage.recolor();
    this.charts.redraw();
    this.draw();
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
      setTimeout(() => this.gradio.start());
    });
  }
}

const page = new Page(JSON.parse(document.getElementById("spec")?.textContent ?? "{}"), /** @type {HTMLElement} */ (document.querySelector(".shell")));
