/** How much room the window has: what stands where in it, and whether the stage can stay in view while the rest of the page scrolls. */

/** Where this matches there is no room for anything beside the picture; site.css and its companions say the same. */
const COMPACT = matchMedia("(width <= 900px), (height <= 560px)");
/** A low window that is wide enough keeps the stage on the left, and all else on the right. */
const SIDE = matchMedia("(width >= 560px) and (orientation: landscape) and ((width <= 900px) or (height <= 560px))");
const BELOW = 180; // CSS pixels to read in below a stage that stays
const LEAST = { side: 120, column: 180 }; // CSS pixels: a picture less high than this is not worth staying

/** Put something where there is room for it, now and whenever that changes. @param {(compact: boolean) => void} place */
export function placed(place) {
  place(COMPACT.matches);
  COMPACT.addEventListener("change", () => place(COMPACT.matches));
}

/**
 * How high the picture may be if the stage is to stay; 0 where it can't.
 * @param {number} room height of what is seen of the page @param {number} rest of the stage without its picture @param {boolean} side
 */
function most(room, rest, side) {
  const left = Math.floor(room - rest - (side ? 0 : BELOW));
  return left >= (side ? LEAST.side : LEAST.column) ? left : 0;
}

/** What of the window is seen: a keyboard on the screen takes from it, enlarging with two fingers does not. */
function seen() {
  const view = globalThis.visualViewport;
  return view ? Math.min(innerHeight, view.height * view.scale) : innerHeight;
}

/** Let the stage stay in view where there is room for it and for something to read. @param {HTMLElement} stage */
export function stay(stage) {
  let waiting = 0;
  const measure = () => {
    waiting = 0;
    const pictures = /** @type {HTMLElement[]} */ ([...stage.querySelectorAll(".picture")]);
    const tops = new Set(pictures.map(({ offsetTop }) => offsetTop)); // two side by side take their height once
    const height = tops.size * (pictures[0]?.offsetHeight ?? 0);
    const picture = COMPACT.matches && !stage.querySelector(".view.walking") ? most(seen(), stage.offsetHeight - height, SIDE.matches) : 0;
    pin(stage, Math.floor(picture / (tops.size || 1)));
  };
  const soon = () => (waiting ||= requestAnimationFrame(measure)); // not within an observer's own round
  new ResizeObserver(soon).observe(stage);
  globalThis.visualViewport?.addEventListener("resize", soon);
  for (const query of [COMPACT, SIDE]) query.addEventListener("change", soon);
  addEventListener("resize", soon);
  measure();
}

/** @param {HTMLElement} stage @param {number} picture */
function pin(stage, picture) {
  stage.classList.toggle("pinned", picture > 0);
  if (picture) stage.style.setProperty("--most", `${picture}px`);
  else stage.style.removeProperty("--most");
  const over = picture && !SIDE.matches ? stage.offsetHeight + 12 : 0;
  document.documentElement.style.scrollPaddingTop = over ? `${over}px` : ""; // what is focused comes to rest below the stage
  const field = document.activeElement;
  if (over && field?.matches("input, textarea, select") && !stage.contains(field) && field.getBoundingClientRect().top < over) field.scrollIntoView({ block: "nearest" });
}
