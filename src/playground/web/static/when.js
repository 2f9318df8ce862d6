/** Whether something on the page is about these parameters: `{data: "ring|moons"}` is, for either of the two. */

/** @param {Record<string, any> | null | undefined} when @param {Record<string, any>} params */
export const suits = (when, params) => Object.entries(when ?? {}).every(([name, values]) => String(values).split("|").includes(String(params[name])));
