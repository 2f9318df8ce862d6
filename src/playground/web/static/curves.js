/** The curves of a chart, as plotly takes them: a line a metric, and a band where a run has many seeds. Knows no document. */

/**
 * @typedef {import("./wire.js").Frame} Frame
 * @typedef {import("./charts.js").Chart} Chart
 */

const DASH = [["solid", "dot"], ["7px 4px", "2px 5px"]]; // a measurement and a reference of the first run; of a second
const BAND = 0.2; // opacity

/** @param {Frame} frame @param {string} name */
export const measure = (frame, name) => (name === "step" ? frame.step : frame.metrics[name]);

/** The points of a curve: what has no such value is left out. @param {Frame[]} frames @param {Chart} chart @param {string} metric */
function curve(frames, { phases, x }, metric) {
  const some = frames.filter((frame) => phases.includes(frame.phase) && frame.metrics[metric] !== undefined);
  return { x: some.map((frame) => measure(frame, x)), y: some.map((frame) => frame.metrics[metric]) };
}

/** The colour halfway between two. @param {string} one @param {string} other as #rrggbb */
const between = (one, other) => `rgb(${mixed(one, other).join()})`;

/** @param {string} one @param {string} other */
const mixed = (one, other) => [1, 3, 5].map((i) => (parseInt(one.slice(i, i + 2), 16) + parseInt(other.slice(i, i + 2), 16)) / 2);

/**
 * Of many seeds: the band from the lowest to the highest, the median as the line, and the first seed's own curve thin.
 * @param {Frame[]} frames @param {Chart} chart @param {number} k the first run or the second beside it @param {(name: string) => string} token the colours of site.css
 */
export function traces(frames, chart, k, token) {
  return chart.series.flatMap(({ metric, color, reference }) => {
    const [own, ink] = [token(color), token("ink")];
    const line = { color: k ? between(own, ink) : own, width: reference ? 1.6 : 2.6, dash: DASH[k][Number(reference)] };
    const trace = (/** @type {string} */ name, more = {}) => ({ ...curve(frames, chart, name), mode: "lines", line: { ...line, ...more } });
    if (!banded(frames, metric)) return [trace(metric)];
    const fillcolor = `rgba(${mixed(own, k ? ink : own).join()},${BAND})`;
    return [trace(`${metric}_low`, { width: 0 }), { ...trace(`${metric}_high`, { width: 0 }), fill: "tonexty", fillcolor }, trace(metric, { width: 1 }), trace(`${metric}_median`)];
  });
}

/** @param {Frame[]} frames @param {string} metric */
const banded = (frames, metric) => frames.some(({ metrics }) => metrics[`${metric}_median`] !== undefined);

/** What many seeds make of a metric, at one frame; null for one seed. @param {Frame} frame @param {string} metric */
export function spread({ metrics }, metric) {
  const [median, low, high] = ["median", "low", "high"].map((name) => metrics[`${metric}_${name}`]);
  return median === undefined ? null : { median, low, high };
}
