/**
 * The fields of a receipt as a form: what was read, how sure that is, and what it may be instead.
 * Tells `draft-change`, `field-light` (detail: its name or null), `field-point` (detail: a box or null).
 * @import { Receipt } from "../contract-receipts.js"
 * @import { FieldError } from "../contract.js"
 * @import { Draft, FieldName } from "../receipts/draft.js"
 */
import { bankDay, money } from "../format.js";
import { SURE } from "../receipts/acts.js";
import { FIELDS } from "../receipts/draft.js";
import { clone, element, part, show, text } from "../view.js";

/** @type {Record<FieldName, string>} */
export const LABELS = {
  vendor: "Vendor",
  date: "Date",
  total: "Total",
  currency: "Currency",
  subtotal: "Subtotal",
  tip: "Tip",
  payment_method: "Paid by",
  card: "Card, last four",
  number: "Receipt number",
};
/** Those that every receipt should have. @type {FieldName[]} */
const NEEDED = ["vendor", "date", "total", "currency"];
const MOST_CHIPS = 4;

/** @typedef {{value: string, box: import("../contract-receipts.js").Box | null}} Other what a field may be instead */

export class ReceiptFields extends HTMLElement {
  #root = clone("receipt-fields");
  /** @type {Map<FieldName, HTMLElement>} */
  #rows = new Map();
  /** @type {Draft | null} */
  #draft = null;
  /** What the chips of each field offer. @type {Map<FieldName, string>} */
  #offered = new Map();

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#offered.clear();
    for (const name of FIELDS) this.#rows.set(name, this.#make(name));
    part(this.#root, "fields", HTMLElement).replaceChildren(...this.#rows.values());
    this.addEventListener("focusout", () => this.#tell("field-light", null));
  }

  /** @param {Draft} draft @param {boolean} mayAct */
  draw(draft, mayAct) {
    this.#draft = draft;
    for (const [name, row] of this.#rows) this.#drawRow(name, row, mayAct);
    this.#drawTaxes(draft.receipt);
    this.#drawItems(draft.receipt);
  }

  /** @param {string} name */
  focusOn(name) {
    this.#rows.get(/** @type {FieldName} */ (name))?.querySelector("input, select")?.dispatchEvent(new Event("wanted"));
  }

  /** @param {FieldError[]} errors by JSON pointer; returns those of no field here @returns {FieldError[]} */
  blame(errors) {
    for (const [name, row] of this.#rows) {
      const mine = errors.find(({ pointer }) => pointer === `/${name}`);
      const place = part(row, "fault", HTMLElement);
      text(place, mine?.detail ?? "");
      show(place, mine !== undefined);
      this.#input(row).setAttribute("aria-invalid", String(mine !== undefined));
    }
    return errors.filter(({ pointer }) => !FIELDS.some((name) => pointer === `/${name}`));
  }

  /** Whether all that is typed can be read; else says beside the field what to do. */
  get isWhole() {
    const half = FIELDS.find((name) => this.#field(name).validity.badInput);
    if (!half) return true;
    this.blame([{ pointer: `/${half}`, detail: "Finish this, or empty it." }]);
    this.focusOn(half);
    return false;
  }

  /** Forgets what is half typed. */
  clear() {
    for (const name of FIELDS) {
      const input = this.#field(name);
      if (input.validity.badInput) input.value = "";
    }
    this.blame([]);
  }

  /** @param {FieldName} name */
  #make(name) {
    const row = clone(name === "payment_method" ? "receipt-field-choice" : "receipt-field");
    row.dataset["field"] = name;
    text(part(row, "label", HTMLElement), LABELS[name]);
    const input = this.#input(row);
    input.name = name;
    for (const note of ["sure", "fault"]) part(row, note, HTMLElement).id = `receipt-${name}-${note}`;
    input.setAttribute("aria-describedby", `receipt-${name}-sure receipt-${name}-fault`);
    if (input instanceof HTMLInputElement) {
      if (name === "date") input.type = "date";
      if (["total", "subtotal", "tip"].includes(name)) input.inputMode = "decimal";
      input.maxLength = { currency: 3, card: 4 }[/** @type {string} */ (name)] ?? 200;
    }
    // A date that is half typed has no value, which would read as taken away.
    input.addEventListener("input", () => input.validity.badInput || this.#type(name, input.value));
    input.addEventListener("focus", () => this.#tell("field-light", name));
    input.addEventListener("wanted", () => input.focus());
    row.addEventListener("pointerenter", () => this.#tell("field-light", name));
    row.addEventListener("pointerleave", () => this.#tell("field-light", document.activeElement === input ? name : null));
    return row;
  }

  /** @param {FieldName} name @param {string} value */
  #type(name, value) {
    this.#draft?.set(name, value);
    this.#tell("draft-change");
  }

  /** @param {FieldName} name @param {HTMLElement} row @param {boolean} mayAct */
  #drawRow(name, row, mayAct) {
    const draft = this.#draft;
    if (!draft) return;
    const input = this.#input(row);
    const value = draft.value(name);
    if (input.value !== value && !input.validity.badInput && !(document.activeElement === input && draft.says(name, input.value))) input.value = value;
    input.disabled = !mayAct;
    const { word, look } = sureness(name, draft);
    const sure = part(row, "sure", HTMLElement);
    text(sure, word);
    sure.dataset["look"] = look;
    show(row, mayAct || value !== "");
    this.#drawChips(name, row, mayAct ? others(name, draft) : [], draft.receipt.currency);
  }

  /** Made anew only where they are others: somebody may stand on one. @param {FieldName} name @param {HTMLElement} row @param {Other[]} offered @param {string | null} currency */
  #drawChips(name, row, offered, currency) {
    const look = JSON.stringify([offered, currency]);
    if (this.#offered.get(name) === look) return;
    this.#offered.set(name, look);
    part(row, "chips", HTMLElement).replaceChildren(...offered.map((one) => this.#chip(name, one, currency)));
  }

  /** @param {FieldName} name @param {Other} alternative @param {string | null} currency */
  #chip(name, { value, box }, currency) {
    const chip = /** @type {HTMLButtonElement} */ (element("button", "choice", spoken(name, value, currency)));
    chip.type = "button";
    chip.value = value;
    chip.setAttribute("aria-label", `${LABELS[name]}: take ${spoken(name, value, currency)} instead`);
    for (const [event, target] of /** @type {const} */ ([["pointerenter", box], ["focus", box], ["pointerleave", null], ["blur", null]])) {
      chip.addEventListener(event, () => this.#tell("field-point", target));
    }
    chip.addEventListener("click", ({ detail }) => {
      this.#type(name, value);
      // The chip is gone now; whoever works by keys goes on in the field, and a phone shows no keyboard.
      if (detail === 0) this.focusOn(name);
    });
    return chip;
  }

  /** @param {Receipt} receipt */
  #drawTaxes({ taxes, currency }) {
    show(part(this.#root, "taxes", HTMLElement), taxes.length > 0);
    const rows = taxes.map(({ name, rate, base, amount }) =>
      tableRow([rate ? `${name} ${rate} %` : name, base ? `on ${sum(base, currency)}` : ""], sum(amount, currency)),
    );
    part(this.#root, "tax-rows", HTMLElement).replaceChildren(...rows);
  }

  /** @param {Receipt} receipt */
  #drawItems({ items, currency }) {
    show(part(this.#root, "items", HTMLElement), items.length > 0);
    const rows = items.map(({ description, quantity, unit_price, amount }) =>
      tableRow([description, quantity && unit_price ? `${quantity} × ${sum(unit_price, currency)}` : (quantity ?? "")], sum(amount, currency)),
    );
    part(this.#root, "item-rows", HTMLElement).replaceChildren(...rows);
  }

  /** @param {FieldName} name */
  #field(name) {
    return this.#input(/** @type {HTMLElement} */ (this.#rows.get(name)));
  }

  /** @param {HTMLElement} row @returns {HTMLInputElement | HTMLSelectElement} */
  #input(row) {
    return /** @type {HTMLInputElement | HTMLSelectElement} */ (row.querySelector("input, select"));
  }

  /** @param {string} name @param {unknown} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** @param {FieldName} name @param {Draft} draft */
function sureness(name, draft) {
  if (draft.isTyped(name)) return { word: "changed", look: "typed" };
  const reading = draft.receipt.fields[name];
  const value = draft.receipt[name];
  if (value === null) return NEEDED.includes(name) ? { word: "not found", look: "missing" } : { word: "", look: "" };
  if (!reading || reading.read_by === "person") return { word: reading ? "by a person" : "", look: "sure" };
  const by = reading.read_by === "llm" ? " (AI)" : "";
  return reading.confidence >= SURE ? { word: `sure${by}`, look: "sure" } : { word: `check this${by}`, look: "unsure" };
}

/** @param {FieldName} name @param {string} value @param {string | null} currency */
function spoken(name, value, currency) {
  if (name === "date") return bankDay(value);
  return ["total", "subtotal", "tip"].includes(name) ? sum(value, currency) : value;
}

/** @param {string} amount @param {string | null} currency */
function sum(amount, currency) {
  return currency ? money(amount, currency) : amount;
}

/** @param {string[]} words @param {string} amount */
function tableRow(words, amount) {
  return element("tr", "", ...words.map((word) => element("td", "", word)), element("td", "amount", amount));
}

/** What was read, where something else stands there now, and what else it may be. @param {FieldName} name @param {Draft} draft @returns {Other[]} */
function others(name, draft) {
  const reading = draft.receipt.fields[name];
  const value = draft.value(name);
  const read = draft.isTyped(name) && draft.receipt[name] ? [{ value: draft.receipt[name] ?? "", box: reading?.box ?? null }] : [];
  return [...read, ...(reading?.alternatives ?? []).filter((one) => one.value !== value)].slice(0, MOST_CHIPS);
}

customElements.define("receipt-fields", ReceiptFields);
