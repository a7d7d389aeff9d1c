/**
 * What people call a job: the name of its file, which stands in the job's input and not in its events.
 * @import { Api } from "./api.js"
 * @import { Job } from "./contract.js"
 */
import { kindWord } from "./words.js";

/** Asked for at once. */
const LANES = 3;

export class Titles extends EventTarget {
  /** @type {Map<string, string | null>} null while it is being asked for, or where there is none */
  #names = new Map();
  /** @type {string[]} */
  #waiting = [];
  #asking = 0;

  /** @param {Api} api */
  constructor(api) {
    super();
    this.api = api;
  }

  /** The title as far as it is known; tells `change` once more is. @param {Job} job */
  of(job) {
    const known = this.#names.get(job.job_id);
    if (known === undefined && job.kind === "upload-and-categorize") this.#ask(job.job_id);
    return known ?? kindWord(job.kind);
  }

  /** @param {string} jobId @param {string} name */
  know(jobId, name) {
    this.#names.set(jobId, name);
  }

  /** @param {string} jobId */
  #ask(jobId) {
    this.#names.set(jobId, null);
    this.#waiting.push(jobId);
    this.#next();
  }

  async #next() {
    const jobId = this.#asking < LANES ? this.#waiting.shift() : undefined;
    if (!jobId) return;
    this.#asking += 1;
    try {
      const name = (await this.api.jobWithParams(jobId)).params?.["file"]?.name;
      if (typeof name === "string" && name) this.know(jobId, name);
    } catch {
      // Asked again when next it is drawn.
      this.#names.delete(jobId);
    }
    this.#asking -= 1;
    if (this.#names.get(jobId)) this.dispatchEvent(new Event("change"));
    this.#next();
  }
}
