/**
 * The line that keys act on. When it leaves the list no other takes its place by itself: a key that approves must not
 * meet a line that nobody has looked at; but moving goes on from where it stood. Tells `change`.
 *
 * @import { Ledger } from "./ledger.js"
 */

export class Cursor extends EventTarget {
  /** @type {string | null} */
  id = null;
  #place = -1;

  /** @param {() => Ledger} ledger */
  constructor(ledger) {
    super();
    this.ledger = ledger;
  }

  get line() {
    return this.id === null ? undefined : this.ledger().get(this.id);
  }

  /** @param {number} by how many lines down; infinity for the first or last */
  move(by) {
    const { lines } = this.ledger();
    const from = this.id === null && by > 0 ? this.#place - 1 : this.#place;
    const index = Math.min(Math.max(from + by, 0), lines.length - 1);
    this.goTo(lines[index]?.transaction_id ?? null);
  }

  /** @param {string | null} id */
  goTo(id) {
    if (id === this.id) return;
    this.id = id;
    this.settle();
    this.dispatchEvent(new Event("change"));
  }

  /** Off the list; the next move begins at its top. */
  reset() {
    this.#place = -1;
    this.goTo(null);
  }

  /** Follows its line where it has moved, or lets go of one that has left. */
  settle() {
    const index = this.ledger().indexOf(this.id);
    if (index < 0) this.id = null;
    else this.#place = index;
  }
}
