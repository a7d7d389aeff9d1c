/**
 * A job over many lines as it is followed on the page: an approval, its undo, or the undo of an import. What became
 * of each line is told by the job's log. Tells `change`.
 *
 * @import { Api } from "../api.js"
 * @import { ApprovedLine, LineFailure } from "../contract-books.js"
 * @import { Job, LogEvent } from "../contract.js"
 */
import { counted } from "../format.js";
import { isOver } from "../jobs.js";
import { Lines } from "../lines.js";

/** What each outcome is called, by kind of work; the first ones are as wished. @type {Record<string, Record<string, string>>} */
const WORDS = {
  "bulk-approve": { approved: "Approved", already: "Already approved" },
  "undo-approve": { reopened: "Taken back" },
  "undo-import": { removed: "Removed" },
};
/** Outcomes that leave a line as it was. @type {Record<string, string>} */
const FAILED = {
  already: "Not approved any more",
  approved: "Approved, so kept",
  needs_category: "Needs a category",
  locked_period: "In a closed period",
  changed: "Changed since you looked",
  exported: "Exported, so kept",
  unknown: "Not there any more",
};
/** What to do, where the server's own words would say the outcome again. @type {Record<string, string>} */
const ADVICE = {
  approved: "Reopen it, or undo the approval it was part of.",
  changed: "Look at it again, and then decide.",
  unknown: "It was removed meanwhile; nothing is left to do.",
};

export class Bulk extends EventTarget {
  /** @param {Api} api @param {Job} job */
  constructor(api, job) {
    super();
    this.job = job;
    /** @type {Lines<ApprovedLine>} */
    this.lines = new Lines(api, job.job_id);
    this.lines.addEventListener("change", () => this.#tell());
    this.lines.catchUp();
  }

  /** @param {Job} job */
  take(job) {
    const ended = isOver(job) && !isOver(this.job);
    this.job = job;
    // Coalescing may have dropped lines, and the log has them all.
    if (ended) this.lines.catchUp();
    this.#tell();
  }

  /** @param {LogEvent} event */
  hear(event) {
    this.lines.hear(event);
  }

  close() {
    this.lines.close();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {string} kind @param {string} outcome */
export function outcomeWord(kind, outcome) {
  return WORDS[kind]?.[outcome] ?? FAILED[outcome] ?? outcome.replaceAll("_", " ");
}

/** Whether it is as wished. @param {string} kind @param {string} outcome */
export function isDone(kind, outcome) {
  return outcome in (WORDS[kind] ?? {});
}

/**
 * How many lines had which outcome, what went well first: as the result counts them, else as far as the log has told.
 * @param {Job} job
 * @param {ApprovedLine[]} lines
 */
export function tally({ kind, result }, lines) {
  const counts = new Map(Object.keys(WORDS[kind] ?? {}).map((outcome) => [outcome, 0]));
  const ended = /** @type {Record<string, number> | undefined} */ (result?.["outcomes"]);
  for (const [outcome, count] of Object.entries(ended ?? {})) counts.set(outcome, count);
  if (!ended) for (const { outcome } of lines) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].filter(([, count], index) => count > 0 || index === 0).map(([outcome, count]) => ({ outcome, count, done: isDone(kind, outcome), word: outcomeWord(kind, outcome) }));
}

/** Asked before an approval is taken back. @param {number} approved */
export function undoQuestion(approved) {
  const detail = "They stand for review again as they were before. Lines that were changed since stay as they are.";
  return { title: `Take back the approval of ${counted(approved, "lines")}?`, detail, yes: "Undo the approval", no: "Keep it" };
}

/** What could not be done, with what to do about it. @param {Job} job @param {ApprovedLine[]} lines */
export function failures({ kind, result }, lines) {
  /** @type {LineFailure[]} */
  const failed = result?.["failed"] ?? result?.["kept"] ?? [];
  const details = new Map(failed.map((one) => [one.transaction_id, one.detail]));
  return lines
    .filter(({ outcome }) => !isDone(kind, outcome))
    .map((line) => ({ line, detail: ADVICE[line.outcome] ?? details.get(line.transaction_id) ?? "" }));
}
