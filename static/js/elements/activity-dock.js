/**
 * What stands at the foot of the jobs: what can be done with those that are selected, how far it has come, and what
 * became of it. Tells `dock-cancel`, `dock-retry`, `dock-all`, `dock-clear` and `dock-stop`.
 * @import { Board } from "../activity/board.js"
 * @import { Verb } from "../activity-api.js"
 * @import { Problem } from "../contract.js"
 */
import { isFor } from "../activity/acts.js";
import { count } from "../format.js";
import { problemView } from "../problem-view.js";
import { clone, part, show, text } from "../view.js";

/** How long the last act is spoken of. */
const SAID_FOR = 8_000;
/** @type {Record<Verb, string>} */
const LABELS = { cancel: "Cancel", retry: "Retry" };
/** @type {Record<Verb, string>} */
const GOING = { cancel: "Cancelling", retry: "Retrying" };

export class ActivityDock extends HTMLElement {
  #root = clone("activity-dock");
  /** @type {number | undefined} */
  #fading;
  #isGoing = false;

  connectedCallback() {
    this.replaceChildren(this.#root);
    for (const name of ["cancel", "retry", "all", "clear", "stop"]) {
      part(this.#root, name, HTMLElement).addEventListener("click", () => this.dispatchEvent(new Event(`dock-${name}`)));
    }
    part(this.#root, "dismiss", HTMLElement).addEventListener("click", () => this.dismiss());
  }

  /** Whether something is being done; nothing else can be meanwhile. */
  get isGoing() {
    return this.#isGoing;
  }

  /** @param {Board} board */
  draw({ selection, chosen, ids, total }) {
    show(part(this.#root, "chosen", HTMLElement), selection.size > 0 && !this.#isGoing);
    text(part(this.#root, "chosen-count", HTMLElement), selection.all ? `All ${count(selection.size)} that match` : `${count(selection.size)} selected`);
    const all = part(this.#root, "all", HTMLElement);
    show(all, !selection.all && chosen.length === ids.length && total !== null && total > ids.length);
    text(all, `Select all ${count(total ?? 0)} that match`);
    for (const verb of /** @type {Verb[]} */ (["cancel", "retry"])) {
      const able = chosen.filter((job) => isFor(verb, job)).length;
      const button = part(this.#root, verb, HTMLButtonElement);
      text(button, selection.all || !able ? LABELS[verb] : `${LABELS[verb]} ${count(able)}`);
      // Of all that match there may be some beyond those that are loaded.
      button.disabled = !able && !selection.all;
    }
  }

  /** @param {Verb} verb @param {number} done @param {number} total */
  going(verb, done, total) {
    this.dismiss();
    this.#isGoing = true;
    show(part(this.#root, "chosen", HTMLElement), false);
    show(part(this.#root, "going", HTMLElement), true);
    Object.assign(part(this.#root, "going-progress", HTMLProgressElement), { max: Math.max(total, done, 1), value: done });
    text(part(this.#root, "going-text", HTMLElement), `${GOING[verb]} ${count(done)} of ${count(Math.max(total, done))} …`);
  }

  /** @param {string} said what became of it */
  say(said) {
    this.end();
    text(part(this.#root, "said", HTMLElement), said);
    show(part(this.#root, "toast", HTMLElement), true);
    this.#fading = window.setTimeout(() => this.dismiss(), SAID_FOR);
  }

  /** @param {Problem} problem */
  explain(problem) {
    this.end();
    const actions = [{ label: "Dismiss", act: () => void this.dismiss() }];
    part(this.#root, "problem", HTMLElement).replaceChildren(problemView(problem, { actions, level: "error" }));
  }

  /** Returns whether there was something to take away. */
  dismiss() {
    clearTimeout(this.#fading);
    const toast = part(this.#root, "toast", HTMLElement);
    const place = part(this.#root, "problem", HTMLElement);
    const was = !toast.hidden || place.childElementCount > 0;
    show(toast, false);
    place.replaceChildren();
    return was;
  }

  /** Whatever is told here is told no more. */
  end() {
    this.dismiss();
    this.#isGoing = false;
    show(part(this.#root, "going", HTMLElement), false);
  }
}

customElements.define("activity-dock", ActivityDock);
