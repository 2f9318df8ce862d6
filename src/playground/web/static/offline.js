/** The page in a file without network: its runs come from the file, and what Gradio does on the live page is done here. */

import { answers } from "./offline-answers.js";
import { darken } from "./site.js";

/** @param {(part: string) => Response} unpack gives a part of the file */
export async function open(unpack) {
  const spec = JSON.parse(document.getElementById("spec")?.textContent ?? "{}");
  globalThis.fetch = answers(unpack, spec, globalThis.fetch.bind(globalThis));
  const { give } = await import("./page.js");
  give("source", /** @type {HTMLElement} */ (document.querySelector(".place-source")));
  const header = /** @type {HTMLElement} */ (document.querySelector("header.site"));
  darken(header);
  languages(/** @type {HTMLAnchorElement} */ (header.querySelector(".language")));
  tabs([.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".reading [role=tab]"))]);
}

/** The link to the other language keeps what is on the stage. @param {HTMLAnchorElement} link */
function languages(link) {
  const turn = () => {
    const query = new URLSearchParams(location.search);
    query.set("lang", link.lang);
    link.href = `?${query}`;
  };
  for (const name of ["pointerdown", "focus", "click"]) link.addEventListener(name, turn);
}

/** One of the passages is open; arrows go from tab to tab. @param {HTMLElement[]} all */
function tabs(all) {
  const choose = (/** @type {HTMLElement} */ chosen) => {
    for (const tab of all) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.classList.toggle("selected", tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      /** @type {HTMLElement} */ (document.getElementById(tab.getAttribute("aria-controls") ?? "")).hidden = tab !== chosen;
    }
  };
  for (const [i, tab] of all.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!by) return;
      const next = all[(i + by + all.length) % all.length];
      choose(next);
      next.focus();
    });
  }
  choose(all[0]);
}
