/**
 * The receipts of a filter: thumbnails, what was read, and where each stands.
 * Tells what PickList does.
 * @import { Receipt } from "../contract-receipts.js"
 * @import { ReceiptsApi } from "../receipts-api.js"
 * @import { Shelf } from "../receipts/shelf.js"
 */
import { bankDay } from "../format.js";
import { SURE } from "../receipts/acts.js";
import { address } from "../route.js";
import { part, show, text } from "../view.js";
import { receiptStateWord } from "../words.js";
import { PickList } from "./pick-list.js";
import { amountOf } from "./receipt-pile.js";

export class ReceiptList extends PickList {
  constructor() {
    super({ template: "receipt-list", row: "receipt-row" });
  }

  /** @param {Shelf} shelf */
  draw({ api, receipts, ids, selection, mayAct, next, reading, counts, filter }) {
    const shown = { ids, selection, mayAct, hasMore: next !== null, reading, total: counts[filter.tab] };
    const known = new Map(receipts.map((one) => [one.receipt_id, one]));
    this.drawRows(shown, (row, id) => drawRow(row, /** @type {Receipt} */ (known.get(id)), api));
  }
}

/** @param {HTMLElement} row @param {Receipt} receipt @param {ReceiptsApi} api */
function drawRow(row, receipt, api) {
  const id = receipt.receipt_id;
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
  return receipt.vendor ?? receipt.name;
}

/** @param {Receipt} receipt */
function standingOf({ transaction_ids, match }) {
  if (transaction_ids.length) return transaction_ids.length === 1 ? "Attached" : `Attached to ${transaction_ids.length} lines`;
  if (!match) return "No bank line yet";
  return match.confidence >= SURE ? `Matches ${match.transaction.description}` : `Perhaps ${match.transaction.description}`;
}

customElements.define("receipt-list", ReceiptList);
