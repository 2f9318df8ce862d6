/** A seat: one run with its clock, its stage, and its frames in words. The page has one, or two side by side. */

import { h } from "./dom.js";
import { about } from "./format.js";
import { prepare } from "./layers.js";
import { said, seen } from "./looks.js";
import { MEMBERS } from "./members.js";
import { Stage } from "./stage.js";
import { Timeline } from "./timeline.js";

/** @typedef {import("./wire.js").Frame} Frame */

export class Seat {
  timeline = new Timeline();
  /** What is on the stage. @type {import("./running.js").Plan | null} */
  shown = null;

  /** @param {any} lesson @param {() => void} redraw called when the stage has a new size */
  constructor(lesson, redraw) {
    this.lesson = lesson;
    const canvas = h("canvas");
    this.picture = h("div", { class: "picture", role: "img", "aria-label": lesson.title }, canvas);
    this.stage = new Stage(canvas, redraw);
    this.stage.labels = lesson.labels.layers;
    this.stage.classes = lesson.labels.classes ?? {};
  }

  /** The run takes the stage. @param {import("./running.js").Plan} plan */
  take(plan) {
    this.shown = plan;
    this.stage.scene = plan.scene;
    this.stage.seed = Number(plan.params.seed);
    this.stage.all = Number(plan.params.seeds) > 1 && (this.stage.chosen.get(MEMBERS.key) ?? MEMBERS.on);
    prepare(plan.scene.layers);
    this.stage.off = new Set(plan.scene.layers.filter(({ key, on }) => !(this.stage.chosen.get(key) ?? on)).map(({ key }) => key));
  }

  /** Whether it shows pictures, or attention, rather than a plane. */
  get pictures() {
    return Boolean(this.stage.scene?.layers.some(({ kind }) => ["images", "heads", "cells"].includes(kind)));
  }

  /** The metric that stands for the frame the clock shows. */
  get headline() {
    return this.stage.scene?.headline[this.timeline.frame?.phase] ?? "";
  }

  /** The chapters that have one of these layers or charts, unless the chapter on the stage is among them. @param {string[]} keys */
  chaptersOf(keys) {
    const { layers = [], charts = [] } = this.stage.scene ?? {};
    const phases = [...layers, ...charts].filter(({ key }) => keys.includes(key)).flatMap((part) => part.phases);
    return phases.includes(this.timeline.frame?.phase) ? [] : phases;
  }

  /** Where a frame lies in its chapter, in words. @param {Frame} frame */
  moment(frame) {
    return about(this.lesson.captions.moments[frame.phase], frame);
  }

  /** A frame in words, and what else is to be noted of it. @param {Frame} frame */
  told(frame) {
    const { captions, labels } = this.lesson;
    const { twins, notes } = this.stage.scene ?? {};
    const noted = (notes ?? []).filter((name) => frame.metrics[name] > 0).map((name) => captions.notes[name]);
    const sentences = [captions.twins[twins?.[frame.phase] ?? frame.phase], ...noted].join(" ");
    return about(sentences, frame, { data: labels.options?.data?.[this.shown?.params.data] ?? "", ...this.#linked(frame) });
  }

  /** Where attention is: the head and the token that are looked at, the strongest link. @param {Frame} frame */
  #linked(frame) {
    const layer = this.stage.shown(frame).find(({ kind }) => kind === "heads");
    return layer && said(seen({ ...this.stage.look, over: null, bare: false, across: "all" }, layer, frame, this.stage.before(frame)), true);
  }
}
