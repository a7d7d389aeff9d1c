/**
 * A person's answer to what a bank file leaves open: the proposed mapping, with choices and columns changed by them.
 * @import { ColumnMapping, MappingChoice, MappingProposal, MappingQuestion } from "../contract-statements.js"
 */

/** @typedef {"date" | "amount" | "debit" | "credit" | "direction" | "balance" | "currency_column" | "bank_id" | "status"} Single */
/** @typedef {Single | "description" | ""} Role */

/** What a column can be; "" is ignored. @type {[Role, string][]} */
export const ROLES = [
  ["", "Ignore"],
  ["date", "Date"],
  ["description", "Description"],
  ["amount", "Amount"],
  ["debit", "Money out"],
  ["credit", "Money in"],
  ["direction", "In or out, in words"],
  ["balance", "Balance"],
  ["currency_column", "Currency"],
  ["bank_id", "Bank's id"],
  ["status", "Posted or pending"],
];
const SINGLES = /** @type {Single[]} */ (ROLES.map(([role]) => role).filter((role) => role && role !== "description"));

export class Answer {
  /** @type {ColumnMapping} */
  mapping;

  /** @param {MappingProposal} proposal */
  constructor(proposal) {
    this.proposal = proposal;
    this.mapping = proposal.mapping;
  }

  /** Whether it is what the server proposed. */
  get isUnchanged() {
    return canonical(this.mapping) === canonical(this.proposal.mapping);
  }

  /** @param {MappingChoice} choice */
  choose(choice) {
    this.mapping = { ...this.mapping, ...choice.patch };
  }

  /** Whether a choice is the one that holds now. @param {MappingChoice} choice */
  isChosen({ patch }) {
    return Object.entries(patch).every(([name, value]) => canonical(this.mapping[/** @type {keyof ColumnMapping} */ (name)]) === canonical(value));
  }

  /** @param {string} ref @returns {Role} */
  roleOf(ref) {
    if (this.mapping.description?.includes(ref)) return "description";
    return SINGLES.find((role) => this.mapping[role] === ref) ?? "";
  }

  /** Each role but the description has one column. @param {string} ref @param {Role} role */
  give(ref, role) {
    const mapping = { ...this.mapping, description: (this.mapping.description ?? []).filter((one) => one !== ref) };
    for (const one of SINGLES) if (mapping[one] === ref) mapping[one] = null;
    if (role === "description") mapping.description.push(ref);
    else if (role) mapping[role] = ref;
    this.mapping = mapping;
  }

  /** What must be known before the file can be read; nothing where all is. */
  get missing() {
    const { date, amount, debit, credit } = this.mapping;
    if (!date) return "Say which column has the date.";
    return amount || debit || credit ? "" : "Say which column has the amount.";
  }

  /** @param {MappingQuestion} question */
  unanswered({ choices }) {
    return choices.length > 0 && !choices.some((choice) => this.isChosen(choice));
  }
}

/** @param {unknown} value */
function canonical(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value ?? null);
  const given = Object.entries(value).filter(([, one]) => one !== null && one !== undefined);
  return JSON.stringify(given.sort(([a], [b]) => (a < b ? -1 : 1)));
}
