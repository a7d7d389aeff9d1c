/**
 * The bank line of a receipt: what it is attached to, what may have paid it, another by search, or a new one.
 * Tells `line-attach`, `line-detach` (detail: the line's id) and `line-book` (detail: {account_id, category}).
 * @import { Transaction } from "../contract-books.js"
 * @import { Match, Receipt } from "../contract-receipts.js"
 * @import { ReceiptRoom } from "../receipts/room.js"
 */
import { asProblem } from "../api.js";
import { bankDay, money } from "../format.js";
import { SURE } from "../receipts/acts.js";
import { address } from "../route.js";
import { clone, element, part, show, text } from "../view.js";
import { accountName } from "../words.js";
import { CategoryPicker } from "./category-picker.js";
import { isIn } from "./review-row.js";

/** The search follows when writing pauses. */
const PAUSE = 250;
const FOUND = 8;

export class ReceiptMatches extends HTMLElement {
  #root = clone("receipt-matches");
  /** @type {ReceiptRoom | null} */
  #room = null;
  /** @type {Receipt | null} */
  #receipt = null;
  #asked = "";
  #searched = 0;
  /** @type {number | undefined} */
  #pause;
  /** @type {string | null} */
  #category = null;

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button[data-act]") : null;
      if (button instanceof HTMLButtonElement) this.#tell(`line-${button.dataset["act"]}`, button.value);
    });
    const search = part(this.#root, "search", HTMLInputElement);
    search.addEventListener("input", () => {
      clearTimeout(this.#pause);
      this.#pause = window.setTimeout(() => this.#search(search.value.trim()), PAUSE);
    });
    part(this.#root, "category", HTMLButtonElement).addEventListener("click", () => this.#chooseCategory());
    part(this.#root, "book", HTMLButtonElement).addEventListener("click", () => this.#book());
  }

  /** @param {ReceiptRoom} room @param {Receipt} receipt */
  draw(room, receipt) {
    const fresh = receipt.receipt_id !== this.#receipt?.receipt_id;
    const before = this.#receipt?.transaction_ids.join();
    this.#room = room;
    this.#receipt = receipt;
    if (fresh) this.#clear();
    else if (receipt.transaction_ids.join() !== before) this.#forgetSearch();
    const attached = receipt.transaction_ids.length > 0;
    show(part(this.#root, "unattached", HTMLElement), !attached);
    show(part(this.#root, "other", HTMLElement), room.mayAct);
    const booked = part(this.#root, "booking", HTMLElement);
    show(booked, room.mayAct && !attached && receipt.total !== null && receipt.date !== null);
    this.#offerAccounts();
    this.#ask(receipt);
  }

  #clear() {
    this.#category = null;
    this.#forgetSearch();
    for (const place of ["attached", "proposals"]) part(this.#root, place, HTMLElement).replaceChildren();
  }

  /** What was found for a receipt, or before a line was attached, is offered no longer. */
  #forgetSearch() {
    clearTimeout(this.#pause);
    this.#searched += 1;
    part(this.#root, "search", HTMLInputElement).value = "";
    part(this.#root, "found", HTMLElement).replaceChildren();
  }

  #offerAccounts() {
    const chart = this.#room?.chart;
    const select = part(this.#root, "account", HTMLSelectElement);
    const accounts = chart?.bankAccounts ?? [];
    const key = accounts.map((one) => one.account_id + accountName(one)).join();
    if (select.dataset["key"] !== key) select.replaceChildren(...accounts.map((one) => new Option(accountName(one), one.account_id)));
    select.dataset["key"] = key;
    text(part(this.#root, "category", HTMLElement), this.#category ?? "Choose a category…");
    part(this.#root, "book", HTMLButtonElement).disabled = accounts.length === 0;
    show(part(this.#root, "no-account", HTMLElement), accounts.length === 0);
  }

  /** Reads the lines it is attached to, and what may have paid it where it is attached to none. @param {Receipt} receipt */
  async #ask(receipt) {
    const asked = `${receipt.receipt_id} ${receipt.revision} ${receipt.transaction_ids.join()}`;
    if (asked === this.#asked || !this.#room) return;
    this.#asked = asked;
    const { api, books } = this.#room;
    try {
      const lines = await Promise.all(receipt.transaction_ids.map((id) => books.transaction(id)));
      const matches = lines.length ? [] : (await api.matches(receipt.receipt_id)).data;
      if (asked === this.#asked) this.#show(lines, matches);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#asked = "";
      this.#none(asProblem(error).title);
    }
  }

  /** @param {Transaction[]} lines @param {Match[]} matches */
  #show(lines, matches) {
    part(this.#root, "attached", HTMLElement).replaceChildren(...lines.map((line) => this.#line(line, "detach", "")));
    part(this.#root, "proposals", HTMLElement).replaceChildren(...matches.map(({ transaction, confidence, reason }) => this.#line(transaction, "attach", `${confidence >= SURE ? "Sure" : `${Math.floor(confidence * 100)}%`} · ${reason}`)));
    this.#none(lines.length || matches.length ? "" : "No bank line of this sum is near its date yet. It is looked for again whenever lines are imported.");
  }

  /** @param {string} words */
  #none(words) {
    const place = part(this.#root, "none", HTMLElement);
    text(place, words);
    show(place, words !== "");
  }

  /** @param {Transaction} line @param {"attach" | "detach"} act @param {string} note */
  #line(line, act, note) {
    const row = clone("receipt-match");
    text(part(row, "date", HTMLElement), bankDay(line.date));
    const link = part(row, "description", HTMLAnchorElement);
    text(link, line.description);
    link.href = address({ companyId: this.#room?.api.companyId ?? "", page: "review", rest: { tab: "all", text: line.description, date_from: line.date, date_to: line.date } });
    const amount = part(row, "amount", HTMLElement);
    text(amount, money(line.amount, line.currency));
    amount.toggleAttribute("data-in", isIn(line.amount));
    text(part(row, "note", HTMLElement), note || line.category || "");
    const button = part(row, "act", HTMLButtonElement);
    text(button, act === "attach" ? "Attach" : "Detach");
    button.setAttribute("aria-label", `${act === "attach" ? "Attach to" : "Detach from"} ${line.description}, ${money(line.amount, line.currency)}`);
    button.dataset["act"] = act;
    button.value = line.transaction_id;
    show(button, this.#room?.mayAct ?? false);
    return row;
  }

  /** @param {string} words */
  async #search(words) {
    const searched = ++this.#searched;
    const place = part(this.#root, "found", HTMLElement);
    if (!words || !this.#room) return place.replaceChildren();
    try {
      const { data } = await this.#room.books.transactions({ text: words }, { limit: FOUND });
      if (searched !== this.#searched) return;
      const others = data.filter(({ transaction_id }) => !this.#receipt?.transaction_ids.includes(transaction_id));
      place.replaceChildren(...(others.length ? others.map((line) => this.#line(line, "attach", "")) : [element("li", "empty", "No line says so.")]));
    } catch (error) {
      if (searched === this.#searched) place.replaceChildren(element("li", "empty", asProblem(error).title));
    }
  }

  async #chooseCategory() {
    const picker = /** @type {CategoryPicker} */ (document.querySelector("category-picker"));
    const anchor = part(this.#root, "category", HTMLButtonElement);
    const title = this.#receipt?.vendor ?? "The receipt";
    const choice = await picker.choose({ anchor, accounts: this.#room?.chart.categories ?? [], chosen: this.#category, title, approves: "never" });
    if (choice) this.#category = choice.category;
    this.#offerAccounts();
  }

  #book() {
    const account = part(this.#root, "account", HTMLSelectElement).value;
    if (account) this.#tell("line-book", { account_id: account, category: this.#category });
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define("receipt-matches", ReceiptMatches);
