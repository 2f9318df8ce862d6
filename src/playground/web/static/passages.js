/** The lesson's passages that are about some runs only. */

import { suits } from "./when.js";

/** Show those that are about a run of these parameters. @param {Record<string, any> | undefined} params */
export function showPassages(params) {
  if (!params) return;
  for (const passage of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-when]"))) {
    passage.hidden = !suits(Object.fromEntries((passage.dataset.when ?? "").split(" ").map((rule) => rule.split("="))), params);
  }
}
