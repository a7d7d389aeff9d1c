/**
 * A job over many lines as it goes: its bar, what became of each line, and what to do about those that failed.
 * Tells `followed-close`, `bulk-retry`, `bulk-undo` and `job-select` (detail: its id).
 * @import { Bulk } from "../review/bulk.js"
 */
import { isOver } from "../jobs.js";
import { problemView } from "../problem-view.js";
import { address } from "../route.js";
import { clone, part, show, text } from "../view.js";
import { BulkOutcomes } from "./bulk-outcomes.js";
import { JobProgress } from "./job-progress.js";
import { plainLink } from "./page-links.js";

export class FollowedJob extends HTMLElement {
  #root = clone("followed-job");
  #said = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    part(this.#root, "close", HTMLElement).addEventListener("click", () => this.dispatchEvent(new Event("followed-close")));
    part(this.#root, "job", HTMLElement).addEventListener("click", (event) => {
      const link = plainLink(event);
      if (!link) return;
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("job-select", { detail: link.dataset["job"], bubbles: true }));
    });
  }

  /** @param {Bulk | null} bulk @param {{title: string, mayAct: boolean}} look */
  draw(bulk, { title, mayAct }) {
    show(this, bulk !== null);
    if (!bulk) return;
    const { job, lines } = bulk;
    text(part(this.#root, "title", HTMLElement), title);
    const link = part(this.#root, "job", HTMLAnchorElement);
    link.href = address({ companyId: job.company_id, jobId: job.job_id });
    link.dataset["job"] = job.job_id;
    const progress = part(this.#root, "progress", JobProgress);
    progress.setAttribute("label", `Progress of ${title}`);
    progress.job = job;
    show(progress, !isOver(job));
    this.#explain(bulk);
    part(this.#root, "outcomes", BulkOutcomes).draw(job, lines.all, mayAct);
  }

  /** @param {Bulk} bulk */
  #explain({ job }) {
    const said = JSON.stringify([job.job_id, job.error]);
    if (said === this.#said) return;
    this.#said = said;
    part(this.#root, "problem", HTMLElement).replaceChildren(...(job.error ? [problemView(job.error)] : []));
  }
}

customElements.define("followed-job", FollowedJob);
