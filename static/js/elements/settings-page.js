/**
 * A company's bank accounts, its chart of accounts, up to which day its books are closed, in which currency they are kept,
 * and who may what.
 * Tells `company-changed` (detail: the company).
 * @import { BooksApi } from "../books-api.js"
 * @import { Chart } from "../chart.js"
 * @import { Account, AccountType, BankAccount, Company } from "../contract-books.js"
 */
import { asProblem } from "../api.js";
import { fullDay } from "../format.js";
import { problemView } from "../problem-view.js";
import { ask } from "../question.js";
import { clone, part, show, text } from "../view.js";
import { MembersSection } from "./members-section.js";

export class SettingsPage extends HTMLElement {
  #root = clone("settings-page");
  /** @type {BooksApi | null} */
  #books = null;
  /** @type {Chart | null} */
  #chart = null;
  /** @type {Company | null} */
  #company = null;
  /** What the form shows. @type {string | null} */
  #closedThrough = null;
  /** What the forms were given. */
  #baseCurrency = "";
  /** What the lists show. */
  #listed = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#form("closing").addEventListener("submit", (event) => this.#submit(event, () => this.#close(this.#value("closing", "closed_through") || null)));
    part(this.#root, "open-books", HTMLElement).addEventListener("click", () => this.#close(null));
    this.#form("currency").addEventListener("submit", (event) => this.#submit(event, () => this.#changeCurrency(this.#value("currency", "base_currency").toUpperCase())));
    this.#form("add-bank").addEventListener("submit", (event) => this.#submit(event, () => this.#addBank()));
    this.#form("add-account").addEventListener("submit", (event) => this.#submit(event, () => this.#addAccount()));
  }

  /** @param {BooksApi} books @param {Chart} chart @param {Company} company */
  serve(books, chart, company) {
    this.#books = books;
    this.#chart = chart;
    this.#company = company;
    chart.addEventListener("change", () => chart === this.#chart && this.#draw());
    this.#baseCurrency = "";
    this.#draw();
  }

  /** Nothing that was told to this person stays for the next. */
  forget() {
    part(this.#root, "members", MembersSection).forget();
  }

  async open() {
    await this.#try(async (books) => {
      this.#company = await books.company();
      await this.#chart?.load();
      await this.#openMembers(books);
    });
  }

  /** @param {BooksApi} books */
  async #openMembers(books) {
    const isAdmin = this.#company?.role === "admin";
    const members = part(this.#root, "members", MembersSection);
    show(members, isAdmin);
    if (isAdmin) await members.open(books);
  }

  get #mayAct() {
    return this.#company?.role !== "viewer";
  }

  // --- drawing --------------------------------------------------------------------------------------

  #draw() {
    const [company, chart] = [this.#company, this.#chart];
    if (!company || !chart) return;
    this.#drawClosing(company);
    this.#drawCurrency(company);
    for (const name of ["add-bank", "add-account"]) show(this.#form(name), this.#mayAct);
    this.#list(chart);
  }

  /** Whoever went on to the next field finds themselves there again. @param {Chart} chart */
  #list({ accounts, bankAccounts }) {
    const listed = JSON.stringify([accounts, bankAccounts, this.#mayAct]);
    if (listed === this.#listed) return;
    this.#listed = listed;
    const fields = () => [...this.#root.querySelectorAll(".account-row input")];
    const at = document.activeElement ? fields().indexOf(document.activeElement) : -1;
    const bank = new Set(bankAccounts.map(({ name }) => name));
    part(this.#root, "bank", HTMLElement).replaceChildren(...bankAccounts.map((one) => this.#bankRow(one)));
    part(this.#root, "chart", HTMLElement).replaceChildren(...accounts.map((one) => this.#accountRow(one, bank.has(one.name))));
    const field = fields()[at];
    if (field instanceof HTMLElement) field.focus();
  }

  /** @param {Company} company */
  #drawClosing({ closed_through, role }) {
    const words = closed_through
      ? `The books are closed through ${fullDay(closed_through)}: nothing dated up to then is approved, changed or undone.`
      : "The books are open: lines of any date can be approved and changed.";
    text(part(this.#root, "closing-words", HTMLElement), role === "admin" ? words : `${words} An admin can change that.`);
    show(this.#form("closing"), role === "admin");
    show(part(this.#root, "open-books", HTMLElement), closed_through !== null);
    // What a person has begun to enter stays until something else holds.
    if (closed_through !== this.#closedThrough) this.#input("closing", "closed_through").value = closed_through ?? "";
    this.#closedThrough = closed_through;
  }

  /** @param {Company} company */
  #drawCurrency({ base_currency, base_currency_fixed, role }) {
    const isAdmin = role === "admin";
    const rest = base_currency_fixed
      ? "There are lines, and nothing is converted, so it cannot be changed any more."
      : `${isAdmin ? "You" : "An admin"} can change it until there are lines. Bank accounts in ${base_currency} go along.`;
    text(part(this.#root, "currency-words", HTMLElement), `The books are kept in ${base_currency}: new bank accounts are in it unless another is chosen. ${rest}`);
    show(this.#form("currency"), isAdmin && !base_currency_fixed);
    if (base_currency !== this.#baseCurrency) {
      this.#input("currency", "base_currency").value = base_currency;
      this.#input("add-bank", "currency").value = base_currency;
    }
    this.#baseCurrency = base_currency;
  }

  /** @param {BankAccount} account */
  #bankRow(account) {
    const row = clone("account-row");
    show(part(row, "code", HTMLElement), false);
    text(part(row, "note", HTMLElement), account.currency);
    this.#editable(row, { name: account.name, number: account.number ?? "" }, (books, { name, number }) =>
      books.changeBankAccount(account.account_id, { name, number: number || null }),
    );
    return row;
  }

  /** @param {Account} account @param {boolean} isBank */
  #accountRow(account, isBank) {
    const row = clone("account-row");
    row.toggleAttribute("data-archived", account.archived);
    text(part(row, "code", HTMLElement), account.code);
    text(part(row, "note", HTMLElement), isBank ? `${account.type} · bank account` : account.type);
    const archive = part(row, "archive", HTMLElement);
    show(archive, this.#mayAct && !isBank);
    text(archive, account.archived ? "Use again" : "Archive");
    archive.setAttribute("aria-label", `${archive.textContent}: ${account.name}`);
    archive.addEventListener("click", () => this.#change((books) => books.changeAccount(account.code, { archived: !account.archived })));
    this.#editable(row, { name: account.name }, (books, { name }) => books.changeAccount(account.code, { name }));
    return row;
  }

  /**
   * Fields that are written as soon as they are left, or by Enter.
   * @param {HTMLElement} row
   * @param {Record<string, string>} values
   * @param {(books: BooksApi, values: Record<string, string>) => Promise<unknown>} write
   */
  #editable(row, values, write) {
    const form = /** @type {HTMLFormElement} */ (part(row, "form", HTMLElement));
    for (const field of form.querySelectorAll("input")) {
      if (!(field.name in values)) field.remove();
      field.value = values[field.name] ?? "";
      field.readOnly = !this.#mayAct;
    }
    const given = () => Object.fromEntries([...form.querySelectorAll("input")].map(({ name, value }) => [name, value.trim()]));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", () => {
      if (form.reportValidity()) this.#change((books) => write(books, given()));
    });
  }

  // --- doing ----------------------------------------------------------------------------------------

  /** @param {string | null} day */
  async #close(day) {
    const detail = day
      ? `Nothing dated up to ${fullDay(day)} can be approved, changed or undone after that, until an admin opens it again.`
      : "Lines of any date can be approved, changed and undone again.";
    const title = day ? `Close the books through ${fullDay(day)}?` : "Open the books again?";
    if (!(await ask({ title, detail, yes: day ? "Close the books" : "Open the books", danger: false }))) return;
    await this.#try(async (books) => {
      this.#company = await books.changeCompany({ closed_through: day });
      this.dispatchEvent(new CustomEvent("company-changed", { detail: this.#company }));
    });
  }

  /** @param {string} currency */
  async #changeCurrency(currency) {
    const [former, books] = [this.#company?.base_currency, this.#books];
    if (!books || currency === former) return;
    const along = (this.#chart?.bankAccounts ?? []).filter((one) => one.currency === former).map(({ name }) => name);
    const words = along.length ? `What is in ${former} now goes along: ${along.join(", ")}. ` : "";
    const detail = `${words}There are no lines yet, so nothing else changes.`;
    if (!(await ask({ title: `Keep the books in ${currency}?`, detail, yes: `Keep them in ${currency}`, danger: false }))) return;
    await this.#change(() => books.changeCompany({ base_currency: currency }));
    // As it is now, also where that was refused: lines may have come meanwhile.
    const company = await books.company().catch(() => null);
    if (!company || books !== this.#books) return;
    this.#company = company;
    this.#draw();
    this.dispatchEvent(new CustomEvent("company-changed", { detail: company }));
  }

  async #addBank() {
    const account = {
      name: this.#value("add-bank", "name"),
      currency: this.#value("add-bank", "currency").toUpperCase(),
      number: this.#value("add-bank", "number") || null,
    };
    if (await this.#change((books) => books.addBankAccount(account))) this.#clear("add-bank", ["name", "number"]);
  }

  async #addAccount() {
    const type = /** @type {AccountType} */ (this.#value("add-account", "type"));
    const account = { code: this.#value("add-account", "code"), name: this.#value("add-account", "name"), type };
    if (await this.#change((books) => books.addAccount(account))) this.#clear("add-account", ["code", "name"]);
  }

  /** Writes, and shows what stands there then: what was refused is shown as it was. @param {(books: BooksApi) => Promise<unknown>} write */
  async #change(write) {
    const done = await this.#try((books) => write(books));
    this.#listed = "";
    await this.#chart?.load().catch(() => {});
    return done;
  }

  /** @param {(books: BooksApi) => Promise<unknown>} act */
  async #try(act) {
    const books = this.#books;
    if (!books) return false;
    const place = part(this.#root, "problem", HTMLElement);
    try {
      await act(books);
      place.replaceChildren();
      if (books === this.#books) this.#draw();
      return true;
    } catch (error) {
      place.replaceChildren(problemView(asProblem(error)));
      place.scrollIntoView({ block: "nearest" });
      return false;
    }
  }

  // --- forms ----------------------------------------------------------------------------------------

  /** @param {SubmitEvent} event @param {() => void} act */
  #submit(event, act) {
    event.preventDefault();
    act();
  }

  /** @param {string} name */
  #form(name) {
    return part(this.#root, name, HTMLFormElement);
  }

  /** @param {string} form @param {string} name */
  #input(form, name) {
    return /** @type {HTMLInputElement | HTMLSelectElement} */ (this.#form(form).elements.namedItem(name));
  }

  /** @param {string} form @param {string} name */
  #value(form, name) {
    return this.#input(form, name).value.trim();
  }

  /** @param {string} form @param {string[]} names */
  #clear(form, names) {
    for (const name of names) this.#input(form, name).value = "";
    this.#input(form, names[0] ?? "").focus();
  }
}

customElements.define("settings-page", SettingsPage);
