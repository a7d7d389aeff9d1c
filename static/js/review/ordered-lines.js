/**
 * Lines in the order of the server's list, newest first, each once.
 * @import { Transaction } from "../contract-books.js"
 */

/** A line as it is shown; its revision is unknown once a job has told of it and until it is read again. */
/** @typedef {Omit<Transaction, "revision"> & {revision: number | null}} Line */

export class OrderedLines {
  /** Another array whenever a line comes or goes. @type {Line[]} */
  all = [];
  /** @type {Map<string, Line>} */
  #byId = new Map();

  /** @param {string} id */
  get(id) {
    return this.#byId.get(id);
  }

  /** @param {string | null} id */
  indexOf(id) {
    const line = id === null ? undefined : this.#byId.get(id);
    if (!line) return -1;
    let [first, last] = [0, this.all.length];
    while (first < last) {
      const middle = (first + last) >> 1;
      if (newestFirst(/** @type {Line} */ (this.all[middle]), line) < 0) first = middle + 1;
      else last = middle;
    }
    return first;
  }

  ids() {
    return this.all.map((line) => line.transaction_id);
  }

  /** Holds these and no others; of two with one id the later. @param {Line[]} lines in any order */
  replace(lines) {
    this.#byId = new Map(lines.map((line) => [line.transaction_id, line]));
    this.all = [...this.#byId.values()].sort(newestFirst);
  }

  /** @param {Line[]} lines */
  add(lines) {
    this.replace([...this.all, ...lines]);
  }

  /** A line as it is now, at its place; says whether there is one. @param {Line} line */
  put(line) {
    const index = this.indexOf(line.transaction_id);
    if (index < 0) return false;
    this.all[index] = line;
    this.#byId.set(line.transaction_id, line);
    return true;
  }

  /** @param {Set<string>} ids */
  remove(ids) {
    this.replace(this.all.filter((line) => !ids.has(line.transaction_id)));
  }
}

/** @param {Line} a @param {Line} b */
export function newestFirst(a, b) {
  if (a.date !== b.date) return a.date < b.date ? 1 : -1;
  if (a.transaction_id === b.transaction_id) return 0;
  return a.transaction_id < b.transaction_id ? 1 : -1;
}
