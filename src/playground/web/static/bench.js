/** How many frames a second the stage draws: 2,000 moving points over a 64 × 64 heatmap, in a canvas of this page. */

import { Stage } from "./stage.js";

/** @param {number} seconds @returns {Promise<number>} frames a second */
export function benchmark(seconds) {
  const canvas = document.createElement("canvas");
  canvas.style.cssText = "position:fixed;inset:0;width:760px;height:475px;z-index:99";
  document.body.append(canvas);
  const stage = new Stage(canvas, () => {});
  const layer = { phases: [], on: true, columns: 0, labels: "", names: "", width: 1.3, captions: "", linked: "", extent: 0, span: null, at: 0, opacity: "", shared: false, tokens: "", focus: "", special: "", sentence: "", product: [], draw: null };
  stage.scene = {
    layers: [
      { ...layer, key: "heat", kind: "heatmap", array: "heat", color: "noise" },
      { ...layer, key: "dots", kind: "points", array: "dots", color: "model" },
    ],
    charts: [],
    view: 2.5,
    headline: {}, twins: {},
  };
  const random = (/** @type {number} */ n, /** @type {number} */ scale) => Float32Array.from({ length: n }, () => scale * (Math.random() - 0.5));
  const frames = Array.from({ length: 8 }, (_, step) => ({
    step,
    phase: "",
    metrics: {},
    texts: {},
    arrays: { heat: { data: random(4096, 1), shape: [64, 64] }, dots: { data: random(4000, 4), shape: [2000, 2] } },
  }));
  return new Promise((resolve) => {
    const start = performance.now();
    let drawn = 0;
    const loop = () => {
      const k = drawn % 8;
      stage.draw(frames[k], { next: frames[(k + 1) % 8], mix: 0.5 }, []);
      drawn++;
      const passed = (performance.now() - start) / 1000;
      if (passed < seconds) requestAnimationFrame(loop);
      else {
        canvas.remove();
        resolve(drawn / passed);
      }
    };
    requestAnimationFrame(loop);
  });
}
