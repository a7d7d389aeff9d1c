/**
 * The jobs of one company as this page knows them. Tells `change` (detail: the ids) at most once a turn.
 * @import { Job, Snapshot } from "./contract.js"
 */

/** @param {Job} job */
export function isOver(job) {
  return job.status === "complete" || job.status === "failed" || job.status === "cancelled";
}

/** @extends {EventTarget} */
export class Jobs extends EventTarget {
  /** @type {Map<string, Job>} */
  #jobs = new Map();
  /** @type {Set<string>} */
  #changed = new Set();

  /** @param {string} jobId */
  get(jobId) {
    return this.#jobs.get(jobId);
  }

  /** Newest first. */
  list() {
    return [...this.#jobs.values()].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
  }

  get unfinished() {
    return [...this.#jobs.values()].filter((job) => !isOver(job)).length;
  }

  /** Takes a job; the newest version wins. @param {Job} job */
  put(job) {
    const held = this.#jobs.get(job.job_id);
    if (held && held.version >= job.version) return;
    this.#jobs.set(job.job_id, job);
    this.#tell(job.job_id);
  }

  /**
   * Takes a snapshot as it is, older versions too: it is the server's present truth. What had ended stays ended.
   * Returns the ids we thought unfinished of which it says nothing.
   * @param {Snapshot} snapshot
   * @returns {string[]}
   */
  replace(snapshot) {
    const told = new Map(snapshot.jobs.map((job) => [job.job_id, job]));
    const untold = [...this.#jobs.values()].filter((job) => !told.has(job.job_id));
    for (const job of told.values()) this.#jobs.set(job.job_id, job);
    for (const jobId of told.keys()) this.#tell(jobId);
    return untold.filter((job) => !isOver(job)).map((job) => job.job_id);
  }

  /** @param {string} jobId */
  forget(jobId) {
    if (this.#jobs.delete(jobId)) this.#tell(jobId);
  }

  clear() {
    const ids = [...this.#jobs.keys()];
    this.#jobs.clear();
    for (const id of ids) this.#tell(id);
  }

  /** @param {string} jobId */
  #tell(jobId) {
    if (this.#changed.size === 0) queueMicrotask(() => this.#flush());
    this.#changed.add(jobId);
  }

  #flush() {
    const ids = this.#changed;
    this.#changed = new Set();
    this.dispatchEvent(new CustomEvent("change", { detail: ids }));
  }
}
