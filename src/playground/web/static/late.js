/** Parts of the page that not every run needs: each is fetched once it is wanted, put in its place, and shown with every frame from then on.
 *
 * To add one: a module that draws it, and here a line of PARTS that says when it is wanted, where it is fetched, and how it is made.
 */

import { placed } from "./room.js";

/**
 * @typedef {import("./page.js").Page} Page
 * @typedef {import("./stage.js").Scene} Scene
 * @typedef {{show: (frame: import("./wire.js").Frame) => void, took?: () => void, key?: (event: KeyboardEvent) => boolean}} Part
 * `took` is told that another run has the stage, `key` says whether a key of the stage was for it
 * @typedef {{wanted: (scene: Scene, page: Page) => unknown, fetch: () => Promise<any>, make: (page: Page, module: any) => Part}} Kind
 */

/** Beside the picture; where there is no room, as on a phone, below the player. @param {Page} page @param {HTMLElement} element @param {...HTMLElement} above what stands above it there */
function aside({ hosts, view }, element, ...above) {
  placed((compact) => (compact ? hosts.twin.prepend(...above, element) : view.append(element)));
}

/** A step in slow motion. @param {Page} page @param {typeof import("./flow.js")} module @returns {Part} */
function flow(page, { Flow }) {
  const go = (/** @type {number} */ part) => page.seek(page.timeline.frames.findIndex(({ phase, metrics }) => phase === page.stage.scene?.flow?.phase && metrics.part === part));
  const own = new Flow(page.spec.lesson, go);
  aside(page, own.element);
  return { show: (frame) => page.view.classList.toggle("flowing", own.show(page.stage.scene?.flow, frame) && !page.versus?.second.frame) }; // beside two stages there is no room
}

/** What attention is looked at with, between the picture and its legend. @param {Page} page @param {typeof import("./heads-hand.js")} module @returns {Part} */
function heads(page, { Hand }) {
  const hand = new Hand(page.stage, page.spec.words, (kept) => page.looked(kept), page.spec.versus.first);
  page.legend.element.before(hand.element);
  aside(page, hand.product.element, hand.aid);
  const show = () => {
    hand.show(page.stages, page.timeline.playing);
    page.view.classList.toggle("multiplying", !hand.product.element.hidden);
  };
  return { show, key: (event) => hand.key(event) };
}

/** An update with its numbers. @param {Page} page @param {typeof import("./equation.js")} module @returns {Part} */
function equation(page, { Shown }) {
  const own = new Shown(page.spec.lesson);
  aside(page, own.element);
  return { show: (frame) => page.view.classList.toggle("reckoning", own.show(page.stage.scene?.equation, frame) && !page.versus?.second.frame) };
}

/** A latent space to walk through, beside its map. @param {Page} page @param {typeof import("./walker.js")} module @returns {Part} */
function walker(page, { Walker }) {
  const own = (page.walker = new Walker(page));
  page.view.append(own.element);
  const show = () => {
    const { timeline, versus, stage } = page;
    const second = versus ? [{ stage: versus.second.seat.stage, frame: versus.second.frame, name: versus.second.name }] : [];
    page.view.classList.toggle("walking", own.show([{ stage, frame: timeline.frame, name: versus?.names[0] ?? "" }, ...second]));
  };
  return { show, key: (event) => own.key(event) };
}

/** What the run has written by now, under the frame in words. @param {Page} page @param {typeof import("./texts.js")} module @returns {Part} */
function texts(page, { Texts }) {
  const own = new Texts(page.spec.lesson.labels.texts);
  page.twin.after(own.element);
  const show = (/** @type {import("./wire.js").Frame} */ frame) => {
    const other = page.versus?.second.frame;
    own.show(page.stage.scene?.texts ?? [], other ? [frame, other] : [frame], other ? page.versus?.names : []);
  };
  return { show };
}

/** Where a run can be changed while it trains: its branches. @param {Page} page @param {typeof import("./branches.js")} module @returns {Part} */
function branches(page, { Branches }) {
  const own = new Branches(page);
  return { show: () => own.fit(), took: () => own.took() };
}

/** In a file without network: the settings of the run on the stage, and which links of the lesson lead out of the file. @param {Page} page @param {typeof import("./held.js")} module @returns {Part} */
function held(page, { Held }) {
  const own = new Held(page);
  return { show: () => own.show() };
}

/** @type {Kind[]} */
const PARTS = [
  { wanted: (scene) => scene.flow, fetch: () => import("./flow.js"), make: flow },
  { wanted: ({ layers }) => layers.some(({ kind }) => kind === "heads"), fetch: () => import("./heads-hand.js"), make: heads },
  { wanted: (scene) => scene.equation, fetch: () => import("./equation.js"), make: equation },
  { wanted: (scene) => scene.walker, fetch: () => import("./walker.js"), make: walker },
  { wanted: (scene) => scene.texts?.length, fetch: () => import("./texts.js"), make: texts },
  { wanted: (_, { late, spec }) => late.resting && spec.fields.some(({ live }) => live), fetch: () => import("./branches.js"), make: branches },
  { wanted: (_, { spec }) => spec.offline, fetch: () => import("./held.js"), make: held },
];

export class Late {
  /** Those that are there; null while one is fetched. @type {Map<unknown, Part | null>} */
  #parts = new Map();
  /** Whether there is time for what can wait. */
  resting = false;
  /** The Share dialog, last opened. @type {import("./share.js").Share | null} */
  #sharing = null;

  /** @param {Page} page */
  constructor(page) {
    this.page = page;
  }

  /** Show what is there of the frame on the stage, and fetch what it wants besides. */
  show() {
    const { stage, timeline } = this.page;
    if (!stage.scene || !timeline.frame) return;
    for (const part of this.#parts.values()) part?.show(timeline.frame);
    for (const kind of PARTS) if (!this.#parts.has(kind) && kind.wanted(stage.scene, this.page)) this.#fetch(kind);
  }

  /** What can't be fetched is tried again with the next frame. @param {Kind} kind */
  async #fetch(kind) {
    this.#parts.set(kind, null);
    const module = await kind.fetch().catch(() => null);
    if (module) this.#add(kind, kind.make(this.page, module));
    else this.#parts.delete(kind);
  }

  /** @param {unknown} kind @param {Part} part */
  #add(kind, part) {
    this.#parts.set(kind, part);
    if (this.page.timeline.frame) part.show(this.page.timeline.frame);
  }

  /** Gradio is up: there is time for what can wait, for branches and for sharing, which is to work when the network does not. */
  rest() {
    (globalThis.requestIdleCallback ?? setTimeout)(() => {
      if (this.resting) return;
      this.resting = true;
      this.show();
      import("./share.js").catch(() => {});
    });
  }

  /** Another run has taken the stage. */
  took() {
    for (const part of this.#parts.values()) part?.took?.();
  }

  /** The run on the stage is at its end. */
  ended() {
    this.#sharing?.update();
  }

  /** Whether a key of the stage was for one of them. @param {KeyboardEvent} event */
  key(event) {
    return [...this.#parts.values()].some((part) => part?.key?.(event));
  }

  /** The place of the code is there: it is fetched when that is seen. @param {HTMLElement} host */
  source(host) {
    new IntersectionObserver(async ([{ isIntersecting }], observer) => {
      if (!isIntersecting) return;
      observer.disconnect();
      const module = await import("./source.js").catch(() => null);
      if (!module) return void (host.textContent = this.page.spec.words.broken);
      const own = new module.Source(host, this.page);
      this.#add("source", { show: () => own.show() });
    }).observe(host);
  }

  async share() {
    const { spec, status } = this.page;
    const module = await import("./share.js").catch(() => status.refuse(spec.share.unreachable));
    if (module && this.page.shown) this.#sharing = await module.open(this.page);
  }

  /** What two runs need. */
  async second() {
    const { spec, status } = this.page;
    const module = await import("./versus.js").catch(() => status.refuse(spec.words.broken));
    return (this.page.versus ??= module ? new module.Versus(this.page) : null);
  }
}
