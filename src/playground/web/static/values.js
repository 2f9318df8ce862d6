/** A parameter's value in the reader's words. */

import { number } from "./format.js";

const LONGEST = 24; // characters of a text that names a run

/** A value as the lesson names it. @param {string} name of its field @param {any} value @param {Pick<import("./page.js").Spec, "lesson" | "versus">} spec */
export function said(name, value, { lesson, versus }) {
  const option = lesson.labels.options[name]?.[value];
  if (option) return option;
  if (typeof value === "boolean") return versus[value ? "on" : "off"];
  if (typeof value === "number") return number(value);
  return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value || "–";
}
