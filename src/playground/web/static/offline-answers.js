/** What the page asks of its server, answered by the file it stands in: what a run would be, the run, the code, names of pictures. */

import { queryOf } from "./address.js";
import { unpack as unpacked } from "./packed.js";

/**
 * @typedef {import("./page.js").Spec} Spec
 * @typedef {Pick<Spec, "fields" | "reserved">} Names
 * @typedef {{part: string, plan: import("./running.js").Plan}} Held a run of the file
 */

/** In the place of `fetch`. @param {(part: string) => Response} unpack @param {Spec} spec @param {typeof fetch} network for the page's own blobs @returns {typeof fetch} */
export function answers(unpack, spec, network) {
  const held = unpack("runs").json().then((/** @type {Held[]} */ runs) => new Map(runs.map((run) => [named(run.plan.params, spec), run])));
  const run = async (/** @type {string} */ search) => (await held).get(await nameOf(search, spec));
  const absent = { errors: [{ field: "", code: "absent", en: spec.words.absent, zh: spec.words.absent }] };
  /** @type {Record<string, (name: string, search: string) => Promise<Response>>} */
  const kinds = {
    plan: async (_, search) => Response.json((await run(search))?.plan ?? absent),
    runs: async (_, search) => {
      const found = await run(search);
      return found ? unpack(found.part) : Response.json(absent, { status: 422 });
    },
    code: async () => unpack("code"),
    static: (name) => network(import.meta.resolve(`playground/${name}`)),
  };
  return async (asked, options) => {
    const [, kind, name, search] = /^\/(plan|runs|code|static)\/([^?]*)\??(.*)$/s.exec(String(asked)) ?? [];
    return kind ? kinds[kind](name, search) : network(asked, options);
  };
}

/** The run that an address names, whatever way it is written. @param {string} search @param {Names} names */
export async function nameOf(search, names) {
  /** @type {Record<string, string>} */
  const params = {};
  for (const [name, value] of new URLSearchParams(queryOf(search, names))) params[name] = await unpacked(value).catch(() => value);
  return named(params, names);
}

/** One text for one set of parameters; a number may be written in many ways. @param {Record<string, any>} params @param {Names} names */
export const named = (params, { fields }) =>
  JSON.stringify(fields.map(({ name, type, default: value }) => (["integer", "number"].includes(type) ? String(Number(params[name] ?? value)) : String(params[name] ?? value))));
