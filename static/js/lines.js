/**
 * What one job tells of lines (categorized, approved, removed) or of files, merged from what is streamed and what `GET …/log` tells;
 * both carry the number of their checkpoint, so a line stands here once however often it was heard of.
 * @import { Api } from "./api.js"
 * @import { CategorizedLine } from "./contract-books.js"
 * @import { LogEntry, LogEvent, LogLine } from "./contract.js"
 */

const PAGE = 50;
/** What the `data` of a log line has where it tells of a line of the bank. */
const OF_LINES = "transaction_id";
/** The same where it tells of a file of a pile. */
export const OF_FILES = "file_no";

/** @template [Told=CategorizedLine] */
export class Lines extends EventTarget {
  /** @type {Map<number, LogLine[]>} */
  #entries = new Map();
  /** What else the job has said, by checkpoint. @type {Map<number, LogLine[]>} */
  #notes = new Map();
  #highest = 0;
  /** @type {Told[]} in the order of their checkpoints */
  #all = [];
  #sorted = true;
  /** @type {string | null} where the last page read began; what is told later stands there or after */
  #cursor = null;
  #reading = false;
  #readAgain = false;
  #closed = false;

  /** @param {Api} api @param {string} jobId @param {string} [mark] what a log line's `data` has where it tells of what is listed here */
  constructor(api, jobId, mark = OF_LINES) {
    super();
    this.api = api;
    this.jobId = jobId;
    this.mark = mark;
  }

  /** All lines, oldest first. Do not change it. */
  get all() {
    if (!this.#sorted) this.#sort();
    return this.#all;
  }

  /** What the job says beside single lines: warnings of the file, what became of asking a model. Oldest first. */
  get notes() {
    return [...this.#notes].sort(([a], [b]) => a - b).flatMap(([, lines]) => lines);
  }

  /** The newest of all that it says, oldest first. @param {number} most @returns {LogLine[]} */
  tail(most) {
    /** @type {LogLine[]} */
    let found = [];
    for (const number of [...this.#entries.keys()].sort((a, b) => b - a)) {
      found = [...(this.#entries.get(number) ?? []), ...found];
      if (found.length >= most) break;
    }
    return found.slice(-most);
  }

  get reading() {
    return this.#reading;
  }

  /** @param {LogEvent} event */
  hear(event) {
    if (!this.#entries.has(event.number) && event.lines.length) this.#take(event);
    if (event.dropped > 0) this.catchUp();
  }

  /** Reads what the log holds beyond what was read before; after a snapshot, and at first. */
  async catchUp() {
    if (this.#reading) {
      this.#readAgain = true;
      return;
    }
    this.#reading = true;
    try {
      do {
        this.#readAgain = false;
        await this.#read();
      } while (this.#readAgain && !this.#closed);
    } catch {
      // The connection will come back with a snapshot, and that reads again.
    } finally {
      this.#reading = false;
      this.#tell();
    }
  }

  close() {
    this.#closed = true;
  }

  async #read() {
    for (let more = true; more && !this.#closed; ) {
      const page = await this.api.log(this.jobId, { limit: PAGE, cursor: this.#cursor });
      for (const entry of page.data) this.#take(entry);
      more = page.next_cursor !== null;
      if (more) this.#cursor = page.next_cursor;
    }
  }

  /** @param {LogEntry} entry */
  #take({ number, lines }) {
    const known = this.#entries.get(number);
    if (known && known.length >= lines.length) return;
    this.#entries.set(number, lines);
    const notes = lines.filter(({ data }) => !data || !tells(data, this.mark));
    if (notes.length) this.#notes.set(number, notes);
    if (!known && number > this.#highest && this.#sorted) this.#all.push(...told(lines, this.mark));
    else this.#sorted = false;
    this.#highest = Math.max(this.#highest, number);
    this.#tell();
  }

  #sort() {
    const entries = [...this.#entries].sort(([a], [b]) => a - b);
    this.#all = entries.flatMap(([, lines]) => told(lines, this.mark));
    this.#sorted = true;
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/** What log lines tell of lines of the bank (or of what `mark` says); others are for people only. @param {LogLine[]} lines @returns {any[]} */
export function told(lines, mark = OF_LINES) {
  return lines.flatMap(({ data }) => (data && tells(data, mark) ? [data] : []));
}

/** A file of a pile names the line that may have paid it, and is none. @param {Record<string, any>} data @param {string} mark */
function tells(data, mark) {
  return mark in data && (mark !== OF_LINES || !(OF_FILES in data));
}
