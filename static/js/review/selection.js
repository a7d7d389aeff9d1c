/**
 * Which lines are chosen: some by their ids, or all that match, loaded or not. Tells `change`.
 */

export class Selection extends EventTarget {
  /** @type {Set<string>} */
  #ids = new Set();
  /** @type {string | null} where a range begins */
  #anchor = null;
  /** How many match, and when they were looked at; null where single lines are chosen. @type {{total: number, seenAt: string | null} | null} */
  #all = null;

  get all() {
    return this.#all;
  }

  get ids() {
    return [...this.#ids];
  }

  get size() {
    return this.#all ? this.#all.total : this.#ids.size;
  }

  /** @param {string} id */
  has(id) {
    return this.#all !== null || this.#ids.has(id);
  }

  /** @param {string} id @param {string[]} shown the loaded ids, in order: taking one out of "all" leaves the loaded others */
  toggle(id, shown) {
    if (this.#all) this.#ids = new Set(shown);
    this.#all = null;
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#anchor = id;
    this.#tell();
  }

  /** Everything from the last one touched up to this one. @param {string} id @param {string[]} shown */
  extend(id, shown) {
    const from = this.#anchor === null ? -1 : shown.indexOf(this.#anchor);
    const to = shown.indexOf(id);
    if (to < 0) return;
    const [first, last] = from < 0 ? [to, to] : [Math.min(from, to), Math.max(from, to)];
    this.#all = null;
    for (const one of shown.slice(first, last + 1)) this.#ids.add(one);
    if (from < 0) this.#anchor = id;
    this.#tell();
  }

  /** @param {string[]} ids */
  choose(ids) {
    this.#all = null;
    this.#ids = new Set(ids);
    this.#tell();
  }

  /** @param {number} total @param {string | null} seenAt */
  chooseAll(total, seenAt) {
    this.#ids.clear();
    this.#all = { total, seenAt };
    this.#tell();
  }

  /** Lines that are gone cannot be chosen. @param {Iterable<string>} ids */
  drop(ids) {
    let dropped = false;
    for (const id of ids) dropped = this.#ids.delete(id) || dropped;
    if (dropped) this.#tell();
  }

  clear() {
    if (!this.size) return;
    this.#ids.clear();
    this.#all = null;
    this.#anchor = null;
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
