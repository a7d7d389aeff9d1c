/**
 * The lines of a job, newest on top. However many there are, only a window of them stands in the page.
 * @import { CategorizedLine } from "../contract-books.js"
 * @import { Lines } from "../lines.js"
 */
import { bankDay, count, money } from "../format.js";
import { clone, oncePerFrame, part, show, text } from "../view.js";
import { sourceWord } from "../words.js";

const WINDOW = 200;
/** Milliseconds between two drawings: eyes cannot follow more, and a phone should stay cool. */
const DRAW_EVERY = 120;
/** Rows that flash as they arrive; a burst of thousands should not. */
const FLASHED = 20;

/** @typedef {"all" | "review"} Filter */

export class LineList extends HTMLElement {
  #root = clone("line-list");
  /** @type {Lines | null} */
  #lines = null;
  /** @type {Filter} */
  #filter = "all";
  #limit = WINDOW;
  /** @type {CategorizedLine[]} what the rows now show, topmost first */
  #shown = [];
  #live = false;
  /** What to say where there are no lines. */
  none = "";
  #draw = oncePerFrame(() => this.#render(), DRAW_EVERY);

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#root.addEventListener("change", (event) => this.#choose(event));
    part(this.#root, "more", HTMLButtonElement).addEventListener("click", () => {
      this.#limit += WINDOW;
      this.#draw();
    });
  }

  /** @param {Lines | null} lines */
  set lines(lines) {
    if (this.#lines === lines) return;
    this.#lines?.removeEventListener("change", this.#draw);
    this.#lines = lines;
    this.#limit = WINDOW;
    lines?.addEventListener("change", this.#draw);
    this.#render();
  }

  /** Whether more lines are to come. @param {boolean} live */
  set live(live) {
    if (this.#live === live) return;
    this.#live = live;
    this.#draw();
  }

  /** @param {Event} event */
  #choose(event) {
    if (!(event.target instanceof HTMLInputElement)) return;
    this.#filter = event.target.value === "review" ? "review" : "all";
    this.#limit = WINDOW;
    this.#draw();
  }

  #render() {
    const all = this.#lines?.all ?? [];
    const review = all.filter(toReview);
    const chosen = this.#filter === "review" ? review : all;
    const wanted = chosen.slice(-this.#limit).reverse();
    text(part(this.#root, "count", HTMLElement), all.length ? count(all.length) : "");
    text(part(this.#root, "review-count", HTMLElement), review.length ? count(review.length) : "");
    this.#place(wanted);
    this.#invite(chosen.length, wanted.length);
  }

  /** Keeps the rows whose lines stay, so that a running job costs only its new lines. @param {CategorizedLine[]} wanted */
  #place(wanted) {
    const body = part(this.#root, "rows", HTMLTableSectionElement);
    const fresh = this.#shown[0] ? wanted.indexOf(this.#shown[0]) : -1;
    const kept = fresh < 0 ? 0 : Math.min(this.#shown.length, wanted.length - fresh);
    const grown = fresh >= 0 && this.#shown.slice(0, kept).every((line, index) => wanted[fresh + index] === line);
    if (!grown) {
      body.replaceChildren(...wanted.map((line) => row(line, false)));
    } else {
      while (body.rows.length > kept) body.lastElementChild?.remove();
      const flash = this.#live && fresh <= FLASHED;
      body.prepend(...wanted.slice(0, fresh).map((line) => row(line, flash)));
      body.append(...wanted.slice(fresh + kept).map((line) => row(line, false)));
    }
    this.#shown = wanted;
  }

  /** @param {number} total @param {number} shown */
  #invite(total, shown) {
    const more = part(this.#root, "more", HTMLButtonElement);
    const left = total - shown;
    show(more, left > 0);
    text(more, `Show ${count(Math.min(WINDOW, left))} more of ${count(left)}`);
    const empty = part(this.#root, "empty", HTMLElement);
    show(empty, total === 0);
    text(empty, this.#emptyWords());
  }

  #emptyWords() {
    if (this.#lines?.reading) return "Reading the log…";
    if (this.#filter === "review" && this.#lines?.all.length) return "Nothing to review: every line found its category.";
    return this.#live ? "Lines appear here as they are categorized." : this.none;
  }
}

/** @param {CategorizedLine} line */
function toReview(line) {
  return line.state === "review";
}

/** Why it stands where it stands, and how sure that is. @param {CategorizedLine} line */
function grounds({ reason, confidence }) {
  const sure = confidence === null ? "" : `${Math.round(confidence * 100)}% sure`;
  return [reason, sure].filter(Boolean).join(" · ");
}

/** @param {CategorizedLine} line @param {boolean} flash */
function row(line, flash) {
  const root = clone("line");
  root.toggleAttribute("data-new", flash);
  part(root, "date", HTMLElement).textContent = bankDay(line.date);
  const description = part(root, "description", HTMLElement);
  description.textContent = line.description;
  description.title = line.description;
  const category = part(root, "category", HTMLElement);
  category.textContent = toReview(line) ? (line.category ?? "Needs review") : (line.category ?? "No category");
  category.toggleAttribute("data-review", toReview(line));
  const source = part(root, "source", HTMLElement);
  source.textContent = toReview(line) ? "" : sourceWord(line.source);
  source.title = category.title = grounds(line);
  const amount = part(root, "amount", HTMLElement);
  amount.textContent = money(line.amount, line.currency);
  amount.toggleAttribute("data-in", !line.amount.startsWith("-") && Number(line.amount) !== 0);
  return root;
}

customElements.define("line-list", LineList);
