/**
 * The lines under review. However many there are, only those in sight stand in the page; all rows are equally high.
 * The grid itself holds the focus and names its current row, so that focus is never lost with a row.
 * Tells `line-go`, `line-pick` (detail: {id, extend}), `line-approve`, `line-category`, `line-open` (detail: the id),
 * `pick-loaded`, `pick-none`, `more` and `hold`.
 *
 * @import { Review } from "../review/review.js"
 * @import { Line } from "../review/ordered-lines.js"
 */
import { count } from "../format.js";
import { clone, hold, part, show, text } from "../view.js";
import { drawRow } from "./review-row.js";

/** Rows beyond the sight that stand ready. */
const BEYOND = 10;
/** Milliseconds that rows take to their new places, as the style sheet has it, and a little more. */
const SLIDING = 200;
/** Rows before the end at which the next page is asked for. */
const AHEAD = 60;

export class ReviewGrid extends HTMLElement {
  #root = clone("review-grid");
  /** @type {Review | null} */
  #review = null;
  /** @type {Line[]} as they were drawn last */
  #lines = [];
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();
  #height = 40;
  #pointed = false;
  /** @type {number | undefined} */
  #sliding;
  /** @type {(accountId: string) => string} */
  accountName = () => "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#root.addEventListener("scroll", () => this.#sight(), { passive: true });
    this.#root.addEventListener("click", (event) => this.#click(event));
    part(this.#root, "pick-all", HTMLInputElement).addEventListener("change", ({ target }) =>
      this.#tell(target instanceof HTMLInputElement && target.checked ? "pick-loaded" : "pick-none"),
    );
    for (const type of ["pointerenter", "pointerleave"]) this.#root.addEventListener(type, (event) => this.#point(event));
    new ResizeObserver(() => this.#measure()).observe(this.#root);
  }

  /** Whether a person is looking at a certain place of it, which must stay where it is. */
  get isHeld() {
    return this.#root.scrollTop > 0 || this.#pointed || this.#review?.cursor.line !== undefined;
  }

  takeFocus() {
    this.#root.focus({ preventScroll: true });
  }

  /** How many rows are to be seen at once. */
  get pageSize() {
    return Math.max(1, Math.floor((this.#root.clientHeight - this.#headHeight) / this.#height) - 1);
  }

  toTop() {
    this.#root.scrollTop = 0;
  }

  /** @param {string} id the row of a line, where it stands in the page @returns {HTMLElement | undefined} */
  rowOf(id) {
    return this.#rows.get(id);
  }

  /** @param {Review} review */
  draw(review) {
    const other = this.#review?.ledger !== review.ledger || this.#review !== review;
    this.#review = review;
    const { ledger } = review;
    if (other || this.#lines !== ledger.lines) this.#replace(ledger.lines, other && !ledger.loaded);
    else this.#render();
    this.#root.setAttribute("aria-rowcount", String(ledger.hasMore && ledger.total === null ? -1 : Math.max(ledger.total ?? 0, ledger.lines.length) + 1));
    this.#root.setAttribute("aria-busy", String(ledger.reading));
    this.#root.toggleAttribute("data-reading-only", !review.mayAct);
    this.#pickAll(review);
    this.#foot(review);
    this.#readAhead();
  }

  /** Brings the current line into sight. */
  reveal() {
    const review = this.#review;
    const index = review?.ledger.indexOf(review.cursor.id) ?? -1;
    if (!review || index < 0) return;
    // It may be one that came since the last drawing.
    if (this.#lines !== review.ledger.lines) this.#replace(review.ledger.lines, false);
    const top = index * this.#height;
    const seen = this.#root.clientHeight - this.#headHeight - 8;
    if (top < this.#root.scrollTop) this.#root.scrollTop = top;
    else if (top + this.#height > this.#root.scrollTop + seen) this.#root.scrollTop = top + this.#height - seen;
    this.#render();
  }

  // --- drawing --------------------------------------------------------------------------------------

  /** Other lines, and yet what is in sight stays where it is. @param {Line[]} lines @param {boolean} afresh */
  #replace(lines, afresh) {
    const before = this.#lines;
    this.#lines = lines;
    const top = this.#root.scrollTop;
    const anchored = afresh ? null : this.#anchor(before, top);
    part(this.#root, "rows", HTMLElement).style.height = `${lines.length * this.#height}px`;
    if (afresh) this.#root.scrollTop = 0;
    else if (anchored !== null && (top > 0 || this.isHeld)) this.#root.scrollTop = anchored;
    this.#slide();
    this.#render();
  }

  /** Rows move to their new places for a moment; where scrolling puts other lines into them, they do not. */
  #slide() {
    clearTimeout(this.#sliding);
    this.#root.toggleAttribute("data-sliding", true);
    this.#sliding = window.setTimeout(() => this.#root.toggleAttribute("data-sliding", false), SLIDING);
  }

  /** Where to scroll so that the first line in sight that is still there stays. @param {Line[]} before @param {number} top */
  #anchor(before, top) {
    const first = Math.floor(top / this.#height);
    for (let index = first; index < Math.min(before.length, first + 100); index++) {
      const now = this.#review?.ledger.indexOf(before[index]?.transaction_id ?? null) ?? -1;
      if (now >= 0) return top + (now - index) * this.#height;
    }
    return null;
  }

  #render() {
    const review = this.#review;
    if (!review) return;
    const [first, last] = this.#range();
    review.ledger.seenTo = last;
    const current = review.ledger.indexOf(review.cursor.id);
    const indices = Array.from({ length: last - first }, (_, offset) => first + offset);
    if (current >= 0 && (current < first || current >= last)) indices.push(current);
    const lines = indices.map((index) => /** @type {Line} */ (this.#lines[index]));
    // Rows that went out of sight are drawn anew, which is quicker than to make others; a row that slides would come
    // flying from where it was, though.
    const unused = this.#root.hasAttribute("data-sliding") ? [] : this.#unused(lines);
    const rows = lines.map((line, at) => this.#row(review, line, indices[at] ?? 0, unused));
    this.#rows = new Map(rows);
    hold(part(this.#root, "rows", HTMLElement), rows.map(([, row]) => row));
    if (current < 0) this.#root.removeAttribute("aria-activedescendant");
    else this.#root.setAttribute("aria-activedescendant", `line-${review.cursor.id}`);
  }

  /** @param {Line[]} lines that are in sight */
  #unused(lines) {
    const used = new Set(lines.map((line) => line.transaction_id));
    return [...this.#rows].flatMap(([id, row]) => (used.has(id) ? [] : [row]));
  }

  /** @param {Review} review @param {Line} line @param {number} index @param {HTMLElement[]} unused @returns {[string, HTMLElement]} */
  #row(review, line, index, unused) {
    const id = line.transaction_id;
    const row = this.#rows.get(id) ?? unused.pop() ?? clone("review-row");
    drawRow(row, line, {
      chosen: review.selection.has(id),
      current: review.cursor.id === id,
      busy: review.acts.busy.has(id),
      mayAct: review.mayAct,
      account: this.accountName(line.account_id),
    });
    const place = `translateY(${index * this.#height}px)`;
    if (row.style.transform !== place) row.style.transform = place;
    row.setAttribute("aria-rowindex", String(index + 2));
    return [id, row];
  }

  /** @returns {[number, number]} from the first index to the one after the last */
  #range() {
    const first = Math.floor(this.#root.scrollTop / this.#height) - BEYOND;
    const seen = Math.ceil(this.#root.clientHeight / this.#height) + 2 * BEYOND;
    return [Math.max(0, first), Math.min(this.#lines.length, first + seen)];
  }

  /** @param {Review} review */
  #pickAll({ selection, ledger }) {
    const box = part(this.#root, "pick-all", HTMLInputElement);
    box.checked = selection.size > 0 && (selection.all !== null || selection.size >= ledger.lines.length);
    box.indeterminate = selection.size > 0 && !box.checked;
  }

  /** @param {Review} review */
  #foot({ ledger }) {
    const foot = part(this.#root, "foot", HTMLElement);
    show(foot, ledger.lines.length > 0);
    const all = ledger.lines.length === 1 ? "That is the only one." : `That is all ${count(ledger.lines.length)}.`;
    text(foot, ledger.hasMore ? "Reading more…" : all);
  }

  #sight() {
    this.#render();
    this.#readAhead();
    this.#tell("hold");
  }

  /** Also where nobody scrolls, because they are at the end already. */
  #readAhead() {
    if (this.#review?.ledger.hasMore && this.#range()[1] > this.#lines.length - AHEAD) this.#tell("more");
  }

  /** The style sheet says how high a row is; a phone's rows are higher. */
  #measure() {
    const height = Number.parseFloat(getComputedStyle(this.#root).getPropertyValue("--row-height")) || 40;
    if (height !== this.#height) this.#root.scrollTop = (this.#root.scrollTop / this.#height) * height;
    this.#height = height;
    part(this.#root, "rows", HTMLElement).style.height = `${this.#lines.length * height}px`;
    this.#render();
  }

  get #headHeight() {
    const head = this.#root.firstElementChild;
    return head instanceof HTMLElement ? head.offsetHeight : 0;
  }

  // --- pointing -------------------------------------------------------------------------------------

  /** @param {MouseEvent} event */
  #click(event) {
    const id = rowId(event.target);
    if (!id || !(event.target instanceof Element)) return;
    // Before anything that opens takes it.
    this.takeFocus();
    this.#tell("line-go", id);
    if (event.target.closest(".pick")) {
      // The box shows what is chosen; it does not decide.
      event.preventDefault();
      this.#tell("line-pick", { id, extend: event.shiftKey });
    } else if (event.shiftKey) this.#tell("line-pick", { id, extend: true });
    else if (event.target.closest(".tick")) this.#tell("line-approve", id);
    else if (event.target.closest("button.chip")) this.#tell("line-category", id);
    else if (event.target.closest(".description") || matchMedia("(hover: none)").matches) this.#tell("line-open", id);
  }

  /** @param {Event} event */
  #point(event) {
    if (!(event instanceof PointerEvent) || event.pointerType !== "mouse") return;
    this.#pointed = event.type === "pointerenter";
    this.#tell("hold");
  }

  /** @param {string} name @param {unknown} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** @param {EventTarget | null} target */
function rowId(target) {
  const row = target instanceof Element ? target.closest("[data-id]") : null;
  return row instanceof HTMLElement ? (row.dataset["id"] ?? null) : null;
}

customElements.define("review-grid", ReviewGrid);
