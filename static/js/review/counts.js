/**
 * How many there are under each tab, and how many wait for review in all. Asked for seldom, however often something
 * changes. Tells `change`.
 */

/** Milliseconds between two questions: a running job changes the answer a thousand times a second. */
const LEAST = 1_500;
/** The same where a person has done something and looks for its effect. */
const SOON = 100;

/** @template Filter @template {string} Tab */
export class Counts extends EventTarget {
  /** Of the filter. @type {Partial<Record<Tab | "review", number>>} */
  tabs = {};
  /** Of the whole company. @type {number | null} */
  toReview = null;
  /** @type {Filter | null} null where nobody looks at the tabs */
  #filter = null;
  #asked = -LEAST;
  /** When the next question is due. */
  #due = Infinity;
  #closed = false;
  /** @type {number | undefined} */
  #timer;

  /** @param {Tab[]} names @param {(filter: Filter | null, tab: Tab | "review") => Promise<number | null>} count where the filter is null, of the whole company */
  constructor(names, count) {
    super();
    this.names = names;
    this.count = count;
  }

  /** @param {Filter | null} filter */
  watch(filter) {
    this.#filter = filter;
    this.tabs = {};
    this.askSoon();
  }

  /** In a while, and once for all that ask meanwhile. */
  ask() {
    this.#askAt(this.#asked + LEAST);
  }

  askSoon() {
    this.#askAt(this.#asked + SOON);
  }

  /** @param {number} due */
  #askAt(due) {
    if (this.#closed || due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = window.setTimeout(() => this.#ask(), Math.max(0, due - performance.now()));
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #ask() {
    const filter = this.#filter;
    this.#due = Infinity;
    this.#asked = performance.now();
    const tabs = filter ? this.names : [];
    const answers = await Promise.all([this.#count(null, "review"), ...tabs.map((tab) => this.#count(filter, tab))]);
    if (this.#closed) return;
    const [toReview, ...counted] = answers;
    this.toReview = toReview ?? this.toReview;
    if (filter === this.#filter) this.tabs = /** @type {typeof this.tabs} */ (Object.fromEntries(tabs.map((tab, index) => [tab, counted[index] ?? this.tabs[tab]])));
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Filter | null} filter @param {Tab | "review"} tab */
  async #count(filter, tab) {
    try {
      return await this.count(filter, tab);
    } catch {
      // A count is a hint; the list itself says what is wrong.
      return null;
    }
  }
}
