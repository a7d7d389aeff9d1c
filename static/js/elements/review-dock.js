/**
 * What stands at the foot of the review: what was just done and what may follow, and what the selected lines can be.
 * Tells `dock-…` events, one for each button.
 * @import { Review } from "../review/review.js"
 */
import { count } from "../format.js";
import { problemView } from "../problem-view.js";
import { ruleWords } from "../rule-words.js";
import { MOST_SET } from "../review/review.js";
import { clone, part, show, text } from "../view.js";

const BUTTONS = ["make-rule", "apply-alike", "undo", "dismiss", "choose-all", "approve", "categorize", "clear"];
/** How long the last act is spoken of; it can be taken back later, too. */
const SAID_FOR = 12_000;

export class ReviewDock extends HTMLElement {
  #root = clone("review-dock");
  /** @type {number | undefined} */
  #fading;
  /** @type {unknown} */
  #said = null;
  /** @type {unknown} */
  #problem = null;

  connectedCallback() {
    this.replaceChildren(this.#root);
    for (const name of BUTTONS) {
      part(this.#root, name, HTMLElement).addEventListener("click", () => this.dispatchEvent(new Event(`dock-${name}`)));
    }
    // Whoever is about to press a button should not see it go.
    this.addEventListener("pointerenter", () => clearTimeout(this.#fading));
    this.addEventListener("pointerleave", () => this.#fade());
    this.addEventListener("focusin", () => clearTimeout(this.#fading));
  }

  /** Where a choice for the selected lines belongs. */
  get anchor() {
    return part(this.#root, "categorize", HTMLElement);
  }

  /** @param {Review} review */
  draw(review) {
    this.#explain(review);
    this.#toast(review);
    this.#going(review);
    this.#chosen(review);
  }

  /** @param {Review} review */
  #explain({ acts: { problem } }) {
    if (problem === this.#problem) return;
    this.#problem = problem;
    const actions = [{ label: "Dismiss", act: () => this.dispatchEvent(new Event("dock-dismiss")) }];
    part(this.#root, "problem", HTMLElement).replaceChildren(...(problem ? [problemView(problem, { actions })] : []));
  }

  /** @param {Review} review */
  #toast({ acts: { said, offer, undoable } }) {
    show(part(this.#root, "toast", HTMLElement), said !== null);
    text(part(this.#root, "said", HTMLElement), said?.text ?? "");
    show(part(this.#root, "undo", HTMLElement), Boolean(said?.undoable && undoable));
    const rule = part(this.#root, "make-rule", HTMLElement);
    show(rule, Boolean(offer?.rule));
    text(rule, offer?.rule ? `Make a rule: ${ruleWords({ ...offer.rule, sign: null })} → ${offer.rule.category}` : "");
    const alike = part(this.#root, "apply-alike", HTMLElement);
    show(alike, Boolean(offer?.alike));
    text(alike, `Apply to ${count(offer?.alike ?? 0)} alike`);
    if (said === this.#said) return;
    this.#said = said;
    this.#fade();
  }

  #fade() {
    clearTimeout(this.#fading);
    this.#fading = window.setTimeout(() => {
      if (!part(this.#root, "toast", HTMLElement).contains(document.activeElement)) this.dispatchEvent(new Event("dock-fade"));
    }, SAID_FOR);
  }

  /** @param {Review} review */
  #going({ acts: { going } }) {
    show(part(this.#root, "going", HTMLElement), going !== null);
    text(part(this.#root, "going-text", HTMLElement), going ? `${going.text}: ${count(going.done)} of ${count(going.total)}` : "");
    const bar = part(this.#root, "going-progress", HTMLProgressElement);
    bar.max = going?.total ?? 1;
    bar.value = going?.done ?? 0;
  }

  /** @param {Review} review */
  #chosen({ selection, ledger, mayAct }) {
    const { size, all } = selection;
    show(part(this.#root, "chosen", HTMLElement), size > 0 && mayAct);
    text(part(this.#root, "chosen-count", HTMLElement), all ? `All ${count(size)} selected` : `${count(size)} selected`);
    const more = part(this.#root, "choose-all", HTMLElement);
    show(more, !all && ledger.total !== null && ledger.total > size && size >= ledger.lines.length);
    text(more, `Select all ${count(ledger.total ?? 0)} matching`);
    text(part(this.#root, "approve", HTMLElement), `Approve ${count(size)}`);
    const set = part(this.#root, "categorize", HTMLButtonElement);
    set.disabled = size > MOST_SET;
    set.title = size > MOST_SET ? `At most ${count(MOST_SET)} lines at once; a rule does more.` : "";
  }
}

customElements.define("review-dock", ReviewDock);
