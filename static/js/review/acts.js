/**
 * What a person does to lines, one by one or many, and how to take it back. Decides; draws nothing. Tells `change`, and
 * `category-wanted` (detail: the line) where a line cannot be approved yet.
 *
 * @import { BooksApi } from "../books-api.js"
 * @import { NewRule, Transaction } from "../contract-books.js"
 * @import { Problem } from "../contract.js"
 * @import { Ledger } from "./ledger.js"
 * @import { Line } from "./ordered-lines.js"
 */
import { ApiError, asProblem } from "../api.js";
import { counted } from "../format.js";
import { OPEN } from "./filter.js";

/** @typedef {{text: string, undo: () => Promise<unknown>}} Act `undo` answers false where a person thought better of it */
/** @typedef {{line: Transaction, category: string, alike: number, rule: NewRule | null}} Offer */
/** @typedef {{text: string, done: number, total: number}} Going */

/** Requests at once where many lines are changed. */
const LANES = 6;
/** What one page of the list may hold. */
const PAGE = 500;

export class Acts extends EventTarget {
  /** Lines that an answer is awaited for. @type {Set<string>} */
  busy = new Set();
  /** What was done last, for a moment. @type {{text: string, undoable: boolean} | null} */
  said = null;
  /** @type {Problem | null} */
  problem = null;
  /** What may follow from the category just chosen. @type {Offer | null} */
  offer = null;
  /** @type {Going | null} */
  going = null;
  /** @type {Act[]} the newest last */
  #done = [];

  /** @param {BooksApi} books @param {() => Ledger} ledger the list that is shown now */
  constructor(books, ledger) {
    super();
    this.books = books;
    this.ledger = ledger;
  }

  get undoable() {
    return this.#done.length > 0;
  }

  /** @param {Line} line */
  async approve(line) {
    if (!line.category) return this.dispatchEvent(new CustomEvent("category-wanted", { detail: line }));
    await this.#change(line, async () => {
      const approved = await this.books.approve(line.transaction_id, line.revision);
      this.ledger().settle(approved);
      this.#did(`Approved ${name(line)}`, () => this.#reopen(approved));
    });
    return true;
  }

  /** @param {Line} line */
  async reopen(line) {
    await this.#change(line, async () => {
      const reopened = await this.books.reopen(line.transaction_id, line.revision);
      this.ledger().settle(reopened);
      this.#did(`Reopened ${name(line)}`, async () => {
        this.ledger().restore(await this.books.approve(reopened.transaction_id, reopened.revision));
      });
    });
  }

  /** A person's word; what may follow from it is offered. @param {Line} line @param {string | null} category */
  async categorize(line, category) {
    await this.#change(line, async () => {
      const { transaction, alike, rule } = await this.books.categorize(line.transaction_id, category, line.revision);
      this.ledger().touch(transaction);
      this.offer = category && (alike > 0 || rule) ? { line: transaction, category, alike, rule } : null;
      const said = category ? `Category set: ${category}` : "Category taken away";
      this.#did(`the category of ${name(line)}`, () => this.#putBack(transaction, line.category), said);
    });
  }

  /** The same for many; one that has moved on is left as it is and told. @param {Line[]} lines @param {string} category */
  async categorizeMany(lines, category) {
    /** @type {[Transaction, string | null][]} */
    const changed = [];
    const failed = await this.#each(`Setting ${category}`, lines, async (line) => {
      const { transaction } = await this.books.categorize(line.transaction_id, category, line.revision);
      changed.push([transaction, line.category]);
      this.ledger().touch(transaction);
    });
    this.offer = null;
    this.#tellHowMany(changed.length, failed, `${counted(changed.length, "lines")} set to ${category}`, async () => {
      await this.#each("Putting back", changed, async ([line, before]) => {
        this.ledger().put((await this.books.categorize(line.transaction_id, before, line.revision)).transaction);
      });
    });
  }

  /** Gives the other open lines of the merchant the category just chosen. */
  async applyToAlike() {
    const offer = this.offer;
    if (!offer) return;
    this.#forget();
    try {
      await this.categorizeMany(await this.#alike(offer), offer.category);
    } catch (error) {
      this.#fail(asProblem(error));
    }
  }

  /** Takes back what was done last. */
  async undo() {
    const act = this.#done.pop();
    if (!act) return;
    this.#forget();
    try {
      if ((await act.undo()) === false) this.#done.push(act);
      else this.said = { text: `Taken back: ${act.text}`, undoable: false };
    } catch (error) {
      this.problem = asProblem(error);
    }
    this.#tell();
  }

  /** Something that is done elsewhere and can be taken back from here. @param {string} text @param {() => Promise<unknown>} undo */
  remember(text, undo) {
    this.#done.push({ text, undo });
  }

  /** Something that was done elsewhere; nothing of it is taken back from here. @param {string} text */
  say(text) {
    this.#forget();
    this.said = { text, undoable: false };
    this.#tell();
  }

  /** @param {Problem} problem */
  #fail(problem) {
    this.problem = problem;
    this.#tell();
  }

  /** What was said is old news; what is offered stays until the next act. */
  fade() {
    if (!this.offer) this.said = null;
    this.#tell();
  }

  dismiss() {
    this.#forget();
    this.#tell();
  }

  /** @param {Offer} offer @returns {Promise<Line[]>} */
  async #alike({ line, category }) {
    const bound = line.amount.startsWith("-") ? { amount_max: "0" } : { amount_min: "0" };
    const { data } = await this.books.transactions({ merchant_key: line.merchant_key, state: OPEN, ...bound }, { limit: PAGE });
    return data.filter((one) => one.category !== category && one.transaction_id !== line.transaction_id);
  }

  /** @param {Transaction} approved */
  async #reopen(approved) {
    this.ledger().restore(await this.books.reopen(approved.transaction_id, approved.revision));
  }

  /** @param {Transaction} line @param {string | null} category */
  async #putBack({ transaction_id, revision }, category) {
    // It may have been approved meanwhile, and then what the list holds is newer.
    const held = this.ledger().get(transaction_id);
    const { transaction } = await this.books.categorize(transaction_id, category, held?.revision ?? revision);
    this.ledger().restore(transaction);
  }

  /** @param {Line} line @param {() => Promise<void>} act */
  async #change(line, act) {
    if (this.busy.has(line.transaction_id)) return;
    this.#forget();
    this.busy.add(line.transaction_id);
    this.#tell();
    try {
      await act();
    } catch (error) {
      this.problem = asProblem(error);
      await this.#lookAgain(line, error);
    }
    this.busy.delete(line.transaction_id);
    this.#tell();
  }

  /** Where a line has moved on, it is shown as it is now. @param {Line} line @param {unknown} error */
  async #lookAgain(line, error) {
    if (!(error instanceof ApiError) || ![404, 409].includes(error.status)) return;
    try {
      this.ledger().put(await this.books.transaction(line.transaction_id));
    } catch (gone) {
      if (gone instanceof ApiError && gone.status === 404) this.ledger().remove([line]);
    }
  }

  /**
   * Does it to each, some at once; returns the problems met.
   * @template T
   * @param {string} text
   * @param {T[]} items
   * @param {(item: T) => Promise<void>} act
   */
  async #each(text, items, act) {
    /** @type {Problem[]} */
    const failed = [];
    const waiting = [...items];
    this.#forget();
    this.going = { text, done: 0, total: items.length };
    const lane = async () => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
        await act(item).catch((error) => failed.push(asProblem(error)));
        this.going = { text, done: items.length - waiting.length, total: items.length };
        this.#tell();
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    this.going = null;
    return failed;
  }

  /** @param {number} done @param {Problem[]} failed @param {string} text @param {() => Promise<void>} undo */
  #tellHowMany(done, failed, text, undo) {
    if (done) this.#did(text, undo);
    const [first] = failed;
    if (first) this.problem = { ...first, title: `${counted(failed.length, "lines")} could not be changed: ${first.title}` };
    this.#tell();
  }

  /** @param {string} text @param {() => Promise<void>} undo @param {string} [said] what to say of it now */
  #did(text, undo, said = text) {
    this.remember(text, undo);
    this.said = { text: said, undoable: true };
  }

  #forget() {
    this.said = null;
    this.problem = null;
    this.offer = null;
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {Line} line */
function name({ description }) {
  return description.length > 40 ? `${description.slice(0, 39).trimEnd()}…` : description;
}
