/**
 * How many lines stand under each tab, and how many wait for review in all. Asked for seldom, however often something
 * changes. Tells `change`.
 *
 * @import { BooksApi } from "../books-api.js"
 * @import { Filter, Tab } from "./filter.js"
 */
import { EMPTY, TABS, wanted } from "./filter.js";

/** Milliseconds between two questions: a running job changes the answer a thousand times a second. */
const LEAST = 1_500;
/** The same where a person has done something and looks for its effect. */
const SOON = 100;

export class Counts extends EventTarget {
  /** Of the filter. @type {Partial<Record<Tab, number>>} */
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

  /** @param {BooksApi} books */
  constructor(books) {
    super();
    this.books = books;
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
    const tabs = filter ? TABS : [];
    const answers = await Promise.all([this.#count(EMPTY, "review"), ...tabs.map((tab) => this.#count(filter ?? EMPTY, tab))]);
    if (this.#closed) return;
    const [toReview, ...counted] = answers;
    this.toReview = toReview ?? this.toReview;
    if (filter === this.#filter) this.tabs = Object.fromEntries(tabs.map((tab, index) => [tab, counted[index] ?? this.tabs[tab]]));
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Filter} filter @param {Tab} tab @returns {Promise<number | null>} */
  async #count(filter, tab) {
    try {
      return (await this.books.transactions(wanted(filter, tab), { limit: 1, count: true })).total;
    } catch {
      // A count is a hint; the list itself says what is wrong.
      return null;
    }
  }
}
