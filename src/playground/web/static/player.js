/** The player under the stage: one track with its chapters, and its buttons. It shows the clock and moves it. */

import { h } from "./dom.js";
import { about, number } from "./format.js";
import { SPEEDS } from "./timeline.js";

const ICONS = {
  play: "M8 5.5v13l11-6.5z",
  pause: "M7 5h3.6v14H7zM13.4 5H17v14h-3.6z",
  back: "M14.5 6 8.5 12l6 6",
  on: "M9.5 6l6 6-6 6",
  loop: "M5 12a7 7 0 0 1 12-4.9L19 9m0-4v4h-4M19 12a7 7 0 0 1-12 4.9L5 15m0 4v-4h4",
};

/** @param {keyof typeof ICONS} name */
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  if (name === "play" || name === "pause") path.setAttribute("fill", "currentColor");
  else for (const [key, value] of Object.entries({ fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round" })) path.setAttribute(key, value);
  svg.append(path);
  return svg;
}

export class Player {
  #chapters = "";
  #icon = "";

  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {Record<string, string>} words @param {any} lesson
   * @param {(kind: "seek" | "play") => void} moved called after the reader moved the clock
   */
  constructor(timeline, words, lesson, moved) {
    this.timeline = timeline;
    this.words = words;
    this.lesson = lesson;
    const act = (/** @type {() => void} */ action, /** @type {"seek" | "play"} */ kind) => () => {
      action();
      moved(kind);
    };
    const button = (/** @type {string} */ label, /** @type {Node} */ face, /** @type {() => void} */ action, name = "icon") =>
      h("button", { type: "button", class: name, "aria-label": label, title: label, onclick: action }, face);
    this.play = button(words.play, icon("play"), act(() => timeline.toggle(), "play"), "icon play");
    this.loop = button(words.loop, icon("loop"), act(() => (timeline.loop = !timeline.loop), "play"));
    this.speed = h(
      "select",
      { class: "speed", "aria-label": words.speed, title: words.speed, onchange: act(() => (timeline.speed = Number(this.speed.value)), "play") },
      ...SPEEDS.map((speed) => h("option", { value: speed }, `${{ 0.25: "¼", 0.5: "½" }[speed] ?? speed}×`)),
    );
    this.scrub = h("input", { type: "range", id: "scrub", min: 0, max: 0, step: 1, value: 0, "aria-label": words.scrub, oninput: act(() => this.#seek(), "seek") });
    let played = false; // when a thumb came down that only scrolled
    this.scrub.addEventListener("pointerdown", () => (played = timeline.playing));
    this.scrub.addEventListener("pointercancel", () => (timeline.playing = played));
    this.track = h("div", { class: "track" }, (this.names = h("div", { class: "chapters" })), (this.ticks = h("div", { class: "ticks" })), this.scrub);
    new ResizeObserver(() => this.#fit()).observe(this.names);
    this.moment = h("span", { class: "moment num" });
    this.headline = h("b", { class: "headline num" });
    this.element = h(
      "div",
      { class: "player" },
      this.track,
      h(
        "div",
        { class: "row" },
        this.play,
        button(words.step_back, icon("back"), act(() => timeline.step(-1), "seek")),
        button(words.step_on, icon("on"), act(() => timeline.step(1), "seek")),
        this.moment,
        this.headline,
        h("span", { class: "grow" }),
        this.speed,
        this.loop,
      ),
    );
  }

  #seek() {
    this.timeline.playing = false;
    this.timeline.seek(Number(this.scrub.value));
  }

  /** Show where the clock is, and how much of the run is there. @param {string} [headline] the metric shown as a number @param {import("./wire.js").Frame | null} [other] the same moment of a second run */
  show(headline = "", other = null) {
    const { timeline, words } = this;
    const { frame, total, index, playing } = timeline;
    const span = Math.max(1, total - 1);
    this.#showChapters(frame?.phase ?? "", span);
    if (!frame) return;
    if (this.#icon !== String(playing)) {
      this.#icon = String(playing);
      this.play.replaceChildren(icon(playing ? "pause" : "play"));
      this.play.setAttribute("aria-label", playing ? words.pause : words.play);
      this.play.title = playing ? words.pause : words.play;
    }
    const moment = about(this.lesson.captions.moments[frame.phase], frame);
    const name = this.lesson.labels.phases[frame.phase];
    this.scrub.max = String(span);
    this.scrub.value = String(index);
    this.scrub.setAttribute("aria-valuetext", `${name}, ${moment}`);
    this.track.style.setProperty("--at", `${(100 * timeline.position) / span}%`);
    this.track.style.setProperty("--done", `${(100 * timeline.last) / span}%`);
    this.moment.textContent = moment;
    const numbers = (other ? [frame, other] : [frame]).map(({ metrics }) => number(metrics[headline])).join(" | ");
    this.headline.textContent = headline ? `${this.lesson.labels.metrics[headline]} ${numbers}` : "";
    this.loop.setAttribute("aria-pressed", String(timeline.loop));
    this.speed.value = String(timeline.speed);
  }

  /** Point at the track, or at chapters where there is more to see. @param {boolean} track @param {string[]} phases */
  light(track, phases) {
    this.track.classList.toggle("lit", track);
    for (const name of this.names.children) name.classList.toggle("lit", phases.includes(name.dataset.phase));
  }

  /** Where not every name has room, the others are numbers beside the one that is on. */
  #fit() {
    this.names.classList.remove("tight");
    this.names.classList.toggle("tight", this.names.scrollWidth > this.names.clientWidth);
  }

  /** @param {string} phase @param {number} span */
  #showChapters(phase, span) {
    const chapters = this.timeline.chapters;
    const state = JSON.stringify([chapters, phase, span]);
    if (state === this.#chapters) return;
    this.#chapters = state;
    const hadFocus = this.names.contains(document.activeElement) ? [...this.names.children].indexOf(/** @type {any} */ (document.activeElement)) : -1;
    this.names.replaceChildren(
      ...chapters.map(({ phase: name, start, count, coming }, i) =>
        h(
          "button",
          {
            type: "button",
            "data-phase": name,
            style: `flex-grow:${Math.min(count, span - start)}`,
            "aria-label": `${i + 1} ${this.lesson.labels.phases[name] ?? name}`,
            "aria-current": name === phase ? "true" : null,
            disabled: coming,
            onclick: () => {
              this.timeline.seek(start);
              this.scrub.dispatchEvent(new Event("chapter"));
            },
          },
          h("b", {}, String(i + 1)),
          " ",
          h("span", {}, this.lesson.labels.phases[name] ?? name),
        ),
      ),
    );
    this.ticks.replaceChildren(...chapters.slice(1).map(({ start }) => h("i", { style: `left:${(100 * start) / span}%` })));
    this.#fit();
    if (hadFocus >= 0) /** @type {HTMLElement} */ (this.names.children[hadFocus])?.focus();
  }
}
