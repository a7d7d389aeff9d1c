/**
 * One job in full: where it stands, what it found or why it failed, and its lines.
 * Tells `job-cancel`, `job-retry` (detail: the job) and `another-file`.
 * @import { Job, Problem } from "../contract.js"
 * @import { Lines } from "../lines.js"
 */
import { exactTime } from "../format.js";
import { isOver } from "../jobs.js";
import { problemView } from "../problem-view.js";
import { clone, part, show, text } from "../view.js";
import { kindWord, statusWord, tone } from "../words.js";
import { JobProgress } from "./job-progress.js";
import { LineList } from "./line-list.js";
import { drawTiles } from "./tiles.js";

/** @typedef {{title: string, lines: Lines | null, mayAct: boolean, notice: Problem | null}} Look */

export class JobCard extends HTMLElement {
  #root = clone("job-card");
  /** @type {Job | null} */
  #job = null;
  /** @type {Problem | null | undefined} */
  #explained;

  connectedCallback() {
    this.replaceChildren(this.#root);
    for (const name of ["cancel", "retry"]) {
      part(this.#root, name, HTMLButtonElement).addEventListener("click", () => this.#tell(`job-${name}`));
    }
  }

  /** @param {Job} job @param {Look} look */
  draw(job, { title, lines, mayAct, notice }) {
    this.#job = job;
    text(part(this.#root, "title", HTMLElement), title);
    part(this.#root, "title", HTMLElement).title = title;
    text(part(this.#root, "meta", HTMLElement), metaWords(job, title));
    const pill = part(this.#root, "pill", HTMLElement);
    text(pill, statusWord(job));
    pill.dataset["tone"] = tone(job);
    show(part(this.#root, "cancel", HTMLElement), mayAct && !isOver(job) && !job.cancel_requested);
    show(part(this.#root, "retry", HTMLElement), mayAct && mayRetry(job));
    this.#root.toggleAttribute("data-over", isOver(job));
    part(this.#root, "progress", JobProgress).job = job;
    part(this.#root, "progress", JobProgress).setAttribute("label", `Progress of ${title}`);
    this.#explain(job, notice);
    drawTiles(part(this.#root, "tiles", HTMLElement), job);
    this.#lines(job, lines);
  }

  /** @param {Job} job @param {Problem | null} notice */
  #explain(job, notice) {
    const problem = notice ?? job.error;
    if (same(problem, this.#explained)) return;
    this.#explained = problem;
    const place = part(this.#root, "problem", HTMLElement);
    place.replaceChildren(...(problem ? [this.#problem(job, problem, notice !== null)] : []));
  }

  /** @param {Job} job @param {Problem} problem @param {boolean} isNotice */
  #problem(job, problem, isNotice) {
    if (isNotice || job.status !== "failed") return problemView(problem, { level: "warning" });
    const again = { label: "Choose another file", act: () => this.#tell("another-file") };
    return problemView(problem, { actions: isFileAtFault(job) ? [again] : [] });
  }

  /** @param {Job} job @param {Lines | null} lines */
  #lines(job, lines) {
    const list = part(this.#root, "lines", LineList);
    list.lines = lines;
    list.live = !isOver(job);
    show(list, lines !== null && (lines.all.length > 0 || lines.reading || job.status === "running" || job.status === "complete"));
  }

  /** @param {string} name */
  #tell(name) {
    this.dispatchEvent(new CustomEvent(name, { detail: this.#job, bubbles: true }));
  }
}

/** @param {Job} job @param {string} title */
function metaWords(job, title) {
  const words = [exactTime(job.created_at)];
  if (title !== kindWord(job.kind)) words.unshift(kindWord(job.kind));
  if (job.submitted_by) words.push(`by ${job.submitted_by}`);
  if (job.attempt > 1) words.push(`attempt ${job.attempt}`);
  return words.join(" · ");
}

/** A bad file stays bad however often it is retried. @param {Job} job */
function isFileAtFault({ kind, error }) {
  return kind === "upload-and-categorize" && [400, 413, 415, 422].includes(error?.status ?? 0);
}

/** @param {Job} job */
function mayRetry(job) {
  return job.status === "cancelled" || (job.status === "failed" && !isFileAtFault(job));
}

/** @param {Problem | null} one @param {Problem | null | undefined} other */
function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other ?? null);
}

customElements.define("job-card", JobCard);
