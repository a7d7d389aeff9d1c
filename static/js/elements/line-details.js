/**
 * One line in full: what the bank said, its receipts, its journal entry, and who decided what when.
 * Tells `details-close`, `line-approve`, `line-category`, `line-reopen` (detail: its id), and `address-choose` (detail: a
 * query of the address).
 *
 * @import { BooksApi } from "../books-api.js"
 * @import { AuditEntry, JournalEntry } from "../contract-books.js"
 * @import { Receipt } from "../contract-receipts.js"
 * @import { Line } from "../review/ordered-lines.js"
 */
import { asProblem } from "../api.js";
import { fullDay, money } from "../format.js";
import { moment } from "../moment.js";
import { ReceiptsApi } from "../receipts-api.js";
import { address } from "../route.js";
import { clone, element, part, show, text } from "../view.js";
import { reasonWords, sourceWord, stateWord, sureWords } from "../words.js";
import { plainLink } from "./page-links.js";
import { amountOf } from "./receipt-pile.js";
import { isClosed, isIn } from "./review-row.js";

/** A line with more receipts than these is none that people make. */
const RECEIPTS = 20;
/** @type {Record<string, string>} */
const ACTIONS = { decided: "Categorized", changed: "Category changed", approved: "Approved", exported: "Exported", reopened: "Reopened", removed: "Removed" };

export class LineDetails extends HTMLElement {
  #root = clone("line-details");
  /** @type {Line | null} */
  #line = null;
  /** Which line at which revision its history was asked for. */
  #asked = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    part(this.#root, "close", HTMLElement).addEventListener("click", () => this.#tell("details-close"));
    for (const [name, event] of Object.entries({ approve: "line-approve", categorize: "line-category", reopen: "line-reopen" })) {
      part(this.#root, name, HTMLElement).addEventListener("click", () => this.#tell(event));
    }
    part(this.#root, "receipts", HTMLElement).addEventListener("click", (event) => this.#follow(event));
  }

  takeFocus() {
    part(this.#root, "description", HTMLElement).focus();
  }

  get anchor() {
    return part(this.#root, "categorize", HTMLElement);
  }

  /** @param {BooksApi} books @param {Line} line @param {{account: string, mayAct: boolean}} look */
  draw(books, line, { account, mayAct }) {
    this.#line = line;
    text(part(this.#root, "description", HTMLElement), line.description);
    const amount = part(this.#root, "amount", HTMLElement);
    text(amount, money(line.amount, line.currency));
    amount.toggleAttribute("data-in", isIn(line.amount));
    const state = part(this.#root, "state", HTMLElement);
    text(state, stateWord(line.state));
    state.dataset["state"] = line.state;
    this.#facts(line, account);
    show(part(this.#root, "actions", HTMLElement), mayAct);
    show(part(this.#root, "approve", HTMLElement), !isClosed(line));
    show(part(this.#root, "categorize", HTMLElement), !isClosed(line));
    show(part(this.#root, "reopen", HTMLElement), isClosed(line));
    this.#ask(books, line);
  }

  /** @param {Line} line @param {string} account */
  #facts(line, account) {
    const who = [sourceWord(line.source), sureWords(line)].filter(Boolean).join(" · ");
    const facts = /** @type {[string, ...(Node | string)[]][]} */ ([
      ["Date", fullDay(line.date)],
      ["Account", account],
      ["Category", line.category ?? "None yet"],
      ["Decided by", who],
      ["Because", reasonWords(line)],
      ["Merchant", line.merchant_key],
      ["Approved", ...(line.approved_at ? [moment(line.approved_at), ` by ${line.approved_by ?? "somebody"}`] : [])],
    ]);
    const given = facts.filter(([, first]) => first);
    part(this.#root, "facts", HTMLElement).replaceChildren(...given.flatMap(([name, ...value]) => [element("dt", "", name), element("dd", "", ...value)]));
  }

  /** @param {BooksApi} books @param {Line} line */
  async #ask(books, line) {
    const id = line.transaction_id;
    const asked = `${id} ${line.revision} ${line.state} ${line.category}`;
    if (asked === this.#asked) return;
    if (!this.#asked.startsWith(id)) this.#show(null, [], []);
    this.#asked = asked;
    const receipts = new ReceiptsApi(books.api, books.companyId);
    try {
      const [entry, audit, attached] = await Promise.all([books.entryOf(line), books.audit(id), receipts.list({ transaction_id: id }, { limit: RECEIPTS })]);
      if (asked === this.#asked) this.#show(entry, audit.data, attached.data.map((one) => receiptItem(one, receipts)));
    } catch (error) {
      this.#asked = "";
      this.#none("no-history", asProblem(error).title);
    }
  }

  /** @param {JournalEntry | null} entry @param {AuditEntry[]} changes @param {HTMLElement[]} receipts */
  #show(entry, changes, receipts) {
    part(this.#root, "receipts", HTMLElement).replaceChildren(...receipts);
    show(part(this.#root, "receipts-title", HTMLElement), receipts.length > 0);
    const rows = entry?.lines.map((line) => entryRow(line, entry.currency)) ?? [];
    part(this.#root, "entry", HTMLElement).replaceChildren(...rows);
    show(/** @type {HTMLElement} */ (this.#root.querySelector(".entry")), rows.length > 0);
    this.#none("no-entry", rows.length ? "" : "None: a line needs a category before it can be booked.");
    part(this.#root, "history", HTMLElement).replaceChildren(...changes.map(historyItem));
    this.#none("no-history", changes.length ? "" : "Nobody has changed it yet.");
  }

  /** @param {MouseEvent} event */
  #follow(event) {
    const link = plainLink(event);
    if (!link) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("address-choose", { detail: link.search, bubbles: true }));
  }

  /** @param {string} name @param {string} words */
  #none(name, words) {
    const place = part(this.#root, name, HTMLElement);
    text(place, words);
    show(place, words !== "");
  }

  /** @param {string} name */
  #tell(name) {
    this.dispatchEvent(new CustomEvent(name, { detail: this.#line?.transaction_id, bubbles: true }));
  }
}

/** @param {import("../contract-books.js").JournalLine} line @param {string} currency */
function entryRow({ account, debit, credit }, currency) {
  /** @param {string} amount */
  const cell = (amount) => element("td", "amount", Number(amount) === 0 ? "" : money(amount, currency));
  return element("tr", "", element("td", "", account), cell(debit), cell(credit));
}

/** @param {Receipt} receipt @param {ReceiptsApi} receipts */
function receiptItem({ receipt_id, vendor, name, date, total, currency }, receipts) {
  const image = Object.assign(document.createElement("img"), { alt: "", loading: "lazy", src: receipts.pageAddress(receipt_id, 1) });
  const words = element("span", "words", element("b", "", vendor ?? name), element("small", "", date ? fullDay(date) : name));
  const link = Object.assign(document.createElement("a"), { href: address({ companyId: receipts.companyId, page: "receipts", rest: { receipt: receipt_id } }) });
  link.append(element("span", "thumb", image), words, element("span", "amount", total ? amountOf(total, currency) : ""));
  return element("li", "", link);
}

/** @param {AuditEntry} entry */
function historyItem({ at, actor, action, from_category, to_category, source, reason }) {
  const what = element("b", "", ACTIONS[action] ?? action);
  const moved = from_category !== to_category ? ` ${from_category ?? "none"} → ${to_category ?? "none"}` : to_category ? ` as ${to_category}` : "";
  const why = [sourceWord(source), reasonWords({ source, reason })].filter(Boolean).join(": ");
  const item = element("li", "", element("p", "", what, moved));
  if (why && action === "decided") item.append(element("p", "why", why));
  item.append(element("p", "when", moment(at), ` · ${actor}`));
  return item;
}

customElements.define("line-details", LineDetails);
