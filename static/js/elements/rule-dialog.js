/**
 * A rule, new or to be changed, with what it would do to the lines there are shown as it is written.
 *
 *     const saved = await dialog.edit(books, chart, { rule, ruleId: null });
 *
 * @import { BooksApi } from "../books-api.js"
 * @import { Chart } from "../chart.js"
 * @import { NewRule, Rule, RuleChange, RulePreview } from "../contract-books.js"
 * @import { Problem } from "../contract.js"
 */
import { asProblem } from "../api.js";
import { decimal } from "../decimal.js";
import { bankDay, count, counted, money } from "../format.js";
import { problemView } from "../problem-view.js";
import { clone, element, part, show, text } from "../view.js";
import { accountName } from "../words.js";

/** @typedef {{rule: Rule, apply: boolean}} Saved */

/** The preview follows when writing pauses. */
const PAUSE = 300;
const SHOWN = 6;
/** @type {NewRule} */
const BLANK = { category: "", match: null, pattern: null, amount_min: null, amount_max: null, account_id: null, sign: null, position: null };

export class RuleDialog extends HTMLElement {
  #dialog = /** @type {HTMLDialogElement} */ (clone("rule-dialog"));
  /** @type {BooksApi | null} */
  #books = null;
  /** @type {string | null} */
  #ruleId = null;
  /** @type {number | null} */
  #position = null;
  /** @type {(saved: Saved | null) => void} */
  #answer = () => {};
  #asked = 0;
  /** @type {number | undefined} */
  #pause;

  connectedCallback() {
    this.replaceChildren(this.#dialog);
    this.#form.addEventListener("input", () => this.#previewSoon());
    this.#form.addEventListener("submit", (event) => this.#save(event));
    part(this.#dialog, "cancel", HTMLElement).addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#answer(null));
  }

  /** @param {BooksApi} books @param {Chart} chart @param {{rule?: NewRule, ruleId: string | null}} wanted @returns {Promise<Saved | null>} null where nothing was saved */
  edit(books, chart, { rule = BLANK, ruleId }) {
    this.#books = books;
    this.#ruleId = ruleId;
    this.#position = rule.position;
    text(part(this.#dialog, "title", HTMLElement), ruleId ? "Change the rule" : "A new rule");
    this.#offer(chart, rule.category);
    this.#fill(rule);
    this.#explain(null);
    this.#show(null);
    this.#dialog.showModal();
    this.#preview();
    return new Promise((resolve) => (this.#answer = resolve));
  }

  get #form() {
    return part(this.#dialog, "form", HTMLFormElement);
  }

  /** @param {Chart} chart @param {string} category */
  #offer(chart, category) {
    const names = chart.categories.map(({ name }) => name);
    if (category && !names.includes(category)) names.unshift(category);
    this.#select("category").replaceChildren(new Option("Choose…", ""), ...names.map((name) => new Option(name, name)));
    const accounts = chart.bankAccounts.map((one) => new Option(accountName(one), one.account_id));
    this.#select("account_id").replaceChildren(new Option("Any", ""), ...accounts);
  }

  /** @param {NewRule} rule */
  #fill(rule) {
    this.#input("words").value = rule.match ?? rule.pattern ?? "";
    this.#input("is_pattern").checked = rule.pattern !== null;
    this.#select("sign").value = rule.sign === null ? "" : String(rule.sign);
    this.#select("account_id").value = rule.account_id ?? "";
    this.#input("amount_min").value = rule.amount_min ?? "";
    this.#input("amount_max").value = rule.amount_max ?? "";
    this.#select("category").value = rule.category;
    this.#input("apply").checked = true;
  }

  /** @returns {NewRule} */
  #rule() {
    const words = this.#input("words").value.trim() || null;
    const isPattern = this.#input("is_pattern").checked;
    return {
      category: this.#select("category").value,
      match: isPattern ? null : words,
      pattern: isPattern ? words : null,
      amount_min: decimal(this.#input("amount_min").value) || null,
      amount_max: decimal(this.#input("amount_max").value) || null,
      account_id: this.#select("account_id").value || null,
      sign: /** @type {-1 | 1 | null} */ (Number(this.#select("sign").value) || null),
      position: this.#position,
    };
  }

  #previewSoon() {
    clearTimeout(this.#pause);
    this.#pause = window.setTimeout(() => this.#preview(), PAUSE);
  }

  async #preview() {
    const asked = ++this.#asked;
    const rule = this.#rule();
    if (!rule.category || !isConditional(rule)) return this.#show(null);
    try {
      const preview = await this.#books?.previewRule(rule, this.#ruleId);
      if (asked !== this.#asked) return;
      this.#explain(null);
      this.#show(preview ?? null);
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#show(null);
      this.#explain(asProblem(error));
    }
  }

  /** @param {RulePreview | null} preview */
  #show(preview) {
    text(part(this.#dialog, "preview-words", HTMLElement), preview ? previewWords(preview) : "Say what it is about and the category, and what it would do is shown here.");
    const lines = preview ? [...preview.contradictions.map((one) => changed(one, true)), ...preview.changes.map((one) => changed(one, false))] : [];
    part(this.#dialog, "preview-lines", HTMLElement).replaceChildren(...lines.slice(0, SHOWN));
    // Also where it changes no category: what was a guess becomes a rule's word.
    show(part(this.#dialog, "apply-label", HTMLElement), Boolean(preview?.matches));
  }

  /** @param {Problem | null} problem */
  #explain(problem) {
    part(this.#dialog, "problem", HTMLElement).replaceChildren(...(problem ? [problemView(problem)] : []));
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    event.preventDefault();
    const [books, button] = [this.#books, part(this.#dialog, "save", HTMLButtonElement)];
    if (!books || button.disabled) return;
    button.disabled = true;
    try {
      const rule = this.#ruleId ? await books.replaceRule(this.#ruleId, this.#rule()) : await books.addRule(this.#rule());
      const apply = this.#input("apply").checked && !part(this.#dialog, "apply-label", HTMLElement).hidden;
      this.#answer({ rule, apply });
      this.#dialog.close();
    } catch (error) {
      this.#explain(asProblem(error));
    }
    button.disabled = false;
  }

  /** @param {string} name */
  #input(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }

  /** @param {string} name */
  #select(name) {
    return /** @type {HTMLSelectElement} */ (this.#form.elements.namedItem(name));
  }
}

/** @param {NewRule} rule */
function isConditional({ match, pattern, amount_min, amount_max, account_id, sign }) {
  return [match, pattern, amount_min, amount_max, account_id, sign].some((one) => one !== null);
}

/** @param {RulePreview} preview */
function previewWords({ matches, looked_at, would_change, contradicts }) {
  if (!matches) return `No line of the newest ${count(looked_at)} fits these conditions.`;
  const words = `Fits ${counted(matches, "lines")}, would change ${count(would_change)}`;
  return contradicts ? `${words}, and contradicts ${count(contradicts)} approved.` : `${words}.`;
}

/** @param {RuleChange} change @param {boolean} contradicts */
function changed({ transaction, category }, contradicts) {
  const from = transaction.category ?? "none";
  const item = element(
    "li",
    "",
    element("span", "date", bankDay(transaction.date)),
    element("span", "description", transaction.description),
    element("span", "amount", money(transaction.amount, transaction.currency)),
    element("span", "move", contradicts ? `approved as ${from}` : `${from} → ${category}`),
  );
  item.toggleAttribute("data-contradicts", contradicts);
  return item;
}

customElements.define("rule-dialog", RuleDialog);
