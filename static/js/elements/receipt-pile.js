/**
 * A pile of receipts as it is read: its bar, and a row for each file with what became of it.
 * Tells `pile-close`, `pile-cancel` (detail: the job) and `receipt-open` (detail: its id).
 * @import { ReceiptFile } from "../contract-receipts.js"
 * @import { Pile } from "../receipts/pile.js"
 */
import { bankDay, count, counted, money } from "../format.js";
import { isOver } from "../jobs.js";
import { problemView } from "../problem-view.js";
import { clone, hold, part, show, text } from "../view.js";
import { JobProgress } from "./job-progress.js";

/** @type {Record<string, string>} */
const OUTCOMES = { review: "Please check", ready: "Read", confirmed: "Read", duplicate: "Already here", failed: "Not read" };

export class ReceiptPile extends HTMLElement {
  #root = clone("receipt-pile");
  /** @type {Map<number, HTMLElement>} */
  #rows = new Map();
  /** @type {Pile | null} */
  #pile = null;
  #explained = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    part(this.#root, "close", HTMLElement).addEventListener("click", () => this.#tell("pile-close", this.#pile?.job));
    part(this.#root, "cancel", HTMLElement).addEventListener("click", () => this.#tell("pile-cancel", this.#pile?.job));
    part(this.#root, "files", HTMLElement).addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button") : null;
      if (button?.value) this.#tell("receipt-open", button.value);
    });
  }

  /** @param {Pile} pile @param {boolean} mayAct */
  draw(pile, mayAct) {
    this.#pile = pile;
    const { job, files, failed } = pile;
    const over = isOver(job);
    text(part(this.#root, "title", HTMLElement), titleOf(pile));
    const progress = part(this.#root, "progress", JobProgress);
    progress.setAttribute("label", "Progress of the pile");
    progress.job = job;
    show(progress, !over);
    show(part(this.#root, "cancel", HTMLElement), mayAct && !over && !job.cancel_requested);
    show(part(this.#root, "close", HTMLElement), over);
    // Once it is over, those that were read stand in the list below: what failed stays here, to be seen to.
    const shown = over ? failed : files;
    hold(part(this.#root, "files", HTMLElement), shown.map((file) => this.#row(file)).reverse());
    show(part(this.#root, "files", HTMLElement), shown.length > 0);
    this.#explain();
  }

  #explain() {
    const job = this.#pile?.job;
    const said = JSON.stringify(job?.error ?? null);
    if (said === this.#explained) return;
    this.#explained = said;
    part(this.#root, "problem", HTMLElement).replaceChildren(...(job?.error ? [problemView(job.error)] : []));
  }

  /** @param {ReceiptFile} file */
  #row(file) {
    const row = this.#rows.get(file.file_no) ?? clone("receipt-pile-file");
    this.#rows.set(file.file_no, row);
    const word = file.outcome === "read" ? (file.state ?? "review") : file.outcome;
    row.dataset["outcome"] = word;
    text(part(row, "outcome", HTMLElement), OUTCOMES[word] ?? word);
    const name = part(row, "name", HTMLButtonElement);
    text(name, file.vendor ?? file.name);
    name.title = file.name;
    name.value = file.receipt_id ?? "";
    name.disabled = !file.receipt_id;
    text(part(row, "detail", HTMLElement), detailOf(file));
    text(part(row, "date", HTMLElement), file.date ? bankDay(file.date) : "");
    text(part(row, "total", HTMLElement), file.total ? amountOf(file.total, file.currency) : "");
    return row;
  }

  /** @param {string} name @param {unknown} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

/** @param {string} total @param {string | null} currency */
export function amountOf(total, currency) {
  return currency ? money(total, currency) : total;
}

/** @param {ReceiptFile} file */
function detailOf({ outcome, detail, vendor, name, transaction_id }) {
  if (outcome === "failed") return detail ?? "";
  if (outcome === "duplicate") return "This very file was read before.";
  return transaction_id ? "There is a bank line for it" : vendor ? name : "";
}

/** @param {Pile} pile */
function titleOf({ job, files, failed }) {
  if (!isOver(job)) return job.units?.total ? `Reading ${counted(job.units.total, "receipts")}` : "Reading receipts";
  const read = files.filter(({ outcome }) => outcome === "read").length;
  if (job.status === "cancelled") return `Cancelled: ${counted(read, "receipts")} had been read`;
  if (job.status === "failed") return "The pile could not be read";
  const before = files.length - read - failed.length;
  const parts = [read || !failed.length ? `${counted(read, "receipts")} read` : "Nothing read", before ? `${count(before)} read before` : "", failed.length ? `${counted(failed.length, "files")} not` : ""];
  return parts.filter(Boolean).join(", ");
}

customElements.define("receipt-pile", ReceiptPile);
