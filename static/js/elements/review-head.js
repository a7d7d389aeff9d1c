/**
 * Which lines are under review: tabs, search and conditions. Tells `filter-change` (detail: the changed part of the
 * filter) and `help`.
 *
 * @import { Chart } from "../chart.js"
 * @import { Filter, Tab } from "../review/filter.js"
 * @import { Review } from "../review/review.js"
 */
import { count } from "../format.js";
import { conditionWords } from "../review/conditions.js";
import { conditionCount, TABS, wanted, writeFilter } from "../review/filter.js";
import { address } from "../route.js";
import { clone, element, hold, part, show, text } from "../view.js";
import { plainLink } from "./page-links.js";
import { ReviewFilters } from "./review-filters.js";

/** @type {Record<Tab, string>} */
const WORDS = { review: "To review", ready: "Ready", approved: "Approved", all: "All" };
/** A search begins when typing pauses. */
const PAUSE = 250;

export class ReviewHead extends HTMLElement {
  #root = clone("review-head");
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
  }

  get #search() {
    return part(this.#root, "text", HTMLInputElement);
  }

  get #form() {
    return part(this.#root, "form", ReviewFilters);
  }

  /** Lets a person type what to look for. */
  search() {
    this.#search.select();
  }

  /** @param {Review} review @param {Chart} chart */
  draw(review, chart) {
    const { filter, counts, books } = review;
    for (const link of this.#root.querySelectorAll("a")) this.#tab(link, review);
    if (this.#typing === undefined && this.#search.value.trim() !== filter.text) this.#search.value = filter.text;
    this.#form.draw(filter, chart, books.exportAddress(wanted(filter)));
    const given = conditionCount(filter);
    text(part(this.#root, "filter-count", HTMLElement), given ? count(given) : "");
    this.#drawConditions(conditionWords(filter, chart, (jobId) => review.titleOf(jobId)));
    this.toggleAttribute("data-counting", counts.toReview === null);
  }

  /** @param {HTMLAnchorElement} link @param {Review} review */
  #tab(link, { filter, counts, books }) {
    const tab = /** @type {Tab | undefined} */ (link.dataset["tab"]);
    if (!tab) return;
    link.href = address({ companyId: books.companyId, page: "review", rest: writeFilter({ ...filter, tab }) });
    if (tab === filter.tab) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    const known = counts.tabs[tab];
    text(part(link, "count", HTMLElement), known === undefined ? "" : count(known));
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

/** @param {Tab} tab */
function tabLink(tab) {
  const number = element("b");
  number.dataset["part"] = "count";
  const link = element("a", "", `${WORDS[tab]} `, number);
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

customElements.define("review-head", ReviewHead);
