/**
 * One job in full: where it stands, what it found or why it failed, and its lines.
 * Tells `job-cancel`, `job-retry`, `another-file` (detail: the job) and `into-account` (detail: {job, accountId}).
 * @import { BankAccount, Job, Problem } from "../contract.js"
 * @import { Lines } from "../lines.js"
 */
import { exactTime } from "../format.js";
import { isOver } from "../jobs.js";
import { problemView } from "../problem-view.js";
import { clone, part, show, text } from "../view.js";
import { accountName, kindWord, statusWord, tone } from "../words.js";
import { JobProgress } from "./job-progress.js";
import { LineList } from "./line-list.js";
import { drawTiles } from "./tiles.js";

/** @typedef {{title: string, lines: Lines | null, mayAct: boolean, notice: Problem | null, accounts: BankAccount[]}} Look */

export class JobCard extends HTMLElement {
  #root = clone("job-card");
  /** @type {Job | null} */
  #job = null;
  /** What the problem's place now says, so that it is drawn, and read out, once. */
  #said = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    for (const name of ["cancel", "retry"]) {
      part(this.#root, name, HTMLButtonElement).addEventListener("click", () => this.#tell(`job-${name}`));
    }
  }

  /** @param {Job} job @param {Look} look */
  draw(job, { title, lines, mayAct, notice, accounts }) {
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
    this.#explain(job, notice, mayAct ? accounts : []);
    drawTiles(part(this.#root, "tiles", HTMLElement), job);
    this.#lines(job, lines);
  }

  /** @param {Job} job @param {Problem | null} notice @param {BankAccount[]} accounts */
  #explain(job, notice, accounts) {
    const problem = notice ?? job.error;
    const said = JSON.stringify([job.job_id, job.status, problem, accounts]);
    if (said === this.#said) return;
    this.#said = said;
    const place = part(this.#root, "problem", HTMLElement);
    place.replaceChildren(...(problem ? [this.#problem(job, problem, notice ? [] : accounts)] : []));
  }

  /** @param {Job} job @param {Problem} problem @param {BankAccount[]} accounts */
  #problem(job, problem, accounts) {
    if (problem !== job.error || job.status !== "failed") return problemView(problem, { level: "warning" });
    if (asksForAccount(problem) && accounts.length > 1) return this.#question(problem, accounts);
    const again = { label: "Choose another file", act: () => this.#tell("another-file") };
    return problemView(problem, { actions: isFileAtFault(job) ? [again] : [] });
  }

  /** @param {Problem} problem @param {BankAccount[]} accounts */
  #question({ title }, accounts) {
    const job = this.#job;
    const actions = accounts.map((account) => ({
      label: accountName(account),
      act: () => this.dispatchEvent(new CustomEvent("into-account", { detail: { job, accountId: account.account_id } })),
    }));
    return problemView({ title, detail: "Choose it, and the file is sent again." }, { actions, level: "warning" });
  }

  /** @param {Job} job @param {Lines | null} lines */
  #lines(job, lines) {
    const list = part(this.#root, "lines", LineList);
    list.lines = lines;
    list.live = !isOver(job);
    list.none = noneWords(job);
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

/** @param {Job} job */
function noneWords({ result }) {
  const known = result?.["imported"] === 0 && result["duplicates"] > 0;
  return known ? "Every line of this file was imported before, so there was nothing new to categorize." : "No line was categorized.";
}

/** A bad file stays bad however often it is retried. @param {Job} job */
function isFileAtFault({ kind, error }) {
  return kind === "upload-and-categorize" && [400, 413, 415, 422].includes(error?.status ?? 0);
}

/** @param {Job} job */
function mayRetry(job) {
  return job.status === "cancelled" || (job.status === "failed" && !isFileAtFault(job));
}

/** @param {Problem} problem */
function asksForAccount({ errors }) {
  return errors?.some(({ pointer }) => pointer === "/account_id") ?? false;
}

customElements.define("job-card", JobCard);
