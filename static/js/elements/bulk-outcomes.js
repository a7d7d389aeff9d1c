/**
 * What became of the lines of a job over many: counts, and those that stayed as they were with why.
 * Tells `bulk-retry` and `bulk-undo` (detail: the job).
 * @import { ApprovedLine } from "../contract-books.js"
 * @import { Job } from "../contract.js"
 */
import { bankDay, count, money } from "../format.js";
import { isOver } from "../jobs.js";
import { failures, outcomeWord, tally } from "../review/bulk.js";
import { clone, element, part, show } from "../view.js";

/** More failed lines than these are counted, not listed. */
const LISTED = 200;

export class BulkOutcomes extends HTMLElement {
  #root = clone("bulk-outcomes");
  /** @type {Job | null} */
  #job = null;
  #drawn = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    for (const name of ["retry", "undo"]) {
      part(this.#root, name, HTMLButtonElement).addEventListener("click", () =>
        this.dispatchEvent(new CustomEvent(`bulk-${name}`, { detail: this.#job, bubbles: true })),
      );
    }
  }

  /** @param {Job} job @param {ApprovedLine[]} lines @param {boolean} mayAct */
  draw(job, lines, mayAct) {
    this.#job = job;
    const drawn = [job.job_id, job.version, lines.length, mayAct].join();
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const failed = failures(job, lines);
    const counts = tally(job, lines);
    part(this.#root, "tally", HTMLElement).replaceChildren(...counts.map(item));
    const approval = mayAct && isOver(job) && job.kind === "bulk-approve";
    show(part(this.#root, "retry", HTMLElement), approval && failed.some(({ line }) => line.outcome !== "unknown"));
    show(part(this.#root, "undo", HTMLElement), approval && counts.some(({ outcome, count: number }) => outcome === "approved" && number > 0));
    const list = part(this.#root, "failures", HTMLElement);
    show(list, failed.length > 0);
    list.replaceChildren(...failed.slice(0, LISTED).map(({ line, detail }) => failure(job.kind, line, detail)));
    if (failed.length > LISTED) list.append(element("li", "empty", `and ${count(failed.length - LISTED)} more`));
  }
}

/** @param {ReturnType<typeof tally>[number]} one */
function item({ word, count: number, done, outcome }) {
  const root = element("li", "", element("b", "", count(number)), ` ${word}`);
  root.dataset["outcome"] = outcome;
  root.dataset["tone"] = number === 0 ? "" : done ? "ok" : "warn";
  return root;
}

/** @param {string} kind @param {ApprovedLine} line @param {string} detail */
function failure(kind, line, detail) {
  const root = clone("failure");
  part(root, "date", HTMLElement).textContent = line.date ? bankDay(line.date) : "";
  part(root, "description", HTMLElement).textContent = line.description ?? line.transaction_id;
  part(root, "amount", HTMLElement).textContent = line.amount && line.currency ? money(line.amount, line.currency) : "";
  part(root, "outcome", HTMLElement).textContent = outcomeWord(kind, line.outcome);
  part(root, "detail", HTMLElement).textContent = detail;
  return root;
}

customElements.define("bulk-outcomes", BulkOutcomes);
