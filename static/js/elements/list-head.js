/**
 * The head of a list: tabs, search and conditions, whatever is listed. Tells `filter-change` (detail: the changed part
 * of the filter) and `help`.
 */
import { count } from "../format.js";
import { clone, element, hold, part, show, text } from "../view.js";
import { plainLink } from "./page-links.js";

/** A search begins when typing pauses. */
const PAUSE = 250;

/** @typedef {Record<string, string> & {tab: string, text: string}} Given a filter, as it stands in the address */
/**
 * @typedef {object} Kind what differs from list to list
 * @property {string} template
 * @property {string[]} tabs
 * @property {(tab: string) => string} tabWord
 */
/**
 * @typedef {object} Look
 * @property {(tab: string) => string} href where a tab leads
 * @property {(tab: string) => number | undefined} counted how many there are under a tab
 * @property {[names: string[], words: string][]} conditions to be read and taken away
 * @property {number} given how many conditions there are
 */

export class ListHead extends HTMLElement {
  /** @type {HTMLElement} */
  root;
  /** @type {number | undefined} */
  #typing;
  #conditions = "";
  /** What the filter says. */
  #text = "";

  /** @param {Kind} kind */
  constructor(kind) {
    super();
    this.kind = kind;
    this.root = clone(kind.template);
  }

  connectedCallback() {
    this.replaceChildren(this.root);
    hold(part(this.root, "tabs", HTMLElement), this.kind.tabs.map((tab) => tabLink(tab, this.kind.tabWord(tab))));
    part(this.root, "tabs", HTMLElement).addEventListener("click", (event) => this.#follow(event));
    this.#search.addEventListener("input", () => this.#type());
    this.#search.addEventListener("keydown", (event) => event.key === "Enter" && this.#typed());
    part(this.root, "help", HTMLElement).addEventListener("click", () => this.dispatchEvent(new Event("help")));
    part(this.root, "filters", HTMLElement).addEventListener("click", () => this.#unfold());
    part(this.root, "conditions", HTMLElement).addEventListener("click", (event) => this.#remove(event));
  }

  get #search() {
    return part(this.root, "text", HTMLInputElement);
  }

  /** Lets a person type what to look for. */
  search() {
    this.#search.select();
  }

  /** @param {Given} filter @param {Look} look */
  drawHead(filter, { href, counted, conditions, given }) {
    for (const link of part(this.root, "tabs", HTMLElement).querySelectorAll("a")) {
      const tab = link.dataset["tab"] ?? "";
      link.href = href(tab);
      if (tab === filter.tab) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
      const known = counted(tab);
      text(part(link, "count", HTMLElement), known === undefined ? "" : count(known));
    }
    this.#text = filter.text;
    if (this.#typing === undefined && this.#search.value.trim() !== filter.text) this.#search.value = filter.text;
    text(part(this.root, "filter-count", HTMLElement), given ? count(given) : "");
    this.#drawConditions(conditions);
  }

  /** @param {Look["conditions"]} conditions */
  #drawConditions(conditions) {
    const place = part(this.root, "conditions", HTMLElement);
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
    const typed = this.#search.value.trim();
    if (typed !== this.#text) this.tell({ text: typed });
  }

  #unfold() {
    const form = part(this.root, "form", HTMLElement);
    show(form, Boolean(form.hidden));
    part(this.root, "filters", HTMLElement).setAttribute("aria-expanded", String(!form.hidden));
  }

  /** @param {MouseEvent} event */
  #follow(event) {
    const link = plainLink(event);
    if (!link) return;
    event.preventDefault();
    this.tell({ tab: link.dataset["tab"] ?? "" });
  }

  /** @param {Event} event */
  #remove({ target }) {
    const names = target instanceof HTMLElement ? target.dataset["names"] : undefined;
    if (names) this.tell(Object.fromEntries(names.split(" ").map((name) => [name, ""])));
  }

  /** @param {Record<string, string>} change */
  tell(change) {
    this.dispatchEvent(new CustomEvent("filter-change", { detail: change }));
  }
}

/** @param {string} tab @param {string} word */
function tabLink(tab, word) {
  const number = element("b");
  number.dataset["part"] = "count";
  const link = element("a", "", `${word} `, number);
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
