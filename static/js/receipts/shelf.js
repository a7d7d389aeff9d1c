/**
 * A company's receipts as they are looked at: those of a filter, how many there are of each state, and which are
 * chosen. Decides; draws nothing. Tells `change`.
 *
 * @import { Receipt } from "../contract-receipts.js"
 * @import { Problem } from "../contract.js"
 * @import { ReceiptsApi } from "../receipts-api.js"
 * @import { Filter, Tab } from "./filter.js"
 */
import { asProblem } from "../api.js";
import { Counts } from "../review/counts.js";
import { Selection } from "../review/selection.js";
import { EMPTY, fits, isSame, TABS, wanted } from "./filter.js";

const PAGE = 50;
/** Whoever asks for more wants to look far. */
const MORE = 200;
/** A list that was read so lately is not read again for being looked at. */
const FRESH_FOR = 3_000;

export class Shelf extends EventTarget {
  /** @type {Filter | null} */
  #filter = null;
  /** @type {Receipt[]} newest first */
  receipts = [];
  /** @type {string | null} */
  next = null;
  /** @type {Partial<Record<Tab, number>>} */
  counts = {};
  /** @type {Problem | null} */
  problem = null;
  selection = new Selection();
  loaded = false;
  reading = false;
  #asked = 0;
  #seen = 0;

  /** @param {ReceiptsApi} api @param {boolean} mayAct */
  constructor(api, mayAct) {
    super();
    this.api = api;
    this.mayAct = mayAct;
    this.tally = new Counts(TABS, async (/** @type {Filter | null} */ filter, tab) => (await api.list(wanted(filter ?? EMPTY, tab), { limit: 1, count: true })).total);
    this.tally.addEventListener("change", () => this.#counted());
    this.selection.addEventListener("change", () => this.#tell());
    this.tally.ask();
  }

  /** How many want review in the whole company; null before that is known. */
  get toReview() {
    return this.tally.toReview;
  }

  close() {
    this.tally.close();
  }

  get filter() {
    return this.#filter ?? EMPTY;
  }

  get ids() {
    return this.receipts.map((one) => one.receipt_id);
  }

  /** @returns {Receipt[]} */
  get chosen() {
    return this.receipts.filter((one) => this.selection.has(one.receipt_id));
  }

  /** @param {Filter} filter */
  show(filter) {
    if (this.#filter && isSame(filter, this.#filter)) return this.lookAgain();
    this.#filter = filter;
    this.receipts = [];
    this.next = null;
    this.loaded = false;
    this.selection.clear();
    this.tally.watch(filter);
    this.reload();
  }

  /** Others may have worked on them meanwhile. */
  lookAgain() {
    if (performance.now() - this.#seen > FRESH_FOR) this.reload();
  }

  /** Reads as far as was read before, so that nothing a person looks at goes away. */
  async reload() {
    const asked = ++this.#asked;
    const filter = this.filter;
    this.tally.askSoon();
    // Nobody has looked at the list yet.
    if (!this.#filter) return;
    this.#seen = performance.now();
    this.#begin();
    try {
      const page = await this.#pages(filter, Math.max(PAGE, this.receipts.length));
      if (asked !== this.#asked) return;
      this.receipts = page.data;
      this.next = page.next_cursor;
      this.loaded = true;
      this.selection.drop(this.selection.ids.filter((id) => !this.ids.includes(id)));
    } catch (error) {
      if (asked === this.#asked) this.problem = asProblem(error);
    }
    if (asked === this.#asked) this.reading = false;
    this.#tell();
  }

  async more() {
    if (!this.next || this.reading) return;
    const asked = ++this.#asked;
    this.#begin();
    try {
      const page = await this.api.list(wanted(this.filter), { limit: MORE, cursor: this.next });
      if (asked !== this.#asked) return;
      this.receipts = [...this.receipts, ...page.data];
      this.next = page.next_cursor;
    } catch (error) {
      if (asked === this.#asked) this.problem = asProblem(error);
    }
    if (asked === this.#asked) this.reading = false;
    this.#tell();
  }

  /** Takes a receipt as it is now. @param {Receipt} receipt */
  put(receipt) {
    const at = this.ids.indexOf(receipt.receipt_id);
    if (at >= 0 && fits(this.filter, receipt)) this.receipts = this.receipts.with(at, receipt);
    else if (at >= 0) this.forget(receipt.receipt_id);
    this.tally.askSoon();
    this.#tell();
  }

  /** @param {string} id */
  forget(id) {
    this.receipts = this.receipts.filter((one) => one.receipt_id !== id);
    this.selection.drop([id]);
    this.tally.askSoon();
    this.#tell();
  }

  /** The one `by` places further down. @param {string} id @param {number} by */
  neighbour(id, by) {
    const at = this.ids.indexOf(id);
    return at < 0 ? null : (this.ids[at + by] ?? null);
  }

  /** The server hands out at most 500 at once. @param {Filter} filter @param {number} many */
  async #pages(filter, many) {
    let page = await this.api.list(wanted(filter), { limit: Math.min(many, 500) });
    while (page.next_cursor && page.data.length < many) {
      const more = await this.api.list(wanted(filter), { limit: Math.min(many, 500), cursor: page.next_cursor });
      page = { ...more, data: [...page.data, ...more.data] };
    }
    return page;
  }

  /** The numbers of before stay until the new ones are known. */
  #counted() {
    if (Object.keys(this.tally.tabs).length) this.counts = this.tally.tabs;
    this.#tell();
  }

  #begin() {
    this.reading = true;
    this.problem = null;
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
