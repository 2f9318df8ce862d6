/** Runs, one at a time: asks for one, feeds its frames to the timeline, has the status line say how far it is, stops it. */

import { fingerprintOf, frameOf, opening, queryOf } from "./address.js";
import { pause, rest } from "./again.js";
import { calm } from "./dom.js";
import { fill } from "./format.js";
import { follow } from "./run.js";
import { Lost, Refusal, answer } from "./wire.js";

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
const OTHER = new Error("the server's code is another one now: so are the frames");

export class Running {
  /** What the server says of the controls' values; null while it refuses them. @type {Plan | null} */
  plan = null;
  /** The run being read. @type {AbortController | null} */
  #control = null;
  #begun = false;
  /** Frames of it that have come. */
  #come = 0;
  /** What the server calls it. */
  #key = "";
  /** What it is, once it has begun. @type {Plan | null} */
  #plan = null;
  #tries = 0;
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
   * @param {{first?: boolean, pressed?: boolean, keep?: number, doubtful?: boolean, sorry?: string, shown?: string}} [how] on the page's opening; by the reader's hand; how many of the frames on the stage are its own as well; where it may well be refused; why it is not the run that was asked for, and which it is instead
   */
  async open(search, { first = false, pressed = false, keep = 0, doubtful = pressed && !this.plan, sorry = "", shown = "" } = {}) {
    this.#drop();
    const control = (this.#control = new AbortController());
    this.#begun = false;
    this.#come = this.#tries = 0;
    const query = queryOf(search, this.spec);
    this.status.refuse(`${sorry} ${shown}`.trim());
    this.page.asked(pressed);
    try {
      while (!(await this.#read(search, query, control.signal, { pressed, keep, doubtful })));
    } catch (error) {
      if (control.signal.aborted) return;
      this.#failed(error);
      if (first && query && error instanceof Refusal) this.#openRest(query, error, sorry);
    }
  }

  /**
   * Read a run to its end, or as far as it comes; then false, once it is time for another try, which goes on where this one ended.
   * @param {string} search @param {string} query @param {AbortSignal} signal @param {{pressed: boolean, keep: number, doubtful: boolean}} how
   */
  async #read(search, query, signal, { pressed, keep, doubtful }) {
    try {
      const [plan, response] = await this.#request(query, signal, doubtful);
      if (signal.aborted) return true;
      plan.fp = fingerprintOf(search);
      await follow(response, this.spec.lang, signal, this.#listener(plan, frameOf(search), pressed, keep));
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      if (error !== OTHER) await this.#hold(error, signal);
      return signal.aborted;
    }
  }

  /** Say what is wrong, and wait as long as makes sense. Throws what waiting doesn't help. @param {unknown} error @param {AbortSignal} signal */
  async #hold(error, signal) {
    const seconds = this.spec.offline ? null : pause(error, this.#tries++);
    if (seconds === null) throw error;
    this.#quiet();
    this.#say(error instanceof Lost ? this.spec.words.lost : fill(this.spec.words.busy, { why: this.#sentence(error) }));
    await rest(seconds, signal);
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
    for (let tries = 0; looked === this.#looked; tries++) {
      const seconds = await this.#seen(query, quiet, looked, tries);
      if (looked === this.#looked) this.label();
      if (seconds === null) return;
      await rest(seconds);
    }
  }

  /** One such look; the seconds until the next where the server isn't there. @param {string | Promise<string>} query @param {boolean} quiet @param {number} looked @param {number} tries */
  async #seen(query, quiet, looked, tries) {
    try {
      const plan = await this.#ask(await query);
      if (looked !== this.#looked) return null;
      this.plan = plan;
      if (tries) this.status.refuse("");
      return null;
    } catch (error) {
      if (looked !== this.#looked) return null;
      this.plan = null;
      if (!quiet) this.status.refuse(this.#sentence(error));
      return this.spec.offline ? null : pause(error, tries);
    }
  }

  /** A link that can't be run still gives a page that lives. @param {string} sentence */
  openDefault(sentence) {
    this.open(opening("", this.spec.opening, this.spec), { sorry: sentence, shown: this.spec.words.opened_default });
  }

  /** What a link says that is refused, an old one perhaps, does not cost the rest of its run. @param {string} query @param {Refusal} refusal @param {string} sorry what was refused before */
  #openRest(query, refusal, sorry) {
    const kept = new URLSearchParams(query);
    const refused = refusal.errors.map(({ field }) => field).filter((name) => kept.has(name));
    for (const name of refused) kept.delete(name);
    if (sorry || !refused.length || !kept.size) this.openDefault(sorry || refusal.message);
    else this.open(kept.toString(), { first: true, sorry: refusal.message, shown: this.spec.words.opened_rest });
  }

  /**
   * The plan and the run are asked for side by side; but while the controls are known to be refused, the plan alone. A run that has begun goes on under its plan.
   * @param {string} query @param {AbortSignal} signal @param {boolean} doubtful @returns {Promise<[Plan, Response]>}
   */
  async #request(query, signal, doubtful) {
    if (!this.#tries) this.#say(this.spec.words.asking);
    const run = () => answer(this.#address("runs", query), this.spec.lang, signal);
    if (this.#begun && this.#plan) return [this.#plan, await run()];
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
    let read = 0; // frames of this answer; those that had come before are passed over
    const begin = () => {
      this.#begun = true;
      timeline.reset(total, plan.scene.chapters, keep);
      timeline.playing = at === null && (pressed || !calm());
      timeline.expect(at ?? (timeline.playing ? null : total));
      this.#plan = plan;
      status.begin(plan);
      page.begun(plan, pressed);
      this.label();
    };
    return {
      header: ({ frames, v, key }) => {
        const same = this.#key === key;
        this.#key = key;
        if (this.#come && !same) {
          this.#begun = false;
          this.#come = 0;
          throw OTHER;
        }
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
        this.#tries = 0;
        if (read++ < this.#come) return;
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
    if (error instanceof Refusal) return error.message;
    return error instanceof Lost && !this.spec.offline ? this.spec.words.lost : this.spec.words.broken;
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
