/** The gallery: every card plays its concept's run, quietly, while it is in sight; a field searches the entries. */

import { calm, onRatioChange, onThemeChange } from "./dom.js";
import { follow } from "./run.js";
import { search } from "./search.js";
import { Stage } from "./stage.js";
import { Timeline, chapterAt } from "./timeline.js";
import { answer } from "./wire.js";

/** @param {HTMLElement} element */
export function mount(element) {
  search(element);
  for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (element.querySelectorAll("canvas[data-slug]"))) {
    thumbnail(canvas).catch(() => {}); // a card without its picture still says what it is and leads there
  }
}

/** @param {HTMLCanvasElement} canvas */
async function thumbnail(canvas) {
  const { slug } = canvas.dataset;
  const timeline = new Timeline();
  const draw = () => {
    const { frame, ahead, index } = timeline;
    if (frame && stage.scene) stage.draw(frame, ahead, chapterAt(timeline.frames, index));
  };
  const stage = new Stage(canvas, draw);
  const plan = await (await answer(`/plan/${slug}`, "en")).json();
  stage.scene = plan.scene;
  stage.off = new Set(plan.scene.layers.filter((/** @type {any} */ layer) => !layer.on || ["arrows", "level"].includes(layer.kind)).map((/** @type {any} */ layer) => layer.key));
  onThemeChange(() => {
    stage.recolor();
    draw();
  });
  onRatioChange(() => {
    stage.refit();
    draw();
  });
  stage.clear();
  [timeline.loop, timeline.playing] = [true, !calm()];
  if (!calm()) whileSeen(canvas, (seconds) => timeline.tick(seconds) && draw());
  await follow(await answer(`/runs/${slug}`, "en"), "en", new AbortController().signal, {
    header: ({ frames }) => timeline.reset(frames),
    queued: () => {},
    frame: (frame) => timeline.push(frame) && draw(),
    end: () => {
      timeline.end();
      if (!calm()) return;
      timeline.seek(timeline.last);
      draw();
    },
  });
}

/** Let time pass while the element is in sight, and at no other time. @param {Element} element @param {(seconds: number) => void} pass */
function whileSeen(element, pass) {
  let request = 0;
  let clock = 0;
  const tick = (/** @type {number} */ now) => {
    pass(Math.min(0.25, (now - clock) / 1000));
    clock = now;
    request = requestAnimationFrame(tick);
  };
  new IntersectionObserver(([entry]) => {
    cancelAnimationFrame(request);
    clock = performance.now();
    request = entry.isIntersecting ? requestAnimationFrame(tick) : 0;
  }).observe(element);
}
