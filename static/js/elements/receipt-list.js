/**
 * The receipts of a filter: thumbnails, what was read, and where each stands.
 * Tells `receipt-open`, `receipt-pick` (detail: {id, extend}), `pick-loaded`, `pick-none`, `more`.
 * @import { Receipt } from "../contract-receipts.js"
 * @import { Shelf } from "../receipts/shelf.js"
 */
import { bankDay, count } from "../format.js";
import { SURE } from "../receipts/acts.js";
import { address } from "../route.js";
import { clone, hold, part, show, text } from "../view.js";
import { receiptStateWord } from "../words.js";
import { plainLink } from "./page-links.js";
import { amountOf } from "./receipt-pile.js";

export class ReceiptList extends HTMLElement {
  #root = clone("receipt-list");
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();
  /** @type {string | null} where the keys are */
  #at = null;

  connectedCallback() {
    this.replaceChildren(this.#root);
    part(this.#root, "rows", HTMLElement).addEventListener("click", (event) => this.#click(event));
    part(this.#root, "more", HTMLElement).addEventListener("click", () => this.#tell("more"));
    const all = part(this.#root, "all", HTMLInputElement);
    all.addEventListener("change", () => this.#tell(all.checked ? "pick-loaded" : "pick-none"));
  }

  get at() {
    return this.#at;
  }

  /** @param {string[]} ids @param {number} by */
  move(ids, by) {
    const now = this.#at === null ? -1 : ids.indexOf(this.#at);
    const next = ids[Math.min(Math.max(now + by, 0), ids.length - 1)];
    if (next) this.goTo(next);
  }

  /** @param {string} id where keys go on from */
  goTo(id) {
    this.#at = id;
    this.#mark();
    const row = this.#rows.get(id);
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector("a")?.focus({ preventScroll: true });
  }

  /** @param {Shelf} shelf */
  draw(shelf) {
    const { receipts, selection, mayAct, next, reading } = shelf;
    const ids = new Set(shelf.ids);
    for (const id of this.#rows.keys()) if (!ids.has(id)) this.#rows.delete(id);
    hold(part(this.#root, "rows", HTMLElement), receipts.map((receipt) => this.#row(receipt, shelf)));
    show(this.#root, receipts.length > 0);
    const all = part(this.#root, "all", HTMLInputElement);
    all.checked = selection.size > 0 && selection.size === receipts.length;
    all.indeterminate = selection.size > 0 && !all.checked;
    show(/** @type {HTMLElement} */ (all.closest("label")), mayAct);
    const more = part(this.#root, "more", HTMLButtonElement);
    show(more, next !== null);
    text(more, moreWords(receipts.length, shelf.counts[shelf.filter.tab]));
    more.disabled = reading;
    this.#mark();
  }

  #mark() {
    for (const [id, row] of this.#rows) row.toggleAttribute("data-current", id === this.#at);
  }

  /** @param {Receipt} receipt @param {Shelf} shelf */
  #row(receipt, { api, selection, mayAct }) {
    const id = receipt.receipt_id;
    const row = this.#rows.get(id) ?? clone("receipt-row");
    this.#rows.set(id, row);
    row.dataset["id"] = id;
    const box = part(row, "pick", HTMLInputElement);
    show(/** @type {HTMLElement} */ (box.closest("label")), mayAct);
    box.checked = selection.has(id);
    box.setAttribute("aria-label", `Select ${receipt.vendor ?? receipt.name}`);
    const image = part(row, "image", HTMLImageElement);
    const source = api.pageAddress(id, 1);
    if (image.src !== source) image.src = source;
    const link = part(row, "link", HTMLAnchorElement);
    link.href = address({ companyId: api.companyId, page: "receipts", rest: { receipt: id } });
    text(link, receipt.vendor ?? "Vendor not found");
    link.toggleAttribute("data-missing", receipt.vendor === null);
    text(part(row, "name", HTMLElement), receipt.name);
    text(part(row, "date", HTMLElement), receipt.date ? bankDay(receipt.date) : "No date");
    text(part(row, "total", HTMLElement), receipt.total ? amountOf(receipt.total, receipt.currency) : "No total");
    const state = part(row, "state", HTMLElement);
    text(state, receiptStateWord(receipt.state));
    state.dataset["state"] = receipt.state;
    const standing = part(row, "standing", HTMLElement);
    text(standing, standingOf(receipt));
    standing.toggleAttribute("data-attached", receipt.transaction_ids.length > 0);
    show(part(row, "duplicate", HTMLElement), receipt.duplicate_of !== null);
    return row;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest(".receipt-row");
    const id = row instanceof HTMLElement ? row.dataset["id"] : undefined;
    if (!id || !target) return;
    if (target instanceof HTMLInputElement) return this.#tell("receipt-pick", { id, extend: event.shiftKey });
    if (target.closest("label")) return;
    const link = target.closest("a");
    if (link && !plainLink(event)) return;
    event.preventDefault();
    this.#at = id;
    this.#tell("receipt-open", id);
  }

  /** @param {string} name @param {unknown} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

/** @param {number} shown @param {number | undefined} total */
function moreWords(shown, total) {
  return total && total > shown ? `Show more · ${count(shown)} of ${count(total)} shown` : "Show more";
}

/** @param {Receipt} receipt */
function standingOf({ transaction_ids, match }) {
  if (transaction_ids.length) return transaction_ids.length === 1 ? "Attached" : `Attached to ${transaction_ids.length} lines`;
  if (!match) return "No bank line yet";
  return match.confidence >= SURE ? `Matches ${match.transaction.description}` : `Perhaps ${match.transaction.description}`;
}

customElements.define("receipt-list", ReceiptList);
