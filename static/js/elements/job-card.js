/**
 * One job in full: where it stands, what it found or why it failed, and its lines.
 * Tells `job-cancel`, `job-retry`, `job-undo`, `bulk-retry`, `bulk-undo`, `another-file` (detail: the job), `send-again`
 * (detail: {job, accountId} or {job, mapping}) and `address-choose` (detail: a query of the address).
 * @import { BankAccount } from "../contract-books.js"
 * @import { Job, Problem } from "../contract.js"
 * @import { Inside } from "../inside.js"
 * @import { Lines } from "../lines.js"
 */
import { counted } from "../format.js";
import { isOver } from "../jobs.js";
import { moment } from "../moment.js";
import { problemView } from "../problem-view.js";
import { address } from "../route.js";
import { clone, hold, part, phrase, show, text } from "../view.js";
import { accountName, kindIcon, kindWord, statusWord, tone, usageWords } from "../words.js";
import { BulkOutcomes } from "./bulk-outcomes.js";
import { JobDetails } from "./job-details.js";
import { JobProgress } from "./job-progress.js";
import { LineList } from "./line-list.js";
import { MappingQuestion } from "./mapping-question.js";
import { plainLink } from "./page-links.js";
import { drawTiles, reviewOf } from "./tiles.js";

/** @typedef {{title: string, lines: Lines | null, inside: Inside | null, mayAct: boolean, notice: Problem | null, accounts: BankAccount[], currency: string}} Look */

/** The newest things a job has said; all of them stand in its log. */
const NOTES = 12;
/** Kinds that do one thing to many lines. */
const BULK = ["bulk-approve", "undo-approve", "undo-import"];
/** Reads receipts, which have a page of their own. */
const PILE = "ocr";

export class JobCard extends HTMLElement {
  #root = clone("job-card");
  /** @type {Job | null} */
  #job = null;
  /** What the problem's place now says, so that it is drawn, and read out, once. */
  #said = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    for (const name of ["cancel", "retry", "undo"]) {
      part(this.#root, name, HTMLButtonElement).addEventListener("click", () => this.#tell(`job-${name}`));
    }
    this.addEventListener("another-file", (event) => event.target !== this && this.#tell("another-file"));
    this.addEventListener("mapping-answer", (event) => this.#again({ mapping: /** @type {CustomEvent} */ (event).detail }));
    this.addEventListener("click", (event) => {
      const link = plainLink(event);
      if (!link?.href) return;
      event.preventDefault();
      this.#lead(new URL(link.href).search);
    });
  }

  /** As if a person pressed it, where it is to be seen. @param {"cancel" | "retry"} name */
  press(name) {
    const button = part(this.#root, name, HTMLButtonElement);
    if (!this.hidden && !button.hidden) button.click();
  }

  /** @param {Job} job @param {Look} look */
  draw(job, { title, lines, inside, mayAct, notice, accounts, currency }) {
    this.#job = job;
    part(this.#root, "kind", SVGElement).setAttribute("href", kindIcon(job.kind));
    text(part(this.#root, "title", HTMLElement), title);
    part(this.#root, "title", HTMLElement).title = title;
    phrase(part(this.#root, "meta", HTMLElement), ...meta(job, title));
    const pill = part(this.#root, "pill", HTMLElement);
    text(pill, statusWord(job));
    pill.dataset["tone"] = tone(job);
    show(part(this.#root, "cancel", HTMLElement), mayAct && !isOver(job) && !job.cancel_requested);
    show(part(this.#root, "retry", HTMLElement), mayAct && mayRetry(job));
    show(part(this.#root, "undo", HTMLElement), mayAct && mayUndo(job));
    this.#leadToReview(job);
    this.#root.toggleAttribute("data-over", isOver(job));
    part(this.#root, "progress", JobProgress).job = job;
    part(this.#root, "progress", JobProgress).setAttribute("label", `Progress of ${title}`);
    this.#explain(job, notice, { accounts: mayAct ? accounts : [], currency, mayAct });
    drawTiles(part(this.#root, "tiles", HTMLElement), job);
    this.#notes(lines);
    part(this.#root, "details", JobDetails).draw(job, inside, lines);
    this.#lines(job, lines, mayAct);
  }

  /** @param {Job} job */
  #leadToReview(job) {
    const link = part(this.#root, "review", HTMLAnchorElement);
    const waiting = job.kind === "upload-and-categorize" ? (job.result?.["needs_review"] ?? 0) : 0;
    const isPile = job.kind === PILE;
    show(link, waiting > 0 || isPile);
    text(link, isPile ? "Open the receipts" : `Review ${counted(waiting, "lines")}`);
    link.href = isPile ? address({ companyId: job.company_id, page: "receipts", rest: { job_id: job.job_id } }) : reviewOf(job);
  }

  /** @param {Job} job @param {Problem | null} notice @param {{accounts: BankAccount[], currency: string, mayAct: boolean}} look */
  #explain(job, notice, look) {
    const problem = notice ?? job.error;
    const said = JSON.stringify([job.job_id, job.status, problem, look]);
    if (said === this.#said) return;
    this.#said = said;
    const place = part(this.#root, "problem", HTMLElement);
    place.replaceChildren(...(problem ? [notice ? problemView(notice, { level: "warning" }) : this.#problem(job, problem, look)] : []));
    if (place.firstElementChild instanceof MappingQuestion && problem?.proposal) place.firstElementChild.ask(problem, problem.proposal, look.currency);
  }

  /** @param {Job} job @param {Problem} problem @param {{accounts: BankAccount[], mayAct: boolean}} look */
  #problem(job, problem, { accounts, mayAct }) {
    if (job.status !== "failed") return problemView(problem, { level: "warning" });
    if (problem.proposal && mayAct) return new MappingQuestion();
    if (isAboutAccount(problem) && mayAct) return this.#question(problem, accounts);
    const again = { label: "Choose another file", act: () => this.#tell("another-file") };
    return problemView(problem, { actions: mayAct && isFileAtFault(job) ? [again] : [] });
  }

  /** Into which account: one there is, or another that is added first. @param {Problem} problem @param {BankAccount[]} accounts */
  #question({ title, detail, type }, accounts) {
    const isOpen = type?.endsWith("/choose_account") || accounts.length > 1;
    const choices = accounts.map((account) => ({ label: `Into ${accountName(account)}`, act: () => this.#again({ accountId: account.account_id }) }));
    const settings = address({ companyId: this.#job?.company_id ?? "", page: "settings" });
    const add = { label: "Add a bank account", act: () => this.#lead(settings) };
    // What a program is told to send along, a person presses.
    const told = (detail ?? "").split("Send account_id along")[0]?.trim() ?? "";
    const words = `${told} ${isOpen ? "Choose where it belongs, or add its account in Settings and retry." : "Add it in Settings, then retry."}`;
    return problemView({ title, detail: words }, { actions: [...(isOpen ? choices : []), add], level: "warning" });
  }

  /** @param {Lines | null} lines */
  #notes(lines) {
    const notes = lines?.notes ?? [];
    const place = part(this.#root, "notes", HTMLElement);
    show(place, notes.length > 0);
    hold(
      place,
      notes.slice(-NOTES).map((note, index) => {
        const item = /** @type {HTMLElement} */ (place.children[index] ?? document.createElement("li"));
        text(item, note.text);
        item.dataset["level"] = note.level;
        return item;
      }),
    );
  }

  /** @param {Job} job @param {Lines | null} lines @param {boolean} mayAct */
  #lines(job, lines, mayAct) {
    const isBulk = BULK.includes(job.kind);
    const outcomes = part(this.#root, "outcomes", BulkOutcomes);
    show(outcomes, isBulk && lines !== null);
    if (isBulk && lines) outcomes.draw(job, /** @type {any[]} */ (lines.all), mayAct);
    const list = part(this.#root, "lines", LineList);
    list.lines = isBulk ? null : lines;
    list.live = !isOver(job);
    list.none = noneWords(job);
    const expected = job.kind !== "learn" && job.kind !== PILE && (job.status === "running" || job.status === "complete");
    show(list, !isBulk && lines !== null && (lines.all.length > 0 || lines.reading || expected));
  }

  /** @param {string} search a query of the address */
  #lead(search) {
    this.dispatchEvent(new CustomEvent("address-choose", { detail: search }));
  }

  /** @param {{accountId?: string, mapping?: object}} how */
  #again(how) {
    this.dispatchEvent(new CustomEvent("send-again", { detail: { job: this.#job, ...how } }));
  }

  /** @param {string} name */
  #tell(name) {
    this.dispatchEvent(new CustomEvent(name, { detail: this.#job, bubbles: true }));
  }
}

/** @param {Job} job @param {string} title */
function meta(job, title) {
  const kind = title === kindWord(job.kind) ? "" : `${kindWord(job.kind)} · `;
  const words = [];
  if (job.submitted_by) words.push(`by ${job.submitted_by}`);
  if (job.attempt > 1) words.push(`attempt ${job.attempt}`);
  if (job.usage.llm_calls > 0) words.push(usageWords(job.usage));
  return [kind, moment(job.created_at), ...words.map((word) => ` · ${word}`)];
}

/** @param {Job} job */
function noneWords({ result }) {
  const known = result?.["imported"] === 0 && result["duplicates"] > 0;
  return known ? "Every line of this file was imported before, so there was nothing new to categorize." : "No line was categorized.";
}

/** A bad file stays bad however often it is retried; an account may have been added since. @param {Job} job */
function isFileAtFault({ kind, error }) {
  if (error && isAboutAccount(error)) return false;
  return kind === "upload-and-categorize" && [400, 413, 415, 422].includes(error?.status ?? 0);
}

/** @param {Job} job */
function mayRetry(job) {
  return job.status === "cancelled" || (job.status === "failed" && !isFileAtFault(job));
}

/** Whether there may be lines that it imported. @param {Job} job */
function mayUndo(job) {
  if (job.kind !== "upload-and-categorize" || !isOver(job)) return false;
  return job.status === "complete" ? job.result?.["imported"] > 0 : (job.step?.index ?? 1) > 1;
}

/** @param {Problem} problem */
function isAboutAccount({ type }) {
  return ["choose_account", "unknown_account", "wrong_account", "currency_mismatch"].some((code) => type?.endsWith(`/${code}`));
}

customElements.define("job-card", JobCard);
