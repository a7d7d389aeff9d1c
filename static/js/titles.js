/**
 * What people call a job: the name of its file or how many lines it is about, which stands in the job's input and not
 * in its events.
 * @import { Api } from "./api.js"
 * @import { Job } from "./contract.js"
 */
import { counted } from "./format.js";
import { kindWord } from "./words.js";

/** What a job's input says of it; null where the kind says it all. @type {Record<string, (params: Record<string, any>) => string | null>} */
const NAMES = {
  "upload-and-categorize": ({ file }) => file?.name ?? null,
  "bulk-approve": ({ transaction_ids, failed_of }) =>
    failed_of ? "Approval of what had failed" : transaction_ids ? `Approval of ${counted(transaction_ids.length, "lines")}` : "Approval of all matching lines",
};

/** Asked for at once. */
const LANES = 3;

export class Titles extends EventTarget {
  /** @type {Map<string, string | null>} null while it is being asked for, or where there is none */
  #names = new Map();
  /** @type {Job[]} */
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
    if (known === undefined && job.kind in NAMES) this.#ask(job);
    return known ?? kindWord(job.kind);
  }

  /** @param {string} jobId @param {string} name */
  know(jobId, name) {
    this.#names.set(jobId, name);
  }

  /** @param {Job} job */
  #ask(job) {
    this.#names.set(job.job_id, null);
    this.#waiting.push(job);
    this.#next();
  }

  async #next() {
    const job = this.#asking < LANES ? this.#waiting.shift() : undefined;
    if (!job) return;
    this.#asking += 1;
    try {
      const name = NAMES[job.kind]?.((await this.api.jobWithParams(job.job_id)).params ?? {});
      if (typeof name === "string" && name) this.know(job.job_id, name);
    } catch {
      // Asked again when next it is drawn.
      this.#names.delete(job.job_id);
    }
    this.#asking -= 1;
    if (this.#names.get(job.job_id)) this.dispatchEvent(new Event("change"));
    this.#next();
  }
}
