/**
 * A list of rows that are opened, picked and walked by keys, whatever they show.
 * Tells `row-open` (detail: its id), `row-pick` (detail: {id, extend}), `pick-loaded`, `pick-none`, `more`.
 * @import { Selection } from "../review/selection.js"
 */
import { count } from "../format.js";
import { clone, hold, part, show, text } from "../view.js";
import { plainLink } from "./page-links.js";

/**
 * @typedef {object} Shown
 * @property {string[]} ids in order
 * @property {Selection} selection
 * @property {(id: string) => boolean} [isChosen] where the selection alone does not say it
 * @property {boolean} mayAct
 * @property {boolean} hasMore
 * @property {boolean} [reading] where nothing more can be asked for meanwhile
 * @property {number | null | undefined} total how many there are in all, where that is known
 */

export class PickList extends HTMLElement {
  /** @type {HTMLElement} */
  root;
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();
  /** @type {string | null} where the keys are */
  #at = null;
  /** The place of that row, which it keeps when the row has left. */
  #place = -1;
  /** @type {string[]} */
  #ids = [];

  /** @param {{template: string, row: string}} kind the templates of the list and of a row, whose class has the same name */
  constructor({ template, row }) {
    super();
    this.root = clone(template);
    this.row = row;
  }

  connectedCallback() {
    this.replaceChildren(this.root);
    part(this.root, "rows", HTMLElement).addEventListener("click", (event) => this.#click(event));
    part(this.root, "more", HTMLElement).addEventListener("click", () => this.#tell("more"));
    const all = part(this.root, "all", HTMLInputElement);
    all.addEventListener("change", () => this.#tell(all.checked ? "pick-loaded" : "pick-none"));
  }

  get at() {
    return this.#at;
  }

  /** @param {string[]} ids @param {number} by how many further down */
  move(ids, by) {
    // Where its row has left, the next one has come into its place.
    const now = this.#at === null && by > 0 ? this.#place - 1 : this.#place;
    const next = ids[Math.min(Math.max(now + by, 0), ids.length - 1)];
    if (next) this.goTo(next);
  }

  /** @param {string} id where keys go on from */
  goTo(id) {
    this.#at = id;
    this.#place = this.#ids.indexOf(id);
    this.#mark();
    const row = this.#rows.get(id);
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector("a")?.focus({ preventScroll: true });
  }

  /**
   * A row that leaves gives its place to none by itself: a key must not meet what nobody has looked at. It does not take
   * the keyboard's focus away with it, though.
   * @param {string[]} ids
   */
  #settle(ids) {
    this.#ids = ids;
    const place = this.#at === null ? -1 : ids.indexOf(this.#at);
    if (place >= 0) this.#place = place;
    else if (this.#at !== null) {
      const hadFocus = this.#rows.get(this.#at)?.contains(document.activeElement);
      this.#at = null;
      if (hadFocus) part(this.root, "rows", HTMLElement).focus({ preventScroll: true });
    }
  }

  /** @param {Shown} shown @param {(row: HTMLElement, id: string) => string} drawRow draws one, and says what it is called */
  drawRows({ ids, selection, isChosen = (id) => selection.has(id), mayAct, hasMore, reading = false, total }, drawRow) {
    this.#settle(ids);
    const known = new Set(ids);
    for (const id of this.#rows.keys()) if (!known.has(id)) this.#rows.delete(id);
    hold(part(this.root, "rows", HTMLElement), ids.map((id) => this.#row(id, drawRow, isChosen(id), mayAct)));
    show(this.root, ids.length > 0);
    const all = part(this.root, "all", HTMLInputElement);
    all.checked = selection.size > 0 && ids.every(isChosen);
    all.indeterminate = selection.size > 0 && !all.checked;
    show(/** @type {HTMLElement} */ (all.closest("label")), mayAct);
    const more = part(this.root, "more", HTMLButtonElement);
    show(more, hasMore);
    text(more, total && total > ids.length ? `Show more · ${count(ids.length)} of ${count(total)} shown` : "Show more");
    more.disabled = reading;
    this.#mark();
  }

  /** @param {string} id @param {(row: HTMLElement, id: string) => string} drawRow @param {boolean} chosen @param {boolean} mayAct */
  #row(id, drawRow, chosen, mayAct) {
    const row = this.#rows.get(id) ?? clone(this.row);
    this.#rows.set(id, row);
    row.dataset["id"] = id;
    const name = drawRow(row, id);
    const box = part(row, "pick", HTMLInputElement);
    show(/** @type {HTMLElement} */ (box.closest("label")), mayAct);
    if (box.checked !== chosen) box.checked = chosen;
    if (box.ariaLabel !== `Select ${name}`) box.ariaLabel = `Select ${name}`;
    return row;
  }

  #mark() {
    for (const [id, row] of this.#rows) row.toggleAttribute("data-current", id === this.#at);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest(`.${this.row}`);
    const id = row instanceof HTMLElement ? row.dataset["id"] : undefined;
    if (!id || !target) return;
    if (target instanceof HTMLInputElement) return this.#tell("row-pick", { id, extend: event.shiftKey });
    if (target.closest("label")) return;
    const link = target.closest("a");
    if (link && !plainLink(event)) return;
    event.preventDefault();
    this.#at = id;
    this.#place = this.#ids.indexOf(id);
    this.#tell("row-open", id);
  }

  /** @param {string} name @param {unknown} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
