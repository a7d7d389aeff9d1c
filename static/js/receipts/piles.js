/**
 * The piles that are being read, those that were sent from this page, and those of late whose failures nobody has
 * closed. Tells `change`, and `read` where there are new receipts.
 * @import { Job, LedgerEvent } from "../contract.js"
 * @import { Workspace } from "../workspace.js"
 */
import { isOver } from "../jobs.js";
import { close, isClosed } from "./closed-piles.js";
import { Pile } from "./pile.js";

/** Milliseconds for which a pile that has ended tells what failed. */
const LATE = 24 * 3_600_000;
const MOST_ENDED = 3;

export class Piles extends EventTarget {
  /** @type {Map<string, Pile>} by job */
  #piles = new Map();

  /** @param {Workspace} workspace */
  constructor(workspace) {
    super();
    this.workspace = workspace;
    workspace.jobs.addEventListener("change", () => this.#look());
    workspace.addEventListener("heard", (event) => this.#hear(/** @type {CustomEvent<LedgerEvent>} */ (event).detail));
  }

  /** Newest first; of those that have ended only the latest. */
  get all() {
    const all = [...this.#piles.values()].sort((a, b) => b.job.created_at.localeCompare(a.job.created_at));
    const ended = all.filter(({ job }) => isOver(job)).slice(0, MOST_ENDED);
    return all.filter((pile) => !isOver(pile.job) || ended.includes(pile));
  }

  /** @param {Job} job just submitted */
  add(job) {
    this.workspace.jobs.put(job);
    // The connection may have told of it before the answer came, even of its end.
    const now = this.workspace.jobs.get(job.job_id) ?? job;
    if (!this.#piles.has(job.job_id)) this.#follow(now);
    if (isOver(now)) this.dispatchEvent(new Event("read"));
  }

  /** @param {string} jobId */
  dismiss(jobId) {
    this.#piles.get(jobId)?.close();
    this.#piles.delete(jobId);
    close(jobId);
    this.dispatchEvent(new Event("change"));
  }

  close() {
    for (const pile of this.#piles.values()) pile.close();
  }

  #look() {
    for (const job of this.workspace.jobs.list()) {
      const pile = this.#piles.get(job.job_id);
      if (pile) pile.take(job);
      else if (job.kind === "ocr" && wantsEyes(job) && !isClosed(job.job_id)) this.#follow(job);
    }
  }

  /** @param {Job} job */
  #follow(job) {
    const pile = new Pile(this.workspace.api, job);
    pile.addEventListener("change", () => this.dispatchEvent(new Event("change")));
    pile.addEventListener("read", () => this.dispatchEvent(new Event("read")));
    this.#piles.set(job.job_id, pile);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {LedgerEvent} event */
  #hear(event) {
    if (event.type === "log") this.#piles.get(event.job_id)?.hear(event);
    if (event.type === "snapshot") for (const pile of this.#piles.values()) pile.lines.catchUp();
  }
}

/** @param {Job} job */
function wantsEyes(job) {
  if (!isOver(job)) return true;
  const failed = job.status === "failed" || job.result?.["failed"] > 0;
  return failed && Date.now() - Date.parse(job.finished_at ?? job.created_at) < LATE;
}
