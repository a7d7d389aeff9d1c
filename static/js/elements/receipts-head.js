/**
 * Which receipts are listed: tabs, search and conditions. Tells `filter-change` (detail: the changed part of the
 * filter) and `help`.
 *
 * @import { Filter, Tab } from "../receipts/filter.js"
 * @import { Shelf } from "../receipts/shelf.js"
 */
import { count } from "../format.js";
import { conditionWords } from "../receipts/conditions.js";
import { conditionCount, EMPTY, TABS, writeFilter } from "../receipts/filter.js";
import { address } from "../route.js";
import { clone, element, hold, part, show, text } from "../view.js";
import { receiptStateWord } from "../words.js";
import { plainLink } from "./page-links.js";

/** A search begins when typing pauses. */
const PAUSE = 250;
const FIELDS = /** @type {const} */ (["attached", "duplicate", "date_from", "date_to"]);

export class ReceiptsHead extends HTMLElement {
  #root = clone("receipts-head");
  /** @type {number | undefined} */
  #typing;
  #conditions = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    hold(part(this.#root, "tabs", HTMLElement), TABS.map(tabLink));
    part(this.#root, "tabs", HTMLElement).addEventListener("click", (event) => this.#follow(event));
    this.#search.addEventListener("input", () => this.#type());
    this.#search.addEventListener("keydown", (event) => event.key === "Enter" && this.#typed());
    part(this.#root, "help", HTMLElement).addEventListener("click", () => this.dispatchEvent(new Event("help")));
    part(this.#root, "filters", HTMLElement).addEventListener("click", () => this.#unfold());
    part(this.#root, "conditions", HTMLElement).addEventListener("click", (event) => this.#remove(event));
    this.#form.addEventListener("change", ({ target }) => this.#take(target));
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.#tell({ ...EMPTY });
    });
  }

  get #search() {
    return part(this.#root, "text", HTMLInputElement);
  }

  get #form() {
    return part(this.#root, "form", HTMLFormElement);
  }

  /** Lets a person type what to look for. */
  search() {
    this.#search.select();
  }

  /** @param {Shelf} shelf @param {(jobId: string) => string} jobTitle */
  draw(shelf, jobTitle) {
    const { filter } = shelf;
    for (const link of part(this.#root, "tabs", HTMLElement).querySelectorAll("a")) drawTab(link, shelf);
    if (this.#typing === undefined && this.#search.value.trim() !== filter.text) this.#search.value = filter.text;
    for (const name of FIELDS) this.#fill(name, filter[name]);
    const given = conditionCount(filter);
    text(part(this.#root, "filter-count", HTMLElement), given ? count(given) : "");
    this.#drawConditions(conditionWords(filter, jobTitle));
  }

  /** @param {string} name @param {string} value */
  #fill(name, value) {
    const field = this.#form.elements.namedItem(name);
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return;
    // What is being typed is not yet part of the filter.
    if (field !== document.activeElement && field.value !== value) field.value = value;
  }

  /** @param {ReturnType<typeof conditionWords>} conditions */
  #drawConditions(conditions) {
    const place = part(this.#root, "conditions", HTMLElement);
    show(place, conditions.length > 0);
    const drawn = JSON.stringify(conditions);
    if (drawn === this.#conditions) return;
    this.#conditions = drawn;
    place.replaceChildren(...conditions.map(([names, words]) => condition(names, words)));
  }

  #type() {
    clearTimeout(this.#typing);
    this.#typing = window.setTimeout(() => this.#typed(), PAUSE);
  }

  #typed() {
    clearTimeout(this.#typing);
    this.#typing = undefined;
    this.#tell({ text: this.#search.value.trim() });
  }

  #unfold() {
    show(this.#form, Boolean(this.#form.hidden));
    part(this.#root, "filters", HTMLElement).setAttribute("aria-expanded", String(!this.#form.hidden));
  }

  /** @param {MouseEvent} event */
  #follow(event) {
    const link = plainLink(event);
    if (!link) return;
    event.preventDefault();
    this.#tell({ tab: /** @type {Tab} */ (link.dataset["tab"]) });
  }

  /** @param {EventTarget | null} target */
  #take(target) {
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) this.#tell({ [target.name]: target.value });
  }

  /** @param {Event} event */
  #remove({ target }) {
    const names = target instanceof HTMLElement ? target.dataset["names"] : undefined;
    if (names) this.#tell(Object.fromEntries(names.split(" ").map((name) => [name, ""])));
  }

  /** @param {Partial<Filter>} change */
  #tell(change) {
    this.dispatchEvent(new CustomEvent("filter-change", { detail: change }));
  }
}

/** @param {HTMLAnchorElement} link @param {Shelf} shelf */
function drawTab(link, { filter, counts, api }) {
  const tab = /** @type {Tab} */ (link.dataset["tab"]);
  link.href = address({ companyId: api.companyId, page: "receipts", rest: writeFilter({ ...filter, tab }) });
  if (tab === filter.tab) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
  const known = counts[tab];
  text(part(link, "count", HTMLElement), known === undefined ? "" : count(known));
}

/** @param {Tab} tab */
function tabLink(tab) {
  const number = element("b");
  number.dataset["part"] = "count";
  const link = element("a", "", `${tab === "all" ? "All" : receiptStateWord(tab)} `, number);
  link.dataset["tab"] = tab;
  return link;
}

/** @param {string[]} names @param {string} words */
function condition(names, words) {
  const root = clone("condition");
  part(root, "words", HTMLElement).textContent = words;
  const remove = part(root, "remove", HTMLButtonElement);
  remove.dataset["names"] = names.join(" ");
  remove.setAttribute("aria-label", `Remove the condition: ${words}`);
  return root;
}

customElements.define("receipts-head", ReceiptsHead);
