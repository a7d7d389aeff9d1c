/**
 * What stands at the foot of the receipts: what was just done, and what can be done with those that are selected.
 * Tells `dock-confirm`, `dock-attach`, `dock-remove` and `dock-clear`.
 * @import { Receipt } from "../contract-receipts.js"
 * @import { Problem } from "../contract.js"
 * @import { Outcome } from "../receipts/acts.js"
 */
import { count, counted } from "../format.js";
import { problemView } from "../problem-view.js";
import { surelyMatched } from "../receipts/acts.js";
import { clone, part, show, text } from "../view.js";

/** How long the last act is spoken of. */
const SAID_FOR = 8_000;

export class ReceiptsDock extends HTMLElement {
  #root = clone("receipts-dock");
  /** @type {number | undefined} */
  #fading;

  connectedCallback() {
    this.replaceChildren(this.#root);
    for (const name of ["confirm", "attach", "remove", "clear"]) {
      part(this.#root, name, HTMLElement).addEventListener("click", () => this.dispatchEvent(new Event(`dock-${name}`)));
    }
    part(this.#root, "dismiss", HTMLElement).addEventListener("click", () => this.dismiss());
  }

  /** @param {Receipt[]} chosen */
  draw(chosen) {
    show(part(this.#root, "chosen", HTMLElement), chosen.length > 0);
    text(part(this.#root, "chosen-count", HTMLElement), `${count(chosen.length)} selected`);
    const open = chosen.filter(({ state }) => state !== "confirmed").length;
    const confirm = part(this.#root, "confirm", HTMLButtonElement);
    text(confirm, open ? `Confirm ${count(open)}` : "Confirm");
    confirm.disabled = open === 0;
    const sure = surelyMatched(chosen).length;
    const attach = part(this.#root, "attach", HTMLElement);
    show(attach, sure > 0);
    text(attach, `Attach ${count(sure)} sure ${sure === 1 ? "match" : "matches"}`);
  }

  /** While something is done nothing else can be. @param {boolean} busy */
  set busy(busy) {
    part(this.#root, "chosen", HTMLElement).toggleAttribute("inert", busy);
  }

  /** What became of the receipts; those that stayed as they were, with why. @param {Outcome} outcome */
  say({ said, failures }) {
    this.dismiss();
    if (failures.length) {
      const errors = failures.map(({ name, why }) => ({ pointer: "", detail: `${name}: ${why}` }));
      return this.#show({ title: said, detail: null, errors }, "warning");
    }
    text(part(this.#root, "said", HTMLElement), said);
    show(part(this.#root, "toast", HTMLElement), true);
    this.#fading = window.setTimeout(() => this.dismiss(), SAID_FOR);
  }

  /** @param {Problem} problem */
  explain(problem) {
    this.dismiss();
    this.#show(problem, "error");
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

  /** @param {Problem} problem @param {"error" | "warning"} level */
  #show(problem, level) {
    const actions = [{ label: "Dismiss", act: () => void this.dismiss() }];
    part(this.#root, "problem", HTMLElement).replaceChildren(problemView(problem, { actions, level }));
  }
}

/** @param {Receipt[]} chosen what would be deleted */
export function removeQuestion(chosen) {
  const many = counted(chosen.length, "receipts");
  const attached = chosen.filter(({ transaction_ids }) => transaction_ids.length > 0).length;
  const kept = attached ? ` ${counted(attached, "receipts")} of them ${attached === 1 ? "is" : "are"} attached: the bank lines stay.` : "";
  const detail = `The files go with what was read of them, and cannot be brought back.${kept}`;
  return { title: `Delete ${many}?`, detail, yes: `Delete ${many}`, no: "Keep them" };
}

customElements.define("receipts-dock", ReceiptsDock);
