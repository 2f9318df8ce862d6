/** The charts under the stage: plotly draws the curves, a light cursor follows the clock. */

import { bars, end, margin, namesOf } from "./bars.js";
import { measure, spread, traces } from "./curves.js";
import { h, onThemeChange, token } from "./dom.js";
import { about, fill, number } from "./format.js";
import { Histogram } from "./histogram.js";
import { strokes } from "./pointer.js";

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {{metric: string, color: string, reference: boolean}} Series
 * @typedef {{key: string, series: Series[], phases: string[], x: string, log: boolean, log_x: boolean, kind: string, metrics: string[], names: string, longest?: number}} Chart
 * @typedef {{spec: Chart, card: HTMLElement, plot: HTMLElement, cursor: HTMLElement, values: HTMLElement, frames: number[], range: [number, number], dirty: boolean, histogram: Histogram | null, at: (Frame | null)[]}} Card
 * @typedef {{frames: Frame[], frame: Frame | null, names: [string, string]}} Beside a second run: its frames, the one that stands for the first's, the names of both
 */

/** Kinds that show the frame on the stage, not the way to it. */
const STILL = ["histogram", "bars"];

const MARGIN = { l: 46, r: 14, t: 8, b: 34 };

/** @type {Promise<any> | undefined} */
let library;

/** plotly.js, once, from our own server. */
function plotly() {
  library ??= new Promise((resolve, reject) => {
    const script = h("script", { src: new URL("./plotly.min.js", import.meta.url), async: true });
    script.addEventListener("load", () => resolve(/** @type {any} */ (globalThis).Plotly));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return library;
}

/** Where on a chart's axis a value lies, from 0 to 1. @param {{spec: {log_x: boolean}, range: [number, number]}} card @param {number} x */
export function place({ spec, range }, x) {
  const [at, low, high] = spec.log_x ? [x, ...range].map(Math.log) : [x, ...range];
  return (at - low) / (high - low || 1);
}

/** Plain numbers on a logarithmic axis: 1, 2 and 5 times powers of ten, or powers alone over a wide range. @param {number[]} values */
export function ticks(values) {
  const some = values.filter((value) => value > 0);
  const [low, high] = [Math.log10(Math.min(...some)), Math.log10(Math.max(...some))];
  const tickvals = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) for (const digit of high - low > 1.6 ? [1] : [1, 2, 5]) tickvals.push(Number((digit * 10 ** power).toPrecision(1)));
  return { tickmode: "array", tickvals, ticktext: tickvals.map((value) => number(value)) };
}

/** A line across a chart. @param {[number, number]} range @param {number} value @param {string} color */
const across = (range, value, color) => ({ x: [...range], y: [value, value], mode: "lines", line: { color, width: 2.2, dash: "dashdot" } });

export class Charts {
  /** @type {Card[]} */
  cards = [];
  /** @type {Frame[]} */
  frames = [];
  phase = "";
  /** @type {Beside | null} */
  beside = null;
  /** What else a chart of these metrics compares with: a line across. @type {Record<string, number>} */
  #compared = {};
  /** @type {any} */
  #plotly = null;
  #drawn = 0;
  #pending = 0;

  /**
   * @param {HTMLElement} host
   * @param {{labels: any, captions: any}} lesson
   * @param {(frame: number) => void} seek
   * @param {Record<string, string>} words
   */
  constructor(host, lesson, seek, words) {
    this.words = words;
    this.host = host;
    this.lesson = lesson;
    this.seek = seek;
    onThemeChange(() => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(host);
  }

  /** Load the library and draw. */
  async load() {
    this.#plotly = await plotly();
    this.redraw();
  }

  /** @param {Chart[]} charts */
  setScene(charts) {
    if (JSON.stringify(charts) === JSON.stringify(this.cards.map(({ spec }) => spec))) return; // the same cards take the new run
    this.host.replaceChildren();
    this.phase = "";
    this.cards = charts.map((spec) => {
      const cursor = h("i", { class: "cursor" });
      const plot = h("div", { class: "plot" });
      const values = h("div", { class: "values" });
      const title = this.lesson.labels.charts[spec.key];
      const histogram = spec.kind === "histogram" ? new Histogram(spec, MARGIN) : null;
      const area = h("div", { class: "area", role: "img", "aria-label": title }, plot, spec.kind === "curves" ? cursor : histogram?.canvas);
      const card = h("section", { class: `card chart ${spec.kind}`, "data-key": spec.key }, h("h2", {}, title), area, values, h("p", { class: "axis" }, this.lesson.captions.charts[spec.key]));
      /** @type {Card} */
      const made = { spec, card, plot, cursor, values, frames: [], range: [0, 1], dirty: true, histogram, at: [] };
      if (spec.kind === "curves") this.#drag(area, made);
      card.hidden = true;
      this.host.append(card);
      return made;
    });
  }

  /** @param {HTMLElement} area @param {Card} card */
  #drag(area, card) {
    const go = (/** @type {import("./pointer.js").Place} */ [x]) => {
      const part = (x - MARGIN.l) / (area.clientWidth - MARGIN.l - MARGIN.r);
      let best = -1;
      for (const i of card.frames) if (best < 0 || Math.abs(this.#part(card, i) - part) < Math.abs(this.#part(card, best) - part)) best = i;
      if (best >= 0) this.seek(best);
    };
    const begin = (/** @type {import("./pointer.js").Place} */ at) => {
      go(at);
      return true;
    };
    strokes(area, { begin, move: go }, { patient: true });
  }

  /** Where on the axis a frame lies, from 0 to 1. @param {Card} card @param {number} i */
  #part(card, i) {
    return place(card, measure(this.frames[i], card.spec.x));
  }

  /** Draw these values across their metrics' charts: what a walk by hand came to. Says in which chapters those are. @param {Record<string, number>} metrics */
  compare(metrics) {
    this.#compared = metrics;
    this.redraw();
    return this.cards.flatMap(({ spec }) => (this.#lines(spec).length ? spec.phases : []));
  }

  /** @param {{series: Series[]}} chart @returns {number[]} */
  #lines({ series }) {
    return Object.entries(this.#compared).flatMap(([name, value]) => (series.some(({ metric }) => metric === name) ? [value] : []));
  }

  /** New frames are there: redraw soon, at most three times a second. @param {Frame[]} frames */
  update(frames) {
    this.frames = frames;
    for (const card of this.cards) card.dirty = true;
    if (this.#pending) return;
    const wait = Math.max(0, 330 - (performance.now() - this.#drawn));
    this.#pending = window.setTimeout(() => {
      this.#pending = 0;
      this.#draw();
    }, wait);
  }

  redraw() {
    for (const card of this.cards) card.dirty = true;
    this.#draw();
  }

  #draw() {
    this.#drawn = performance.now();
    for (const card of this.cards) {
      if (!card.dirty || card.card.hidden) continue;
      card.dirty = false;
      this.#drawOne(card);
    }
  }

  /** @param {Card} card */
  #drawOne(card) {
    const { spec } = card;
    if (card.histogram) return this.#drawHistogram(card, card.histogram);
    if (spec.kind === "bars") return this.#drawBars(card);
    card.frames = this.frames.flatMap((frame, i) => (spec.phases.includes(frame.phase) && measure(frame, spec.x) !== undefined ? [i] : []));
    const drawn = [this.frames, this.beside?.frames ?? []].flatMap((frames, k) => traces(frames, spec, k, token));
    const x = drawn.flatMap((trace) => trace.x);
    card.range = x.length > 1 ? [Math.min(...x), Math.max(...x)] : [0, 1];
    for (const value of this.#lines(spec)) drawn.push(across(card.range, value, token("mark")));
    if (!this.#plotly || !card.plot.clientWidth) return;
    const xaxis = spec.log_x ? { type: "log", range: card.range.map(Math.log10), ...ticks(x) } : { range: card.range };
    this.#plot(card, drawn, xaxis, { type: spec.log ? "log" : "linear", ...(spec.log ? ticks(drawn.flatMap(({ y }) => y)) : {}) });
  }

  /** The axes of a histogram; what moves is in its own canvas. @param {Card} card @param {Histogram} histogram */
  #drawHistogram(card, histogram) {
    const frames = this.frames.filter((frame) => card.spec.phases.includes(frame.phase) && frame.arrays[card.spec.x]);
    const range = histogram.fit(card.plot, frames);
    if (this.#plotly && card.plot.clientWidth) this.#plot(card, [], { type: "linear", range }, { type: "linear", range: [0, histogram.top] });
  }

  /** Bars of the frame on the stage, and of a second run's. @param {Card} card */
  #drawBars(card) {
    const { spec, plot } = card;
    const frames = card.at.flatMap((frame) => (frame && spec.series.some(({ metric }) => frame.arrays[metric]) ? [frame] : []));
    if (!frames.length) return;
    const { rows, traces: drawn, axis } = bars(frames, spec, token);
    const area = /** @type {HTMLElement} */ (plot.parentElement);
    area.style.minHeight = `${46 + rows.length * (8 + 13 * drawn.length)}px`;
    const values = frames[0].arrays[spec.series[0].metric].data;
    area.setAttribute("aria-label", `${this.lesson.labels.charts[spec.key]}: ${namesOf(frames[0], spec).map((name, i) => `${name} ${number(values[i])}`).join(", ")}`);
    if (!this.#plotly || !plot.clientWidth) return;
    const chapter = [...this.frames, ...(this.beside?.frames ?? [])].filter(({ phase }) => spec.phases.includes(phase));
    const xaxis = { type: "linear", range: [0, end(chapter, spec)], showgrid: true };
    this.#plot(card, drawn, xaxis, { type: "linear", ...axis, range: [...axis.range].reverse(), showgrid: false }, { margin: { ...MARGIN, l: Math.min(plot.clientWidth * 0.4, margin(rows)) }, bargap: 0.25, bargroupgap: 0.08 });
  }

  /** @param {Card} card @param {any[]} traces @param {any} xaxis @param {any} yaxis what is this chart's own of its axes @param {any} [own] and of its layout */
  #plot({ spec, plot }, traces, xaxis, yaxis, own = {}) {
    const font = { color: token("soft"), size: 12, family: getComputedStyle(document.body).fontFamily };
    const axis = { color: token("soft"), gridcolor: token("line"), zeroline: false, fixedrange: true, tickfont: font, nticks: 5 };
    const layout = {
      margin: MARGIN,
      width: plot.clientWidth, // plotly would keep the first: the window may have turned
      height: plot.clientHeight,
      showlegend: false,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font,
      xaxis: { ...axis, showgrid: false, ...xaxis, title: { text: this.lesson.labels.metrics[spec.x], standoff: 4, font } },
      yaxis: { ...axis, nticks: 4, ...yaxis },
      ...own,
    };
    this.#plotly.react(plot, traces, layout, { staticPlot: true, displayModeBar: false, responsive: false });
  }

  /** Move the cursors to a frame and say its values. @param {Frame} frame @param {string[]} light what a symbol points to */
  show(frame, light) {
    if (frame.phase !== this.phase) {
      this.phase = frame.phase;
      for (const card of this.cards) card.card.hidden = !card.spec.phases.includes(frame.phase);
      this.redraw();
    }
    for (const made of this.cards) {
      const { spec, card, cursor, values, range, histogram } = made;
      if (card.hidden) continue;
      const at = [frame, this.beside?.frame ?? null];
      if (spec.kind === "bars" && at.some((one, k) => one !== made.at[k])) {
        made.at = at;
        this.#drawBars(made);
      }
      card.classList.toggle("lit", light.includes(spec.key));
      const part = place({ spec, range }, measure(frame, spec.x));
      cursor.style.left = `calc(${MARGIN.l}px + (100% - ${MARGIN.l + MARGIN.r}px) * ${Math.min(1, Math.max(0, part))})`;
      histogram?.show(frame);
      values.replaceChildren(...(this.beside ? this.#both(spec, frame, this.beside) : this.#said(spec, spec.series, frame)));
    }
  }

  /** What a walk by hand came to. @param {Series[]} series */
  #yours(series) {
    return this.#lines({ series }).map((value) => h("span", { class: "value reference", style: "--c:var(--mark)" }, `${this.words.cells_yours} `, h("b", {}, number(value))));
  }

  /** @param {Chart} chart @param {Series[]} series @param {Frame} frame @param {HTMLElement[]} [yours] */
  #said({ kind, metrics = [] }, series, frame, yours = this.#yours(series)) {
    return [
      ...series.map(({ metric, color, reference }) =>
        h("span", { class: reference ? "value reference" : "value", style: `--c:var(--${color})` }, `${this.lesson.labels.metrics[metric]} `, STILL.includes(kind) ? null : h("b", {}, number(frame.metrics[metric])), this.#spread(frame, metric)),
      ),
      ...yours,
      ...metrics.map((metric) => h("span", {}, `${this.lesson.labels.metrics[metric]} `, h("b", {}, number(frame.metrics[metric])))),
      h("span", { class: "where" }, about(this.lesson.captions.moments[frame.phase], frame)),
    ];
  }

  /** What the other seeds made of it. @param {Frame} frame @param {string} metric */
  #spread(frame, metric) {
    const found = spread(frame, metric);
    return found && fill(this.words.spread, found);
  }

  /** A line for each run, with the values that it has. @param {Chart} chart @param {Frame} one @param {Beside} beside */
  #both(chart, one, { frame: other, names }) {
    return [one, other].map((frame, k) => {
      const own = chart.series.filter(({ metric }) => STILL.includes(chart.kind) || frame?.metrics[metric] !== undefined);
      return h("div", { class: k ? "of other" : "of" }, h("b", {}, names[k]), ...(frame ? this.#said(chart, own, frame, k ? [] : undefined) : []));
    });
  }
}
