/**
 * A company's rules, in the order in which they decide: added, changed, moved, deleted. Tells `rule-saved`.
 * @import { BooksApi } from "../books-api.js"
 * @import { Chart } from "../chart.js"
 * @import { Rule } from "../contract-books.js"
 */
import { asProblem } from "../api.js";
import { count } from "../format.js";
import { problemView } from "../problem-view.js";
import { ask } from "../question.js";
import { ruleWords } from "../rule-words.js";
import { clone, part, show, text } from "../view.js";
import { RuleDialog } from "./rule-dialog.js";

export class RulesPage extends HTMLElement {
  #root = clone("rules-page");
  /** @type {BooksApi | null} */
  #books = null;
  /** @type {Chart | null} */
  #chart = null;
  #mayAct = false;
  /** @type {Rule[]} */
  #rules = [];

  connectedCallback() {
    this.replaceChildren(this.#root);
    part(this.#root, "add", HTMLElement).addEventListener("click", () => this.#edit(null));
    part(this.#root, "list", HTMLElement).addEventListener("click", (event) => this.#click(event));
  }

  /** @param {BooksApi} books @param {Chart} chart @param {boolean} mayAct */
  serve(books, chart, mayAct) {
    this.#books = books;
    this.#chart = chart;
    this.#mayAct = mayAct;
    this.#rules = [];
    this.#draw();
  }

  async open() {
    await this.#try(async (books) => {
      this.#rules = (await books.rules()).data;
    });
  }

  #draw() {
    show(part(this.#root, "add", HTMLElement), this.#mayAct);
    show(part(this.#root, "empty", HTMLElement), this.#rules.length === 0);
    part(this.#root, "list", HTMLElement).replaceChildren(...this.#rules.map((rule, index) => this.#row(rule, index)));
  }

  /** @param {Rule} rule @param {number} index */
  #row(rule, index) {
    const row = clone("rule-row");
    row.dataset["id"] = rule.rule_id;
    text(part(row, "position", HTMLElement), count(rule.position));
    text(part(row, "conditions", HTMLElement), ruleWords(rule, rule.account_id ? this.#chart?.nameOf(rule.account_id) : undefined));
    text(part(row, "category", HTMLElement), rule.category);
    for (const [name, words] of Object.entries({ up: "Move up", down: "Move down", edit: "Edit", delete: "Delete" })) {
      const button = part(row, name, HTMLButtonElement);
      button.dataset["act"] = name;
      button.setAttribute("aria-label", `${words}: ${ruleWords(rule)}`);
      show(button, this.#mayAct);
    }
    part(row, "up", HTMLButtonElement).disabled = index === 0;
    part(row, "down", HTMLButtonElement).disabled = index === this.#rules.length - 1;
    return row;
  }

  /** @param {Event} event */
  #click({ target }) {
    const button = target instanceof Element ? target.closest("button") : null;
    const row = button?.closest("li");
    const rule = this.#rules.find((one) => one.rule_id === row?.dataset["id"]);
    const act = button?.dataset["act"];
    if (!rule || !act) return;
    if (act === "edit") this.#edit(rule);
    else if (act === "delete") this.#delete(rule);
    else this.#move(rule, act === "up" ? -1 : 1, act);
  }

  /** @param {Rule | null} rule */
  async #edit(rule) {
    const [books, chart] = [this.#books, this.#chart];
    if (!books || !chart) return;
    const dialog = /** @type {RuleDialog} */ (document.querySelector("rule-dialog"));
    const saved = await dialog.edit(books, chart, rule ? { rule: asNew(rule), ruleId: rule.rule_id } : { ruleId: null });
    if (!saved) return;
    await this.open();
    this.dispatchEvent(new CustomEvent("rule-saved", { detail: saved }));
  }

  /** @param {Rule} rule */
  async #delete(rule) {
    const title = `Delete “${ruleWords(rule)} → ${rule.category}”?`;
    if (!(await ask({ title, detail: "What it has decided stays decided; new lines go without it.", yes: "Delete the rule" }))) return;
    await this.#try(async (books) => {
      await books.deleteRule(rule.rule_id);
      this.#rules = (await books.rules()).data;
    });
  }

  /** @param {Rule} rule @param {number} by @param {string} act */
  async #move(rule, by, act) {
    await this.#try(async (books) => {
      await books.replaceRule(rule.rule_id, { ...asNew(rule), position: rule.position + by });
      this.#rules = (await books.rules()).data;
    });
    const row = [...part(this.#root, "list", HTMLElement).children].find((one) => one instanceof HTMLElement && one.dataset["id"] === rule.rule_id);
    const [button, other] = [part(row ?? this.#root, act, HTMLButtonElement), part(row ?? this.#root, act === "up" ? "down" : "up", HTMLButtonElement)];
    (button.disabled ? other : button).focus();
  }

  /** @param {(books: BooksApi) => Promise<void>} act */
  async #try(act) {
    const books = this.#books;
    if (!books) return;
    const place = part(this.#root, "problem", HTMLElement);
    try {
      await act(books);
      place.replaceChildren();
    } catch (error) {
      place.replaceChildren(problemView(asProblem(error), { actions: [{ label: "Read the rules again", act: () => this.open() }] }));
    }
    if (books === this.#books) this.#draw();
  }
}

/** @param {Rule} rule @returns {import("../contract-books.js").NewRule} */
function asNew({ rule_id: _, sign, ...rule }) {
  return { ...rule, sign: sign === -1 || sign === 1 ? sign : null };
}

customElements.define("rules-page", RulesPage);
