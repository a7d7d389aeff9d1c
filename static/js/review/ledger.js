/**
 * The lines of one filter, newest first: read page by page, kept live by what jobs tell, and reloaded quietly when
 * something may have been missed. Tells `change`.
 *
 * @import { BooksApi } from "../books-api.js"
 * @import { ApprovedLine, CategorizedLine, Transaction, TransactionFilter } from "../contract-books.js"
 * @import { Problem } from "../contract.js"
 * @import { Filter } from "./filter.js"
 * @import { Line } from "./ordered-lines.js"
 */
import { asProblem } from "../api.js";
import { fits, wanted } from "./filter.js";
import { newestFirst, OrderedLines } from "./ordered-lines.js";

const PAGE = 200;
/** Milliseconds that a list rests after a page could not be read. */
const REST = 2_000;
/** A quiet reload reads no more than this beyond what is in sight; what was loaded further is read by scrolling there. */
const RELOADED = 800;

export class Ledger extends EventTarget {
  #shown = new OrderedLines();
  /** How many match in all, as the server counted when it was last asked. @type {number | null} */
  total = null;
  /** The server's time of that answer. @type {string | null} */
  seenAt = null;
  /** @type {Problem | null} */
  problem = null;
  /** The index of the last line in sight. */
  seenTo = 0;
  /** Whether new lines are held back, because they would push away what a person is looking at. */
  #holding = false;
  #reading = false;
  #loaded = false;
  #again = false;
  #closed = false;
  #failed = -REST;
  /** @type {string | null} */
  #cursor = null;
  /** New lines that are not shown yet. @type {Map<string, Line>} */
  #arrived = new Map();
  /** What a person has changed: it stays where it is, although it may not fit any more, until they are done with it. @type {Set<string>} */
  #touched = new Set();
  /** What left the list, and at which revision: an answer that is older than that must not bring it back. @type {Map<string, number>} */
  #gone = new Map();

  /** @param {BooksApi} books @param {Filter} filter @param {() => string | null} lastEnd when the last job ended that changed lines and was heard of */
  constructor(books, filter, lastEnd) {
    super();
    this.books = books;
    this.filter = filter;
    this.lastEnd = lastEnd;
  }

  get lines() {
    return this.#shown.all;
  }

  get reading() {
    return this.#reading;
  }

  /** Whether the first page has been read. */
  get loaded() {
    return this.#loaded;
  }

  get hasMore() {
    return this.#cursor !== null;
  }

  /** How many new lines wait to be shown. */
  get waiting() {
    return this.#arrived.size;
  }

  /** @param {string} id */
  get(id) {
    return this.#shown.get(id);
  }

  /** @param {string | null} id */
  indexOf(id) {
    return this.#shown.indexOf(id);
  }

  ids() {
    return this.#shown.ids();
  }

  close() {
    this.#closed = true;
  }

  // --- reading --------------------------------------------------------------------------------------

  /** The next page, if there is one. */
  async more() {
    if (this.#reading || !this.#cursor || performance.now() < this.#failed + REST) return;
    await this.#read(async () => {
      const page = await this.#page(wanted(this.filter), this.#cursor, PAGE, false);
      this.#shown.add(this.#fresh(page.data));
      this.#cursor = page.next_cursor;
    });
  }

  /** Reads what is shown again, without emptying it meanwhile; the first page at first. */
  async reload() {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    await this.#read(() => (this.#holding && this.lines.length ? this.#refresh() : this.#reread()));
  }

  /** Shows the lines that were held back, and whatever else is new. */
  async showNew() {
    this.admit();
    if (!this.#reading) await this.#read(() => this.#reread());
  }

  /** From the top. */
  async #reread() {
    const { lines, cursor } = await this.#pages(wanted(this.filter), true);
    this.#arrived.clear();
    this.#cursor = cursor;
    this.#shown.replace([...lines, ...this.#stillTouched(lines)]);
  }

  /** What a person is looking at, and not what is new: that is held back, however much of it there is above. */
  async #refresh() {
    const [{ date = "" } = {}] = this.lines;
    const filter = wanted(this.filter);
    const counted = this.#page(filter, null, 1, true);
    const bounded = { ...filter, date_to: filter.date_to && filter.date_to < date ? filter.date_to : date };
    const [{ lines, cursor }] = await Promise.all([this.#pages(bounded, false), counted]);
    for (const line of lines) if (!this.get(line.transaction_id)) this.#arrived.set(line.transaction_id, line);
    this.#cursor = cursor;
    this.#shown.replace([...lines.filter((line) => this.get(line.transaction_id)), ...this.#stillTouched(lines)]);
  }

  /** As much as is in sight and a good deal more. @param {TransactionFilter} filter @param {boolean} count */
  async #pages(filter, count) {
    const target = Math.max(PAGE, Math.min(this.lines.length, this.seenTo + RELOADED));
    /** @type {Line[]} */
    const lines = [];
    /** @type {string | null} */
    let cursor = null;
    do {
      const page = await this.#page(filter, cursor, Math.min(500, target - lines.length), count && cursor === null);
      lines.push(...this.#fresh(page.data));
      cursor = page.next_cursor;
    } while (cursor && lines.length < target);
    return { lines, cursor };
  }

  /** @param {() => Promise<void>} read */
  async #read(read) {
    this.#reading = true;
    this.problem = null;
    this.#tell();
    try {
      await read();
      this.#loaded = true;
    } catch (error) {
      // A list that is there stays good enough while the server is away: on its return it is read again.
      const problem = asProblem(error);
      this.#failed = performance.now();
      if (!this.#loaded || !isPassing(problem)) this.problem = problem;
    }
    this.#reading = false;
    this.#tell();
    if (!this.#again || this.#closed) return;
    this.#again = false;
    await this.reload();
  }

  /** @param {TransactionFilter} filter @param {string | null} cursor @param {number} limit @param {boolean} count */
  async #page(filter, cursor, limit, count) {
    const ended = this.lastEnd();
    const page = await this.books.transactions(filter, { limit, cursor, count });
    // The server tells its time in whole seconds; what a job did until its end was read, to the moment.
    if (count) [this.total, this.seenAt] = [page.total, later(page.at, ended)];
    return page;
  }

  /** What was read, unless more is known already. @param {Transaction[]} lines @returns {Line[]} */
  #fresh(lines) {
    return lines.flatMap((line) => {
      if (line.revision < (this.#gone.get(line.transaction_id) ?? 0)) return [];
      const held = this.get(line.transaction_id);
      return [held && (held.revision ?? 0) > line.revision ? held : line];
    });
  }

  /** @param {Line[]} lines what was read */
  #stillTouched(lines) {
    const read = new Set(lines.map((line) => line.transaction_id));
    return [...this.#touched].flatMap((id) => (read.has(id) ? [] : (this.get(id) ?? [])));
  }

  // --- what a person changes ------------------------------------------------------------------------

  /** A line as it stands now, at its place. @param {Line} line */
  put(line) {
    if (this.#shown.put(line)) this.#tell();
  }

  /** A line as a person has just changed it. @param {Line} line */
  touch(line) {
    this.#touched.add(line.transaction_id);
    this.put(line);
  }

  /** A line that a person is done with: it leaves where it does not belong any more. @param {Line} line */
  settle(line) {
    this.#touched.delete(line.transaction_id);
    if (fits(this.filter, line) === false) this.remove([line]);
    else this.put(line);
  }

  /** A line comes back to its place, as after an undo, for a person to go on with it. @param {Line} line */
  restore(line) {
    this.#gone.delete(line.transaction_id);
    this.#touched.add(line.transaction_id);
    if (this.get(line.transaction_id)) this.put(line);
    else if (!this.#isBeyond(line)) this.#insert([line]);
  }

  /** @param {Line[]} lines */
  remove(lines) {
    for (const line of lines) this.#gone.set(line.transaction_id, line.revision ?? 0);
    this.#shown.remove(new Set(lines.map((line) => line.transaction_id)));
    if (this.total !== null) this.total = Math.max(this.lines.length, this.total - lines.length);
    this.#tell();
  }

  // --- what jobs tell -------------------------------------------------------------------------------

  /** What a job has decided about lines. @param {CategorizedLine[]} lines @param {string | null} jobId the job that imported them, where that is known */
  hear(lines, jobId) {
    for (const told of lines) {
      const held = this.get(told.transaction_id) ?? this.#arrived.get(told.transaction_id);
      const line = { ...(held ?? unknownLine(jobId)), ...told, revision: null };
      if (this.get(told.transaction_id)) this.put(line);
      else if (fits(this.filter, line)) this.#arrive(line);
    }
  }

  /** What became of lines that a job was asked to approve or to remove. @param {ApprovedLine[]} lines */
  hearOutcomes(lines) {
    /** @type {Line[]} */
    const leaving = [];
    for (const { transaction_id, outcome } of lines) {
      const held = this.get(transaction_id);
      if (!held || (outcome !== "approved" && outcome !== "removed")) continue;
      const line = outcome === "approved" ? approved(held) : held;
      if (outcome === "removed" || fits(this.filter, line) === false) leaving.push(line);
      else this.put(line);
    }
    if (leaving.length) this.remove(leaving);
  }

  /** @param {boolean} on */
  hold(on) {
    if (on === this.#holding) return;
    this.#holding = on;
    if (!on) this.admit();
  }

  /** Shows the lines that were held back. */
  admit() {
    const arrived = [...this.#arrived.values()];
    this.#arrived.clear();
    if (arrived.length) this.#insert(arrived);
  }

  /** @param {Line[]} lines */
  #insert(lines) {
    if (this.total !== null) this.total += lines.length;
    this.#shown.add(lines);
    this.#tell();
  }

  /** @param {Line} line */
  #arrive(line) {
    if (this.#isBeyond(line)) return;
    this.#arrived.set(line.transaction_id, line);
    if (!this.#holding) queueMicrotask(() => this.#holding || this.admit());
    this.#tell();
  }

  /** Whether it stands after what is loaded, and will be read there. @param {Line} line */
  #isBeyond(line) {
    const last = this.lines.at(-1);
    return this.#cursor !== null && last !== undefined && newestFirst(line, last) > 0;
  }

  #tell() {
    if (!this.#closed) this.dispatchEvent(new Event("change"));
  }
}

/** @param {Line} line @returns {Line} */
function approved(line) {
  if (line.state === "approved") return line;
  return { ...line, state: "approved", revision: line.revision === null ? null : line.revision + 1 };
}

/** @param {Problem} problem */
function isPassing({ status }) {
  return status === 0 || (status ?? 0) >= 500;
}

/** @param {string | null} a @param {string | null} b */
function later(a, b) {
  return a && b ? (Date.parse(a) < Date.parse(b) ? b : a) : (a ?? b);
}

/** What a job does not tell of a line. @param {string | null} jobId */
function unknownLine(jobId) {
  return { account_id: "", job_id: jobId, merchant_key: "", approved_at: null, approved_by: null };
}
