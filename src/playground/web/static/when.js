/** Whether something on the page is about these parameters: `{data: "ring|moons"}` is, for either of the two, `{text: "*"}` for any text at all. */

/** @param {Record<string, any> | null | undefined} when @param {Record<string, any>} params */
export const suits = (when, params) => Object.entries(when ?? {}).every(([name, values]) => (values === "*" ? String(params[name]).trim() !== "" : String(values).split("|").includes(String(params[name]))));
