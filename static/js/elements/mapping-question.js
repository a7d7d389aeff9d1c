/**
 * What a bank file leaves open, asked with the file's own first rows beside it: what each column is, the choices, and
 * how the lines would be read. Tells `mapping-answer` (detail: the mapping) and `another-file`.
 *
 * @import { MappingProposal, MappingQuestion as Question } from "../contract-statements.js"
 * @import { Problem } from "../contract.js"
 * @import { Role } from "../mapping/answer.js"
 */
import { bankDay, money } from "../format.js";
import { Answer, ROLES } from "../mapping/answer.js";
import { readRows } from "../mapping/reading.js";
import { clone, element, part, show, text } from "../view.js";
import { isIn } from "./review-row.js";

/** Rows of the file that are shown; more would hide the question. */
const ROWS = 8;
let made = 0;

export class MappingQuestion extends HTMLElement {
  #root = clone("mapping-question");
  /** @type {Answer | null} */
  #answer = null;
  #currency = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#root.addEventListener("change", ({ target }) => this.#change(target));
    part(this.#root, "import", HTMLElement).addEventListener("click", () =>
      this.dispatchEvent(new CustomEvent("mapping-answer", { detail: this.#answer?.mapping, bubbles: true })),
    );
    part(this.#root, "another", HTMLElement).addEventListener("click", () => this.dispatchEvent(new Event("another-file", { bubbles: true })));
  }

  /** @param {Problem} problem @param {MappingProposal} proposal @param {string} currency of the company, where the file has none */
  ask(problem, proposal, currency) {
    this.#answer = new Answer(proposal);
    this.#currency = proposal.mapping.currency ?? currency;
    text(part(this.#root, "title", HTMLElement), problem.title);
    // The detail tells programs what to send; a person has the questions below.
    text(part(this.#root, "detail", HTMLElement), "Nothing was imported yet. Answer below, and look at the lines as they would be read.");
    part(this.#root, "questions", HTMLElement).replaceChildren(...proposal.questions.map((question, index) => this.#question(question, index)));
    this.#drawFile(proposal);
    this.#drawAnswer();
  }

  /** @param {Question} question @param {number} index */
  #question({ text: words, choices }, index) {
    const root = clone("mapping-choice");
    const name = `mapping-${++made}`;
    text(part(root, "text", HTMLElement), words);
    part(root, "options", HTMLElement).append(
      ...choices.map((choice, at) => {
        const input = Object.assign(document.createElement("input"), { type: "radio", name, value: `${index} ${at}` });
        return element("label", "option", input, element("span", "", choice.label));
      }),
    );
    return root;
  }

  /** The file as it is, each column with what it is taken for. @param {MappingProposal} proposal */
  #drawFile({ columns, rows, header_line }) {
    const roles = columns.map((column, index) => element("th", "", roleSelect(column.ref, column.name || `Column ${index + 1}`)));
    const names = columns.map((column) => element("th", "name", column.name || "—"));
    part(this.#root, "head", HTMLElement).replaceChildren(
      element("tr", "roles", element("th", "line-no", ""), ...roles),
      element("tr", "names", element("th", "line-no", "Line"), ...names),
    );
    const body = rows.filter(({ line_no }) => line_no > header_line).slice(0, ROWS);
    part(this.#root, "rows", HTMLElement).replaceChildren(
      ...body.map(({ line_no, cells }) => element("tr", "", element("td", "line-no", String(line_no)), ...columns.map((_, index) => element("td", "", cells[index] ?? "")))),
    );
  }

  /** @param {EventTarget | null} target */
  #change(target) {
    const answer = this.#answer;
    if (!answer) return;
    if (target instanceof HTMLSelectElement) answer.give(target.dataset["ref"] ?? "", /** @type {Role} */ (target.value));
    else if (target instanceof HTMLInputElement) {
      const [question = 0, choice = 0] = target.value.split(" ").map(Number);
      const chosen = answer.proposal.questions[question]?.choices[choice];
      if (chosen) answer.choose(chosen);
    }
    this.#drawAnswer();
  }

  #drawAnswer() {
    const answer = this.#answer;
    if (!answer) return;
    for (const select of this.#root.querySelectorAll("select")) select.value = answer.roleOf(select.dataset["ref"] ?? "");
    for (const input of this.#root.querySelectorAll("input")) {
      const [question = 0, choice = 0] = input.value.split(" ").map(Number);
      const offered = answer.proposal.questions[question]?.choices[choice];
      input.checked = offered !== undefined && answer.isChosen(offered);
    }
    this.#markColumns(answer);
    this.#drawReading(answer);
    const button = part(this.#root, "import", HTMLButtonElement);
    const open = answer.proposal.questions.find((question) => answer.unanswered(question));
    button.disabled = Boolean(answer.missing || open);
    text(part(this.#root, "remembered", HTMLElement), answer.missing || (open ? "Answer the question above first." : REMEMBERED));
  }

  /** @param {Answer} answer */
  #markColumns(answer) {
    const roles = answer.proposal.columns.map(({ ref }) => answer.roleOf(ref));
    for (const row of this.#root.querySelectorAll(".file tr")) {
      if (!row.closest(".reading")) roles.forEach((role, index) => row.children[index + 1]?.toggleAttribute("data-ignored", role === ""));
    }
  }

  /** @param {Answer} answer */
  #drawReading(answer) {
    const rows = readRows(answer.proposal, answer.mapping).slice(0, ROWS);
    part(this.#root, "readings", HTMLElement).replaceChildren(...rows.map((row) => readingRow(row, this.#currency)));
    show(part(this.#root, "reading", HTMLElement), rows.length > 0);
  }
}

const REMEMBERED = "The answer is remembered: the next file of this bank in the same layout is read without asking.";

/** @param {string} ref @param {string} name */
function roleSelect(ref, name) {
  const select = document.createElement("select");
  select.append(...ROLES.map(([role, words]) => new Option(words, role)));
  select.dataset["ref"] = ref;
  select.setAttribute("aria-label", `What ${name} is`);
  return select;
}

/** @param {import("../mapping/reading.js").Reading} reading @param {string} currency */
function readingRow({ line_no, date, amount, description, leftOut }, currency) {
  if (leftOut) return element("tr", "left-out", ...[String(line_no), "", description, "not imported"].map((words) => element("td", "", words)));
  const cell = element("td", "amount", amount === null ? "read when imported" : money(amount, currency));
  cell.toggleAttribute("data-in", amount !== null && isIn(amount));
  cell.toggleAttribute("data-open", amount === null);
  const day = element("td", "date", date === null ? "read when imported" : bankDay(date));
  day.toggleAttribute("data-open", date === null);
  return element("tr", "", element("td", "line-no", String(line_no)), day, element("td", "description", description), cell);
}

customElements.define("mapping-question", MappingQuestion);
