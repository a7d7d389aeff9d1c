/**
 * Choosing a category by typing: a combobox over the chart, beside the line it is for.
 *
 *     const choice = await picker.choose({ anchor, accounts, chosen: "Travel", title: "UBER", approves: "never" });
 *
 * @import { Account } from "../contract-books.js"
 */
import { rank } from "../review/typeahead.js";
import { clone, element, part, text } from "../view.js";

/** @typedef {{category: string | null, approve: boolean}} Choice `category` null takes it away */
/** @typedef {{anchor: Element | null, accounts: Account[], chosen: string | null, title: string, approves: "never" | "on-shift" | "always"}} Wanted */

/** Choices that stand first next time. */
const RECENT = 4;

export class CategoryPicker extends HTMLElement {
  #box = clone("category-picker");
  /** @type {string[]} */
  #recent = [];
  /** @type {Account[]} */
  #found = [];
  #at = 0;
  /** @type {Wanted | null} */
  #wanted = null;
  /** @type {(choice: Choice | null) => void} */
  #answer = () => {};

  connectedCallback() {
    this.replaceChildren(this.#box);
    const input = this.#input;
    input.addEventListener("input", () => this.#search());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#close(null));
    const list = part(this.#box, "list", HTMLElement);
    // Before the input loses its focus, and with it the list.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => {
      const option = target instanceof Element ? target.closest("[role=option]") : null;
      if (option) this.#take([...list.children].indexOf(option), false);
    });
  }

  get isOpen() {
    return this.#wanted !== null;
  }

  /** @param {Wanted} wanted @returns {Promise<Choice | null>} null where nothing was chosen */
  choose(wanted) {
    this.#close(null);
    this.#wanted = wanted;
    text(part(this.#box, "for", HTMLElement), wanted.title);
    text(part(this.#box, "hint", HTMLElement), hint(wanted));
    this.#input.value = "";
    this.#box.showPopover();
    this.#search();
    this.#place(wanted.anchor);
    this.#input.focus();
    return new Promise((resolve) => (this.#answer = resolve));
  }

  get #input() {
    return part(this.#box, "input", HTMLInputElement);
  }

  #search() {
    const typed = this.#input.value;
    const accounts = this.#wanted?.accounts ?? [];
    this.#found = typed.trim() ? rank(accounts, typed) : this.#recentFirst(accounts);
    this.#at = typed.trim() ? 0 : Math.max(0, this.#found.findIndex(({ name }) => name === this.#wanted?.chosen));
    const list = part(this.#box, "list", HTMLElement);
    list.replaceChildren(...this.#found.map((account, index) => option(account, index, account.name === this.#wanted?.chosen)));
    if (!this.#found.length) list.append(element("li", "empty", "No account is called so. Add one in Settings."));
    this.#mark();
  }

  /** @param {Account[]} accounts */
  #recentFirst(accounts) {
    const recent = this.#recent.flatMap((name) => accounts.find((one) => one.name === name) ?? []);
    return [...recent, ...accounts.filter((one) => !recent.includes(one))];
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const moves = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 });
    const by = moves[event.key];
    if (by !== undefined) this.#at = Math.min(Math.max(this.#at + by, 0), Math.max(this.#found.length - 1, 0));
    else if (event.key === "Enter") this.#take(this.#at, event.shiftKey);
    else if (event.key === "Escape" || event.key === "Tab") this.#close(null);
    else if (event.key === "Backspace" && event.ctrlKey && this.#wanted?.chosen) this.#close({ category: null, approve: false });
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.#mark();
  }

  #mark() {
    const options = part(this.#box, "list", HTMLElement).children;
    [...options].forEach((one, index) => one.toggleAttribute("data-at", index === this.#at));
    options[this.#at]?.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", options[this.#at]?.id ?? "");
  }

  /** @param {number} index @param {boolean} approve */
  #take(index, approve) {
    const account = this.#found[index];
    if (!account) return;
    this.#recent = [account.name, ...this.#recent.filter((name) => name !== account.name)].slice(0, RECENT);
    const approves = this.#wanted?.approves;
    this.#close({ category: account.name, approve: approves === "always" || (approve && approves === "on-shift") });
  }

  /** @param {Choice | null} choice */
  #close(choice) {
    if (!this.#wanted) return;
    this.#wanted = null;
    this.#box.hidePopover();
    this.#answer(choice);
  }

  /** Below what it is for where there is room, else above it; on a phone where the style sheet says. @param {Element | null} anchor */
  #place(anchor) {
    const { style } = this.#box;
    const at = anchor?.getBoundingClientRect();
    for (const edge of ["top", "bottom", "left"]) style.removeProperty(edge);
    if (!at || matchMedia("(max-width: 700px)").matches) return;
    const { offsetWidth: width, offsetHeight: height } = this.#box;
    // By the edge that is beside it: the list shrinks as one types.
    if (at.bottom + 4 + height < innerHeight) style.top = `${at.bottom + 4}px`;
    else style.bottom = `${Math.max(8, innerHeight - Math.max(at.top - 4, height + 8))}px`;
    style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  }
}

/** @param {Wanted} wanted */
function hint({ approves, chosen }) {
  const words = [approves === "always" ? "Enter sets it and approves" : "Enter sets it"];
  if (approves === "on-shift") words.push("⇧Enter sets and approves");
  if (chosen) words.push("Ctrl ⌫ takes it away");
  return words.join(" · ");
}

/** @param {Account} account @param {number} index @param {boolean} chosen */
function option({ code, name, type }, index, chosen) {
  const item = element("li", "", element("span", "code", code), element("span", "name", name), element("span", "type", type));
  item.id = `picker-${index}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", String(chosen));
  return item;
}

customElements.define("category-picker", CategoryPicker);
