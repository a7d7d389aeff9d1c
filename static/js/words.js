/**
 * What the page calls the things of the wire.
 * @import { BankAccount } from "./contract-books.js"
 * @import { Job, Status } from "./contract.js"
 */
import { ago, clockTime, count, counted, duration } from "./format.js";
import { isOver } from "./jobs.js";

/** @type {Record<string, string>} */
const KINDS = {
  "upload-and-categorize": "Bank file",
  categorize: "Categorize",
  ocr: "Receipts",
  "export-qbo": "QuickBooks export",
  "connect-qbo": "Connecting QuickBooks",
  "fetch-qbo": "Fetching accounts from QuickBooks",
  "disconnect-qbo": "Disconnecting QuickBooks",
  "bulk-approve": "Approval",
  "undo-approve": "Undo of an approval",
  "undo-import": "Undo of an import",
  learn: "Learn from approved lines",
};

/** Every kind of work there is a word for. */
export const KIND_NAMES = Object.keys(KINDS);

/** What a line's state is called. @type {Record<string, string>} */
const STATES = { imported: "Not categorized", review: "To review", proposed: "Ready", approved: "Approved", exported: "Exported" };

/** What a receipt's state is called. @type {Record<string, string>} */
const RECEIPT_STATES = { review: "To review", ready: "Ready", confirmed: "Confirmed" };

/** @type {Record<Status, string>} */
const STATUSES = {
  pending: "Waiting",
  running: "Running",
  complete: "Complete",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** @type {Record<string, string>} */
const SOURCES = { rule: "Rule", memory: "Memory", model: "Model", llm: "AI", person: "Person" };

/** @param {string} kind */
export function kindWord(kind) {
  return KINDS[kind] ?? kind;
}

/** @param {BankAccount} account */
export function accountName({ name, number }) {
  return number ? `${name} ··${number.slice(-4)}` : name;
}

/** Whether it ended because a person has to say how its file is to be read. @param {Job} job */
export function isQuestion({ status, error }) {
  return status === "failed" && Boolean(error?.proposal);
}

/** @param {Status} status */
export function statusName(status) {
  return STATUSES[status];
}

/** @param {Job} job */
export function statusWord(job) {
  if (isQuestion(job)) return "Needs your answer";
  if (isOver(job)) return STATUSES[job.status];
  if (job.cancel_requested) return "Cancelling";
  return job.retry_at && job.status === "pending" ? "Trying again soon" : STATUSES[job.status];
}

/** The look of a job: its status, or that it is on its way out. @param {Job} job */
export function tone(job) {
  if (isQuestion(job)) return "question";
  return !isOver(job) && job.cancel_requested ? "cancelling" : job.status;
}

/** @param {string} state of a line */
export function stateWord(state) {
  return STATES[state] ?? state;
}

/** @param {string} state of a receipt */
export function receiptStateWord(state) {
  return RECEIPT_STATES[state] ?? state;
}

/** Why, without naming again who decided. @param {{source: string | null, reason: string | null}} line */
export function reasonWords({ source, reason }) {
  return (reason ?? "").replace(new RegExp(`^${source}( \\d?\\.\\d+)?(: |$)`), "");
}

/** How sure that is; nothing where it is certain. @param {{confidence: number | null, source: string | null}} line */
export function sureWords({ confidence, source }) {
  if (confidence === null || source === "rule" || source === "person") return "";
  return `${Math.floor(confidence * 100)}%`;
}

/** What a job has asked of a language model. @param {import("./contract.js").Usage} usage */
export function usageWords({ llm_calls, input_tokens, output_tokens }) {
  return `${counted(llm_calls, "AI calls")}, ${counted(input_tokens + output_tokens, "tokens")}`;
}

/** @param {string} kind the symbol of its icon */
export function kindIcon(kind) {
  if (kind.startsWith("undo-")) return "#icon-kind-undo";
  return ["upload-and-categorize", "categorize", "ocr", "bulk-approve", "learn"].includes(kind) ? `#icon-kind-${kind}` : "#icon-kind-other";
}

/** @param {string | null} source */
export function sourceWord(source) {
  return source ? (SOURCES[source] ?? source) : "";
}

/** @param {import("./contract.js").Step} step */
export function stepWord({ name }) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** One short line on where the job stands. @param {Job} job @param {number} [now] */
export function standing(job, now) {
  const at = standsAt(job);
  if (at) return isOver(job) ? ago(at, now) : `Next try at ${clockTime(at)}`;
  return job.step ? `${job.progress}% · ${stepWord(job.step)}` : `${statusWord(job)}…`;
}

/** The moment of which that line tells, if it tells of one. @param {Job} job */
export function standsAt(job) {
  if (isOver(job)) return job.finished_at ?? job.created_at;
  return job.status === "pending" ? job.retry_at : null;
}

/** The message, unless it only repeats step and units, which stand beside it. @param {Job} job */
export function messageWords(job) {
  const repeats = job.step && job.message.startsWith(`${stepWord(job.step)}: `);
  return repeats || job.message === job.error?.title ? "" : job.message;
}

/** To whoever tries to change what their role may only look at. */
export const LOOK_ONLY = "Your role may look only. An administrator of the company can change that.";

/** None where there is nothing to do: "0 of 0 lines" is no news. @param {Job} job */
export function unitsWords({ units }) {
  if (!units || (!units.done && !units.total)) return "";
  if (units.total === null) return counted(units.done, units.noun);
  return `${units.done.toLocaleString()} of ${counted(units.total, units.noun)}`;
}

/** How long it took, once it has ended. @param {Job} job */
export function tookWords({ status, started_at, finished_at }) {
  if (!started_at || !finished_at) return "";
  return `${status === "complete" ? "Finished in" : "Ended after"} ${duration(Math.max(0, (Date.parse(finished_at) - Date.parse(started_at)) / 1000))}`;
}

/** The counts of a result, as a reader needs them: "imported 120 · categorized 118"; or why there are none. @param {Record<string, any> | null} result */
export function resultWords(result) {
  if (typeof result?.["reason"] === "string") return result["reason"];
  const counts = Object.entries(result ?? {}).filter(([, value]) => typeof value === "number" && value > 0);
  return counts.slice(0, 6).map(([name, value]) => `${name.replaceAll("_", " ")} ${count(value)}`).join(" · ");
}
