/**
 * A job's inside, unfolded where somebody asks: what happened when, the end of its log, what it was given and found,
 * and the commands that do the same.
 * @import { Attempt } from "../contract-activity.js"
 * @import { Job, LogLine } from "../contract.js"
 * @import { Inside } from "../inside.js"
 * @import { Lines } from "../lines.js"
 */
import { submitCommand, watchCommand } from "../curl.js";
import { clockTime, duration, exactDay, fileSize } from "../format.js";
import { moment } from "../moment.js";
import { problemView } from "../problem-view.js";
import { clone, element, part, show, text } from "../view.js";
import { statusWord, usageWords } from "../words.js";

/** How much of the end of a log is shown. */
const TAIL = 50;
/** How an attempt ended. @type {Record<string, string>} */
const OUTCOMES = {
  running: "running",
  complete: "complete",
  failed: "failed",
  cancelled: "stopped on request",
  retry: "met a passing error, to be tried again",
  timeout: "took too long",
  lost: "lost with its worker",
  deploy: "handed back, as its worker was asked to end",
};

/** @typedef {{job: Job, inside: Inside, lines: Lines<any> | null}} Shown */

export class JobDetails extends HTMLElement {
  #root = /** @type {HTMLDetailsElement} */ (clone("job-details"));
  /** @type {Shown | null} */
  #shown = null;
  #drawn = "";
  #tail = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#root.addEventListener("toggle", () => this.#draw());
    this.#copies("copy-curl", ({ job, inside }) => submitCommand(job, inside.params ?? {}, location.origin));
    this.#copies("copy-watch", ({ job }) => watchCommand(job, location.origin));
    this.#copies("copy-id", ({ job }) => job.job_id);
  }

  /** @param {Job} job @param {Inside | null} inside @param {Lines<any> | null} lines */
  draw(job, inside, lines) {
    if (inside && inside !== this.#shown?.inside) inside.addEventListener("change", () => inside === this.#shown?.inside && this.#draw());
    this.#shown = inside && { job, inside, lines };
    this.#draw();
  }

  #draw() {
    const shown = this.#shown;
    if (!shown || !this.#root.open) return;
    shown.inside.look(shown.job);
    this.#drawTail(shown.lines?.tail(TAIL) ?? []);
    const { job, inside } = shown;
    const look = JSON.stringify([job.job_id, job.status, job.attempt, job.usage, job.result, job.error, inside.attempts, inside.problem, inside.params !== null]);
    if (look === this.#drawn) return;
    this.#drawn = look;
    this.#drawInside(job, inside);
  }

  /** @param {Job} job @param {Inside} inside */
  #drawInside(job, inside) {
    const again = { label: "Try again", act: () => (inside.again(), this.#draw()) };
    part(this.#root, "inside-problem", HTMLElement).replaceChildren(...(inside.problem ? [problemView(inside.problem, { actions: [again], level: "warning" })] : []));
    part(this.#root, "timeline", HTMLElement).replaceChildren(...timeline(job, inside.attempts));
    text(part(this.#root, "job-id", HTMLElement), job.job_id);
    part(this.#root, "whole-log", HTMLAnchorElement).href = `/api/jobs/${encodeURIComponent(job.job_id)}/log?limit=500`;
    show(part(this.#root, "usage", HTMLElement), job.usage.llm_calls > 0);
    text(part(this.#root, "usage", HTMLElement), usageWords(job.usage));
    this.#json("input", inside.params);
    part(this.#root, "given", HTMLElement).replaceChildren(...uploadsIn(inside.params ?? {}).map((upload, at) => fileLink(job, upload, at + 1)));
    this.#json("result", job.result);
    show(part(this.#root, "copy-curl", HTMLElement), inside.params !== null);
  }

  /** @param {string} name @param {object | null} value */
  #json(name, value) {
    const place = part(this.#root, name, HTMLElement);
    show(/** @type {HTMLElement} */ (place.closest("section")), value !== null);
    text(place, value === null ? "" : JSON.stringify(value, null, 2));
  }

  /** @param {LogLine[]} lines */
  #drawTail(lines) {
    const place = part(this.#root, "tail", HTMLElement);
    show(/** @type {HTMLElement} */ (place.closest("section")), lines.length > 0);
    const look = JSON.stringify(lines.map(({ at, text: said }) => [at, said]));
    if (look === this.#tail) return;
    this.#tail = look;
    const wasAtEnd = place.scrollTop + place.clientHeight >= place.scrollHeight - 8;
    place.replaceChildren(...lines.map(logLine));
    if (wasAtEnd) place.scrollTop = place.scrollHeight;
  }

  /** @param {string} name @param {(shown: Shown) => string} what */
  #copies(name, what) {
    const button = part(this.#root, name, HTMLButtonElement);
    const label = button.textContent ?? "";
    button.addEventListener("click", async () => {
      if (!this.#shown) return;
      const command = what(this.#shown);
      const isCopied = await copy(command);
      text(part(this.#root, "command", HTMLElement), command);
      // Where the browser gives no clipboard (plain HTTP in a LAN) it can be copied by hand.
      show(part(this.#root, "command", HTMLElement), !isCopied);
      text(button, isCopied ? "Copied" : label);
      button.addEventListener("blur", () => text(button, label), { once: true });
    });
  }
}

/** @typedef {{name: string, sha256: string, size: number}} Upload what stands for the bytes of a file */

/** In order, of a field that is a file or a list of files. @param {Record<string, any>} params @returns {Upload[]} */
function uploadsIn(params) {
  return Object.values(params).flat().filter((value) => typeof value?.sha256 === "string");
}

/** @param {Job} job @param {Upload} upload @param {number} number */
function fileLink({ job_id }, { name, size }, number) {
  const link = element("a", "", name);
  link.setAttribute("href", `/api/jobs/${encodeURIComponent(job_id)}/files/${number}`);
  link.setAttribute("download", name);
  return element("li", "", link, ` ${fileSize(size)}`);
}

/** @param {string} words */
async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return false;
  }
}

/** @param {Job} job @param {Attempt[]} attempts */
function timeline(job, attempts) {
  const by = job.submitted_by ? ` by ${job.submitted_by}` : "";
  const began = event(job.created_at, `Submitted${by}`);
  const waiting = job.status === "pending" && job.retry_at ? [event(job.retry_at, "Tried again, not before")] : [];
  const ended = job.finished_at ? [event(job.finished_at, endWords(job), job.status)] : [];
  const { retried_at } = job;
  const isAfter = (/** @type {Attempt} */ { started_at }) => retried_at !== null && started_at >= retried_at;
  const retried = retried_at ? [event(retried_at, job.retried_by ? `Retried by ${job.retried_by}` : "Retried", "retry")] : [];
  const before = attempts.filter((one) => !isAfter(one)).map(attemptEvent);
  return [began, ...before, ...retried, ...attempts.filter(isAfter).map(attemptEvent), ...waiting, ...ended];
}

/** @param {Job} job */
function endWords(job) {
  if (job.status !== "cancelled" || !job.cancelled_by) return statusWord(job);
  return `Cancelled by ${job.cancelled_by}${job.cancel_reason ? `: ${job.cancel_reason}` : ""}`;
}

/** @param {Attempt} attempt */
function attemptEvent({ attempt, worker_id, started_at, ended_at, outcome, error }) {
  const took = ended_at ? ` after ${duration(Math.max(0, (Date.parse(ended_at) - Date.parse(started_at)) / 1000))}` : "";
  const item = event(started_at, `Attempt ${attempt}: ${OUTCOMES[outcome] ?? outcome}${took}`, outcome);
  item.append(element("span", "faint", ` · ${worker_id}`));
  if (error) item.append(element("p", "why", [error.title, error.detail].filter(Boolean).join(": ")));
  return item;
}

/** @param {string} at @param {string} words */
function event(at, words, tone = "") {
  const item = element("li", "", moment(at, when), " ", element("span", "", words));
  if (tone) item.dataset["tone"] = tone;
  return item;
}

/** With its day, where that is not today. @param {string} at */
function when(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return isToday ? clockTime(at) : `${exactDay(at)}, ${clockTime(at)}`;
}

/** @param {LogLine} line */
function logLine({ at, level, text: said }) {
  const item = element("li", "", moment(at, when), " ", element("span", "", said));
  item.dataset["level"] = level;
  return item;
}

customElements.define("job-details", JobDetails);
