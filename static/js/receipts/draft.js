/**
 * What a person has typed about a receipt, against what was read of it.
 * @import { Receipt } from "../contract-receipts.js"
 * @import { Correction } from "../receipts-api.js"
 */
import { decimal } from "../decimal.js";

/** @typedef {"vendor" | "date" | "total" | "currency" | "subtotal" | "tip" | "payment_method" | "card" | "number"} FieldName */

/** @type {FieldName[]} */
export const FIELDS = ["vendor", "date", "total", "currency", "subtotal", "tip", "payment_method", "card", "number"];
/** Amounts, which people write as they do at home. @type {FieldName[]} */
const MONEY = ["total", "subtotal", "tip"];

export class Draft {
  /** @type {Map<FieldName, string>} */
  #typed = new Map();

  /** @param {Receipt} receipt */
  constructor(receipt) {
    this.receipt = receipt;
  }

  /** As it stands in the form. @param {FieldName} name */
  value(name) {
    return this.#typed.get(name) ?? this.receipt[name] ?? "";
  }

  /** @param {FieldName} name @param {string} value */
  set(name, value) {
    if (said(name, value) === (this.receipt[name] ?? null)) this.#typed.delete(name);
    else this.#typed.set(name, value);
  }

  /** @param {FieldName} name */
  isTyped(name) {
    return this.#typed.has(name);
  }

  get isDirty() {
    return this.#typed.size > 0;
  }

  /** Whether what stands in the form says what the draft says, perhaps with a space that a next word follows. @param {FieldName} name @param {string} shown */
  says(name, shown) {
    return said(name, shown) === said(name, this.value(name));
  }

  /** What is to be said to the server. @returns {Correction} */
  get correction() {
    return Object.fromEntries([...this.#typed].map(([name, value]) => [name, said(name, value)]));
  }

  /** The same receipt as it is now; what was typed stays where it still says something else. @param {Receipt} receipt */
  rebase(receipt) {
    this.receipt = receipt;
    for (const [name, value] of [...this.#typed]) this.set(name, value);
  }

  /** Forgets what the server has taken; what was typed meanwhile stays. @param {Correction} taken */
  settle(taken) {
    for (const [name, value] of [...this.#typed]) if (said(name, value) === taken[name]) this.#typed.delete(name);
  }

  discard() {
    this.#typed.clear();
  }
}

/** As the wire has it: nothing typed takes the field away. @param {FieldName} name @param {string} value */
function said(name, value) {
  const text = value.trim();
  if (!text) return null;
  // What is no amount goes out as it is: the server names the field.
  if (MONEY.includes(name)) return decimal(text) ?? text;
  return name === "currency" ? text.toUpperCase() : text;
}
