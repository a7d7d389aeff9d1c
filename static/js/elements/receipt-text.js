/**
 * All that was read of a receipt, row by row; asked for once somebody opens it.
 * @import { ReceiptsApi } from "../receipts-api.js"
 */
import { asProblem } from "../api.js";
import { clone, part, text } from "../view.js";

export class ReceiptText extends HTMLElement {
  #root = /** @type {HTMLDetailsElement} */ (clone("receipt-text"));
  /** @type {ReceiptsApi | null} */
  #api = null;
  /** @type {string | null} */
  #id = null;
  /** Of which one the text stands there. @type {string | null} */
  #read = null;

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#root.addEventListener("toggle", () => this.#ask());
  }

  /** @param {ReceiptsApi} api @param {string} receiptId */
  draw(api, receiptId) {
    this.#api = api;
    if (receiptId !== this.#id) this.#root.open = false;
    this.#id = receiptId;
  }

  async #ask() {
    const id = this.#id;
    if (!this.#root.open || !id || !this.#api || this.#read === id) return;
    const place = part(this.#root, "words", HTMLElement);
    text(place, "");
    try {
      const told = await this.#api.text(id);
      if (id !== this.#id) return;
      this.#read = id;
      text(place, told.text);
    } catch (error) {
      if (id === this.#id) text(place, asProblem(error).title);
    }
  }
}

customElements.define("receipt-text", ReceiptText);
