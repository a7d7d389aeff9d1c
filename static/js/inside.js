/**
 * What one job was given and how its attempts went, read where somebody looks at it. Tells `change`.
 * @import { Api } from "./api.js"
 * @import { Attempt } from "./contract-activity.js"
 * @import { Job, Problem } from "./contract.js"
 */
import { asProblem } from "./api.js";

export class Inside extends EventTarget {
  /** As it was submitted, without what looks like a credential. @type {Record<string, any> | null} */
  params = null;
  /** @type {Attempt[]} in order */
  attempts = [];
  /** @type {Problem | null} */
  problem = null;
  /** Of which state of the job that is. */
  #of = "";

  /** @param {Api} api @param {string} jobId */
  constructor(api, jobId) {
    super();
    this.api = api;
    this.jobId = jobId;
  }

  /** Reads again what may have changed since. @param {Job} job */
  async look({ status, attempt, retry_at }) {
    const now = JSON.stringify([status, attempt, retry_at]);
    if (now === this.#of) return;
    this.#of = now;
    try {
      const [attempts, job] = await Promise.all([this.api.attempts(this.jobId), this.params ?? this.api.jobWithParams(this.jobId)]);
      // A later state is being read.
      if (now !== this.#of) return;
      this.attempts = attempts.data;
      this.params ??= job["params"];
      this.problem = null;
    } catch (error) {
      if (now !== this.#of) return;
      this.problem = asProblem(error);
    }
    this.dispatchEvent(new Event("change"));
  }

  /** The next look reads again. */
  again() {
    this.#of = "";
  }
}
