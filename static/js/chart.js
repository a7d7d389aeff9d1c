/**
 * What one company's lines can be booked to: its chart of accounts and its bank accounts. Tells `change`.
 * @import { BooksApi } from "./books-api.js"
 * @import { Account, BankAccount } from "./contract-books.js"
 */
import { accountName } from "./words.js";

export class Chart extends EventTarget {
  /** By code. @type {Account[]} */
  accounts = [];
  /** @type {BankAccount[]} */
  bankAccounts = [];

  /** @param {BooksApi} books */
  constructor(books) {
    super();
    this.books = books;
  }

  /** What lines can be categorized as now. */
  get categories() {
    return this.accounts.filter((account) => !account.archived);
  }

  /** Reads both; raises where the server cannot be asked. */
  async load() {
    const [accounts, bank] = await Promise.all([this.books.accounts(), this.books.bankAccounts()]);
    this.accounts = accounts.data;
    this.bankAccounts = bank.data;
    this.dispatchEvent(new Event("change"));
  }

  /** What to call a bank account where there are several to tell apart. @param {string} accountId */
  nameWhereSeveral(accountId) {
    return this.bankAccounts.length > 1 ? this.nameOf(accountId) : "";
  }

  /** @param {string} accountId */
  nameOf(accountId) {
    const account = this.bankAccounts.find((one) => one.account_id === accountId);
    return account ? accountName(account) : "";
  }
}
