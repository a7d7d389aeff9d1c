/**
 * A page of a receipt with a box over each field that was read from it.
 * Tells `box-pick` (detail: the field's name).
 * @import { Box, Receipt } from "../contract-receipts.js"
 * @import { ReceiptsApi } from "../receipts-api.js"
 */
import { clone, element, part, show, text } from "../view.js";
import { SURE } from "../receipts/acts.js";

const ZOOMS = [1, 1.5, 2, 3];

export class ReceiptPicture extends HTMLElement {
  #root = clone("receipt-picture");
  /** @type {Receipt | null} */
  #receipt = null;
  /** @type {ReceiptsApi | null} */
  #api = null;
  #page = 1;
  #zoom = 0;
  /** @type {string | null} */
  #lit = null;
  /** A place that is only pointed at: an alternative's. @type {Box | null} */
  #pointed = null;

  connectedCallback() {
    this.replaceChildren(this.#root);
    part(this.#root, "before", HTMLElement).addEventListener("click", () => this.#turn(-1));
    part(this.#root, "after", HTMLElement).addEventListener("click", () => this.#turn(1));
    part(this.#root, "closer", HTMLElement).addEventListener("click", () => this.#magnify(1));
    part(this.#root, "farther", HTMLElement).addEventListener("click", () => this.#magnify(-1));
    part(this.#root, "boxes", HTMLElement).addEventListener("click", ({ target }) => {
      const box = target instanceof HTMLElement ? target.closest("button") : null;
      if (box) this.dispatchEvent(new CustomEvent("box-pick", { detail: box.value }));
    });
    const image = part(this.#root, "image", HTMLImageElement);
    image.addEventListener("load", () => this.#settle(false));
    image.addEventListener("error", () => this.#settle(true));
  }

  /** @param {Receipt} receipt @param {ReceiptsApi} api @param {Record<string, string>} labels by field */
  draw(receipt, api, labels) {
    if (receipt.receipt_id !== this.#receipt?.receipt_id) {
      this.#page = 1;
      this.#zoom = 0;
      this.#lit = this.#pointed = null;
    }
    this.#receipt = receipt;
    this.#api = api;
    this.labels = labels;
    this.#drawNow();
  }

  /** Shows where a field was read, and turns to that page. @param {string | null} name */
  light(name) {
    this.#lit = name;
    this.#pointed = null;
    const box = name ? this.#receipt?.fields[name]?.box : null;
    if (box) this.#page = box.page;
    this.#drawNow();
    if (box) this.#reveal("[data-lit]");
  }

  /** @param {Box | null} box */
  point(box) {
    this.#pointed = box;
    if (box) this.#page = box.page;
    this.#drawNow();
    if (box) this.#reveal("[data-pointed]");
  }

  #drawNow() {
    const receipt = this.#receipt;
    if (!receipt || !this.#api) return;
    const image = part(this.#root, "image", HTMLImageElement);
    const source = this.#api.pageAddress(receipt.receipt_id, this.#page);
    if (image.src !== source) {
      image.src = source;
      this.toggleAttribute("data-loading", true);
    }
    image.alt = `Page ${this.#page} of ${receipt.name}`;
    this.#drawBoxes(receipt);
    show(part(this.#root, "pager", HTMLElement), receipt.pages > 1);
    const more = receipt.pages_in_file > receipt.pages ? ` (${receipt.pages_in_file} in the file)` : "";
    text(part(this.#root, "page", HTMLElement), `Page ${this.#page} of ${receipt.pages}${more}`);
    part(this.#root, "before", HTMLButtonElement).disabled = this.#page <= 1;
    part(this.#root, "after", HTMLButtonElement).disabled = this.#page >= receipt.pages;
    const zoom = ZOOMS[this.#zoom] ?? 1;
    part(this.#root, "sheet", HTMLElement).style.setProperty("--zoom", String(zoom));
    text(part(this.#root, "zoom", HTMLElement), zoom === 1 ? "Fit" : `${zoom * 100}%`);
    part(this.#root, "farther", HTMLButtonElement).disabled = this.#zoom === 0;
    part(this.#root, "closer", HTMLButtonElement).disabled = this.#zoom === ZOOMS.length - 1;
  }

  /** Makes them anew only where others stand there: one that is being clicked must not go away. @param {Receipt} receipt */
  #drawBoxes(receipt) {
    const sheet = part(this.#root, "boxes", HTMLElement);
    const there = Object.entries(receipt.fields).filter(([, { box }]) => box?.page === this.#page);
    const key = JSON.stringify([receipt.receipt_id, there.map(([name, { box, confidence }]) => [name, box, confidence]), this.#pointed]);
    if (sheet.dataset["key"] !== key) sheet.replaceChildren(...this.#boxes(there));
    sheet.dataset["key"] = key;
    for (const box of sheet.querySelectorAll("button")) box.toggleAttribute("data-lit", box.value === this.#lit);
  }

  /** @param {[string, import("../contract-receipts.js").FieldReading][]} there */
  #boxes(there) {
    /** @type {HTMLElement[]} */
    const boxes = there.flatMap(([name, { box, confidence }]) => (box ? [this.#box(name, box, confidence)] : []));
    if (this.#pointed?.page === this.#page) {
      const pointed = place(element("span", "box"), this.#pointed);
      pointed.toggleAttribute("data-pointed", true);
      boxes.push(pointed);
    }
    return boxes;
  }

  /** @param {string} name @param {Box} box @param {number} confidence */
  #box(name, box, confidence) {
    const made = document.createElement("button");
    made.className = "box";
    place(made, box);
    made.type = "button";
    made.value = name;
    made.tabIndex = -1;
    made.title = this.labels?.[name] ?? name;
    made.setAttribute("aria-label", `${made.title}, as it was read`);
    made.toggleAttribute("data-sure", confidence >= SURE);
    return made;
  }

  /** @param {string} selector */
  #reveal(selector) {
    const box = this.#root.querySelector(selector)?.getBoundingClientRect();
    // Not the page: on a phone the field that is typed in stands far below the picture.
    const viewport = part(this.#root, "viewport", HTMLElement);
    const sight = viewport.getBoundingClientRect();
    if (box) viewport.scrollBy(beyond(box.left, box.right, sight.left, sight.right), beyond(box.top, box.bottom, sight.top, sight.bottom));
  }

  /** @param {number} by */
  #turn(by) {
    this.#page += by;
    this.#drawNow();
  }

  /** @param {number} by */
  #magnify(by) {
    this.#zoom = Math.min(Math.max(this.#zoom + by, 0), ZOOMS.length - 1);
    this.#drawNow();
  }

  /** @param {boolean} broken */
  #settle(broken) {
    this.toggleAttribute("data-loading", false);
    show(part(this.#root, "broken", HTMLElement), broken);
    show(part(this.#root, "sheet", HTMLElement), !broken);
  }
}

/** How far a stretch lies out of sight. @param {number} from @param {number} to @param {number} first @param {number} last */
function beyond(from, to, first, last) {
  if (from < first) return from - first;
  return Math.max(Math.min(to - last, from - first), 0);
}

/** By CSSOM: the page's policy allows no style in its markup. @template {HTMLElement} T @param {T} made @param {Box} box */
function place(made, { left, top, width, height }) {
  for (const [edge, share] of Object.entries({ left, top, width, height })) made.style.setProperty(edge, `${share * 100}%`);
  return made;
}

customElements.define("receipt-picture", ReceiptPicture);
