/** The gallery: every card plays its concept's baked run, quietly, while it is in sight. */

import { calm, onThemeChange } from "./dom.js";
import { follow } from "./run.js";
import { Stage } from "./stage.js";
import { Timeline } from "./timeline.js";
import { answer } from "./wire.js";

/** @param {HTMLElement} element */
export function mount(element) {
  for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (element.querySelectorAll("canvas[data-slug]"))) thumbnail(canvas);
}

/** @param {HTMLCanvasElement} canvas */
async function thumbnail(canvas) {
  const slug = canvas.dataset.slug;
  const timeline = new Timeline();
  const draw = () => {
    const { frame, ahead, index } = timeline;
    if (!frame || !stage.scene) return;
    stage.draw(frame, ahead, timeline.frames.slice(0, index + 1).filter(({ phase }) => phase === frame.phase));
  };
  const stage = new Stage(canvas, draw);
  const still = new AbortController().signal;
  const [plan, run] = await Promise.all([answer(`/plan/${slug}`, "en").then((response) => response.json()), answer(`/runs/${slug}`, "en")]);
  stage.scene = plan.scene;
  stage.off = new Set(plan.scene.layers.filter((/** @type {any} */ layer) => !layer.on || layer.kind === "arrows").map((/** @type {any} */ layer) => layer.key));
  await follow(run, "en", still, { header: ({ frames }) => timeline.reset(frames), queued: () => {}, frame: (frame) => timeline.push(frame), end: () => timeline.end() });
  if (!timeline.frames.length) return;
  onThemeChange(() => {
    stage.recolor();
    draw();
  });
  [timeline.loop, timeline.playing, timeline.speed] = [true, !calm(), 1];
  if (calm()) timeline.seek(timeline.last);
  draw();
  let seen = true;
  new IntersectionObserver((entries) => (seen = entries[0].isIntersecting)).observe(canvas);
  let clock = performance.now();
  const tick = (/** @type {number} */ now) => {
    if (seen && timeline.tick(Math.min(0.25, (now - clock) / 1000))) draw();
    clock = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}
