/**
 * The recent jobs. Tells `job-select` (detail: its id), `address-choose` (detail: a query of the address) and `older`.
 * @import { Job } from "../contract.js"
 */
import { count } from "../format.js";
import { moment } from "../moment.js";
import { address } from "../route.js";
import { clone, hold, part, phrase, show, text } from "../view.js";
import { isQuestion, standing, standsAt, tone } from "../words.js";
import { plainLink } from "./page-links.js";

export class JobList extends HTMLElement {
  #root = clone("job-list");
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();

  connectedCallback() {
    this.replaceChildren(this.#root);
    part(this.#root, "older", HTMLButtonElement).addEventListener("click", () => this.dispatchEvent(new Event("older")));
    this.addEventListener("click", (event) => this.#follow(event));
  }

  /**
   * @param {Job[]} jobs newest first
   * @param {{companyId: string, selected: string | null, titleOf: (job: Job) => string, older: boolean}} look
   */
  draw(jobs, { companyId, selected, titleOf, older }) {
    part(this.#root, "all", HTMLAnchorElement).href = address({ companyId, page: "activity" });
    const rows = jobs.map((job) => this.#row(job, titleOf(job), job.job_id === selected));
    hold(part(this.#root, "list", HTMLUListElement), rows);
    this.#rows = new Map(jobs.map((job, index) => [job.job_id, /** @type {HTMLElement} */ (rows[index])]));
    show(part(this.#root, "empty", HTMLElement), jobs.length === 0);
    show(part(this.#root, "older", HTMLElement), older);
  }

  /** @param {Job} job @param {string} title @param {boolean} selected */
  #row(job, title, selected) {
    const row = this.#rows.get(job.job_id) ?? clone("job-row");
    const look = [job.version, title, selected, standing(job)].join("\n");
    if (row.dataset["look"] === look) return row;
    row.dataset["look"] = look;
    const link = part(row, "link", HTMLAnchorElement);
    link.href = address({ companyId: job.company_id, jobId: job.job_id });
    link.dataset["job"] = job.job_id;
    if (selected) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    mark(part(row, "mark", HTMLElement), job);
    const name = part(row, "name", HTMLElement);
    text(name, title);
    name.title = title;
    phrase(part(row, "note", HTMLElement), ...note(job));
    return row;
  }

  /** @param {MouseEvent} event */
  #follow(event) {
    const link = plainLink(event);
    if (!link) return;
    event.preventDefault();
    const { job } = link.dataset;
    this.dispatchEvent(job ? new CustomEvent("job-select", { detail: job }) : new CustomEvent("address-choose", { detail: link.search }));
  }
}

/** A ring that fills, or the sign of how it ended. @param {HTMLElement} element @param {Job} job */
export function mark(element, job) {
  element.dataset["tone"] = tone(job);
  element.style.setProperty("--progress", String(job.progress));
  const icon = part(element, "icon", SVGElement);
  if (job.status === "running") icon.removeAttribute("href");
  else icon.setAttribute("href", `#icon-${isQuestion(job) ? "question" : job.status}`);
}

/** @param {Job} job */
function note(job) {
  const [words, at] = [standing(job), standsAt(job)];
  const where = at ? moment(at, () => words) : words;
  if (isQuestion(job)) return ["Needs your answer · ", where];
  if (job.status === "failed") return ["Failed · ", where];
  if (job.status === "cancelled") return ["Cancelled · ", where];
  const review = job.result?.["needs_review"];
  return review > 0 ? [where, ` · ${count(review)} to review`] : [where];
}

customElements.define("job-list", JobList);
