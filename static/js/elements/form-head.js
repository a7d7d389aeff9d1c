/** A list's head whose conditions stand in a form of plain fields. */
import { part } from "../view.js";
import { ListHead } from "./list-head.js";

/** @import { Kind, Given, Look } from "./list-head.js" */

export class FormHead extends ListHead {
  /** @param {Kind & {fields: string[], empty: Given}} kind the form's fields, and what clears them all */
  constructor({ fields, empty, ...kind }) {
    super(kind);
    this.fields = fields;
    this.empty = empty;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.form.addEventListener("change", ({ target }) => this.#take(target));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.tell({ ...this.empty });
    });
  }

  get form() {
    return part(this.root, "form", HTMLFormElement);
  }

  /** @override @param {Given} filter @param {Look} look */
  drawHead(filter, look) {
    super.drawHead(filter, look);
    for (const name of this.fields) this.#fill(name, filter[name] ?? "");
  }

  /** @param {string} name @param {string} value */
  #fill(name, value) {
    const field = this.form.elements.namedItem(name);
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
    // What is being typed is not yet part of the filter.
    if (field !== document.activeElement && field.value !== value) field.value = value;
  }

  /** @param {EventTarget | null} target */
  #take(target) {
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) this.tell({ [target.name]: target.value });
  }
}
