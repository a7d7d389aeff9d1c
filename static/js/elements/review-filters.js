/**
 * The conditions of the review beside tab and text. Tells `filter-change` (detail: the changed part of the filter).
 * @import { Chart } from "../chart.js"
 * @import { Filter } from "../review/filter.js"
 */
import { decimal } from "../decimal.js";
import { EMPTY } from "../review/filter.js";
import { clone, part } from "../view.js";
import { accountName, sourceWord } from "../words.js";

const SOURCES = ["rule", "memory", "model", "llm", "person"];
const FIELDS = /** @type {const} */ (["account_id", "category", "source", "date_from", "date_to", "amount_min", "amount_max"]);

export class ReviewFilters extends HTMLElement {
  #root = clone("review-filters");
  #offered = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#root.addEventListener("change", ({ target }) => this.#take(target));
    this.#root.addEventListener("submit", (event) => event.preventDefault());
    this.#root.addEventListener("reset", (event) => {
      event.preventDefault();
      this.#tell({ ...EMPTY });
    });
  }

  /** @param {Filter} filter @param {Chart} chart @param {string} exportAddress */
  draw(filter, chart, exportAddress) {
    this.#offer(chart, filter);
    for (const name of FIELDS) {
      const field = this.#field(name);
      // What is being typed is not yet part of the filter.
      if (field && field !== document.activeElement && field.value !== filter[name]) field.value = filter[name];
    }
    part(this.#root, "export", HTMLAnchorElement).href = exportAddress;
  }

  /** @param {Chart} chart @param {Filter} filter */
  #offer({ accounts, bankAccounts }, filter) {
    const offered = JSON.stringify([accounts, bankAccounts, filter.category]);
    if (offered === this.#offered) return;
    this.#offered = offered;
    const names = new Set([...accounts.map(({ name }) => name), ...(filter.category ? [filter.category] : [])]);
    this.#choices("account_id", bankAccounts.map((one) => [one.account_id, accountName(one)]));
    this.#choices("category", [...names].map((name) => [name, name]));
    this.#choices("source", SOURCES.map((source) => [source, sourceWord(source)]));
  }

  /** @param {string} name @param {[value: string, words: string][]} choices */
  #choices(name, choices) {
    const select = this.#field(name);
    select?.replaceChildren(new Option("Any", ""), ...choices.map(([value, words]) => new Option(words, value)));
  }

  /** @param {EventTarget | null} target */
  #take(target) {
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
    const value = target.name.startsWith("amount_") ? decimal(target.value) : target.value;
    if (value === null) return target.setAttribute("aria-invalid", "true");
    target.removeAttribute("aria-invalid");
    this.#tell({ [target.name]: value });
  }

  /** @param {string} name */
  #field(name) {
    const field = this.#root.querySelector(`[name="${name}"]`);
    return field instanceof HTMLInputElement || field instanceof HTMLSelectElement ? field : null;
  }

  /** @param {Partial<Filter>} change */
  #tell(change) {
    this.dispatchEvent(new CustomEvent("filter-change", { detail: change, bubbles: true }));
  }
}

customElements.define("review-filters", ReviewFilters);
