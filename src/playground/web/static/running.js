/** Runs, one at a time: asks for one, feeds its frames to the timeline, has the status line say how far it is, stops it. */

import { fingerprintOf, frameOf, opening, queryOf } from "./address.js";
import { calm } from "./dom.js";
import { fill } from "./format.js";
import { follow } from "./run.js";
import { Refusal, answer } from "./wire.js";

/**
 * @typedef {import("./page.js").Spec} Spec
 * @typedef {{query: string, params: Record<string, any>, scene: import("./stage.js").Scene & {chapters: import("./progress.js").Chapter[]}, work: number, frames: number, stored: boolean, key: string, v: string, whole?: boolean, ran?: import("./source.js").Ran, fp?: string | null}} Plan `whole` once every frame is here; `fp` is what its link says of the last one
 * @typedef {{
 *   asked: (pressed: boolean) => void,
 *   begun: (plan: Plan, pressed: boolean) => void,
 *   came: (seen: boolean) => void,
 *   grown: () => void,
 *   ended: (complete: boolean) => void,
 * }} Page what the page does when a run is asked for, begins, has a frame (which the clock may show), has grown since it was last told, ends
 * @typedef {Pick<import("./status.js").Status, "refuse" | "begin" | "progress" | "done" | "label"> & {say: (text: string) => void}} Teller what says how the run is
 */

const APART = 100; // ms between two sentences about the same run

export class Running {
  /** What the server says of the controls' values; null while it refuses them. @type {Plan | null} */
  plan = null;
  /** The run being read. @type {AbortController | null} */
  #control = null;
  #begun = false;
  /** Frames of it that have come. */
  #come = 0;
  #looked = 0;
  #telling = 0;

  /** @param {Spec} spec @param {import("./timeline.js").Timeline} timeline @param {Teller} status @param {Page} page */
  constructor(spec, timeline, status, page) {
    this.spec = spec;
    this.timeline = timeline;
    this.status = status;
    this.page = page;
  }

  get active() {
    return this.#control !== null;
  }

  /** Whether the stage still shows the run before. */
  get waiting() {
    return this.active && !this.#begun;
  }

  /**
   * Put the run of a query on the stage.
   * @param {string} search a query, the page's own words in it included
   * @param {{first?: boolean, pressed?: boolean, keep?: number, doubtful?: boolean, sorry?: string}} [how] on the page's opening; by the reader's hand; how many of the frames on the stage are its own as well; where it may well be refused; why it is not the run that was asked for
   */
  async open(search, { first = false, pressed = false, keep = 0, doubtful = pressed && !this.plan, sorry = "" } = {}) {
    this.#drop();
    const control = (this.#control = new AbortController());
    this.#begun = false;
    this.#come = 0;
    const query = queryOf(search, this.spec);
    this.status.refuse(sorry);
    this.page.asked(pressed);
    try {
      const [plan, response] = await this.#request(query, control.signal, doubtful);
      if (control.signal.aborted) return;
      plan.fp = fingerprintOf(search);
      await follow(response, this.spec.lang, control.signal, this.#listener(plan, frameOf(search), pressed, keep));
    } catch (error) {
      if (control.signal.aborted) return;
      this.#failed(error);
      if (first && query && error instanceof Refusal) this.#openRest(query, error, sorry);
    }
  }

  /** The reader stops the run; what has come is kept. */
  stop() {
    this.#drop();
    this.timeline.end();
    const { stopped, stopped_before } = this.spec.words;
    this.#say(this.#begun ? fill(stopped, { n: this.timeline.frames.length }) : stopped_before);
    this.page.ended(false);
  }

  /** The controls changed: is it a run, and how much work? @param {string | Promise<string>} query @param {boolean} [quiet] not a word if it is none */
  async look(query, quiet = false) {
    const looked = ++this.#looked;
    this.status.refuse("");
    try {
      const plan = await this.#ask(await query);
      if (looked === this.#looked) this.plan = plan;
    } catch (error) {
      if (looked !== this.#looked) return;
      this.plan = null;
      if (!quiet) this.status.refuse(this.#sentence(error));
    }
    this.label();
  }

  /** A link that can't be run still gives a page that lives. @param {string} sentence */
  openDefault(sentence) {
    this.open(opening("", this.spec.opening, this.spec), { sorry: `${sentence} ${this.spec.words.opened_default}` });
  }

  /** What a link says that is refused, an old one perhaps, does not cost the rest of its run. @param {string} query @param {Refusal} refusal @param {string} sorry what was refused before */
  #openRest(query, refusal, sorry) {
    const rest = new URLSearchParams(query);
    const refused = refusal.errors.map(({ field }) => field).filter((name) => rest.has(name));
    for (const name of refused) rest.delete(name);
    if (sorry || !refused.length || !rest.size) this.openDefault(sorry || refusal.message);
    else this.open(rest.toString(), { first: true, sorry: `${refusal.message} ${this.spec.words.opened_rest}` });
  }

  /**
   * The plan and the run are asked for side by side; but while the controls are known to be refused, the plan alone.
   * @param {string} query @param {AbortSignal} signal @param {boolean} doubtful @returns {Promise<[Plan, Response]>}
   */
  async #request(query, signal, doubtful) {
    this.#say(this.spec.words.asking);
    const run = () => answer(this.#address("runs", query), this.spec.lang, signal);
    if (doubtful) return [await this.#ask(query, signal), await run()];
    return Promise.all([this.#ask(query, signal), run()]);
  }

  /** What the server says of a query: its parameters, its scene, its work; or a Refusal. @param {string} query @param {AbortSignal} [signal] @returns {Promise<Plan>} */
  async #ask(query, signal) {
    const { lang, lesson } = this.spec;
    const plan = await (await answer(this.#address("plan", query), lang, signal)).json();
    if (plan.errors) throw new Refusal(plan.errors, lang, lesson.labels.fields);
    return plan;
  }

  /** @param {"plan" | "runs"} kind @param {string} query */
  #address(kind, query) {
    return `/${kind}/${this.spec.slug}?${query}${query ? "&" : ""}v=${this.spec.v}`;
  }

  /** What each line of the run does. The run before stays on the stage until the first frame. @param {Plan} plan @param {number | null} at @param {boolean} pressed @param {number} keep @returns {import("./run.js").Listener} */
  #listener(plan, at, pressed, keep) {
    const { timeline, status, page } = this;
    let total = 1;
    const begin = () => {
      this.#begun = true;
      timeline.reset(total, plan.scene.chapters, keep);
      timeline.playing = at === null && (pressed || !calm());
      timeline.expect(at ?? (timeline.playing ? null : total));
      status.begin(plan);
      page.begun(plan, pressed);
      this.label();
    };
    return {
      header: ({ frames, v }) => {
        total = frames;
        plan.v = v; // a baked run may be older than the code
        if (!timeline.frames.length) begin();
      },
      queued: (place) => {
        if (!this.#begun) timeline.end(); // an unfinished run before it won't go on
        this.#say(fill(this.spec.words.queued, { place }));
      },
      frame: (frame) => {
        if (!this.#begun) begin();
        const i = this.#come++;
        const seen = timeline.push(frame, i);
        if (i >= keep || i === timeline.last) page.came(seen);
        this.#telling ||= window.setTimeout(() => this.#tell(plan), APART);
      },
      end: (seconds, ran) => {
        this.#quiet();
        timeline.end();
        plan.stored = plan.whole = true;
        plan.ran = ran;
        this.#control = null;
        status.done(timeline.frames.length, seconds);
        this.label();
        page.ended(true);
      },
    };
  }

  /** How far the run is. @param {Plan} plan */
  #tell(plan) {
    this.#telling = 0;
    const { frames, total } = this.timeline;
    this.status.progress({ frames: frames.slice(0, this.#come), total }, plan); // those kept have not been computed for it
    this.page.grown();
  }

  #quiet() {
    clearTimeout(this.#telling);
    this.#telling = 0;
  }

  /** @param {unknown} error */
  #failed(error) {
    this.#quiet();
    if (this.timeline.frames.length) this.timeline.end();
    this.#control = null;
    this.#say("");
    this.status.refuse(this.#sentence(error));
    this.page.ended(false);
  }

  /** @param {unknown} error */
  #sentence(error) {
    return error instanceof Refusal ? error.message : this.spec.words.broken;
  }

  #drop() {
    this.#quiet();
    this.#control?.abort();
    this.#control = null;
  }

  /** @param {string} text */
  #say(text) {
    this.status.say(text);
    this.label();
  }

  /** What the Run buttons say. */
  label() {
    this.status.label(this.active, this.plan);
  }
}
