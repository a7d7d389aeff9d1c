/**
 * One company's books over HTTP: one method per call the page makes.
 * @import { Account, AccountPage, AuditPage, BankAccount, BankAccountPage, Categorized, Company, JournalPage, NewAccount, NewBankAccount, NewRule, Rule, RulePage, RulePreview, Transaction, TransactionFilter, TransactionPage } from "./contract-books.js"
 * @import { Api } from "./api.js"
 */
import { post, query, send } from "./api.js";

export class BooksApi {
  /** @param {Api} api @param {string} companyId */
  constructor(api, companyId) {
    this.api = api;
    this.companyId = companyId;
    this.root = `/api/companies/${encodeURIComponent(companyId)}`;
  }

  /** @returns {Promise<Company>} */
  company() {
    return this.api.json(this.root);
  }

  /** @param {{name?: string, base_currency?: string, closed_through?: string | null}} change @returns {Promise<Company>} */
  changeCompany(change) {
    return this.api.json(this.root, send("PATCH", change));
  }

  // --- lines ----------------------------------------------------------------------------------------

  /**
   * A page of lines, with the server's time of the answer.
   * @param {TransactionFilter} filter
   * @param {{limit: number, cursor?: string | null, count?: boolean}} page
   * @returns {Promise<TransactionPage & {at: string | null}>}
   */
  async transactions(filter, { limit, cursor, count }) {
    const { body, at } = await this.api.answer(`${this.root}/transactions${query({ ...filter, limit, cursor, count })}`);
    return { ...body, at };
  }

  /** @param {string} id @returns {Promise<Transaction>} */
  transaction(id) {
    return this.api.json(this.#line(id));
  }

  /** @param {string} id @param {string | null} category @param {number | null} revision @returns {Promise<Categorized>} */
  categorize(id, category, revision) {
    return this.api.json(this.#line(id), send("PATCH", { category, revision }));
  }

  /** @param {string} id @param {number | null} revision @returns {Promise<Transaction>} */
  approve(id, revision) {
    return this.api.json(`${this.#line(id)}/approve`, post({ revision }));
  }

  /** @param {string} id @param {number | null} revision @returns {Promise<Transaction>} */
  reopen(id, revision) {
    return this.api.json(`${this.#line(id)}/reopen`, post({ revision }));
  }

  /** @param {string} id @returns {Promise<AuditPage>} */
  audit(id) {
    return this.api.json(`${this.#line(id)}/audit`);
  }

  /** The entry of a line, if it has one: among those of its day and category. @param {Pick<Transaction, "transaction_id" | "date" | "category">} line */
  async entryOf({ transaction_id, date, category }) {
    if (!category) return null;
    /** @type {JournalPage} */
    const { data } = await this.api.json(`${this.root}/journal${query({ date_from: date, date_to: date, account: category, limit: 500 })}`);
    return data.find((entry) => entry.transaction_id === transaction_id) ?? null;
  }

  /** Where the lines of a filter are to be had as a file. @param {TransactionFilter} filter */
  exportAddress(filter) {
    return `${this.api.baseUrl}${this.root}/transactions.csv${query({ ...filter })}`;
  }

  // --- rules ----------------------------------------------------------------------------------------

  /** @returns {Promise<RulePage>} */
  rules() {
    return this.api.json(`${this.root}/rules`);
  }

  /** @param {NewRule} rule @param {string | null} ruleId the rule it would replace @returns {Promise<RulePreview>} */
  previewRule(rule, ruleId) {
    return this.api.json(`${this.root}/rules/preview${query({ rule_id: ruleId })}`, post(rule));
  }

  /** @param {NewRule} rule @returns {Promise<Rule>} */
  addRule(rule) {
    return this.api.json(`${this.root}/rules`, post(rule));
  }

  /** @param {string} ruleId @param {NewRule} rule @returns {Promise<Rule>} */
  replaceRule(ruleId, rule) {
    return this.api.json(`${this.root}/rules/${encodeURIComponent(ruleId)}`, send("PUT", rule));
  }

  /** @param {string} ruleId */
  deleteRule(ruleId) {
    return this.api.json(`${this.root}/rules/${encodeURIComponent(ruleId)}`, send("DELETE"));
  }

  // --- accounts -------------------------------------------------------------------------------------

  /** @returns {Promise<AccountPage>} */
  accounts() {
    return this.api.json(`${this.root}/accounts`);
  }

  /** @param {NewAccount} account @returns {Promise<Account>} */
  addAccount(account) {
    return this.api.json(`${this.root}/accounts`, post(account));
  }

  /** @param {string} code @param {{name?: string, type?: string, archived?: boolean}} change @returns {Promise<Account>} */
  changeAccount(code, change) {
    return this.api.json(`${this.root}/accounts/${encodeURIComponent(code)}`, send("PATCH", change));
  }

  /** @returns {Promise<BankAccountPage>} */
  bankAccounts() {
    return this.api.json(`${this.root}/accounts/bank`);
  }

  /** @param {NewBankAccount} account @returns {Promise<BankAccount>} */
  addBankAccount(account) {
    return this.api.json(`${this.root}/accounts/bank`, post(account));
  }

  /** @param {string} accountId @param {{name?: string, number?: string | null}} change @returns {Promise<BankAccount>} */
  changeBankAccount(accountId, change) {
    return this.api.json(`${this.root}/accounts/bank/${encodeURIComponent(accountId)}`, send("PATCH", change));
  }

  /** @param {string} id */
  #line(id) {
    return `${this.root}/transactions/${encodeURIComponent(id)}`;
  }
}
