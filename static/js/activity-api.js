/**
 * What can be asked about a company's jobs at large, and done to many of them.
 * @import { Activity, Changed, JobFilter } from "./contract-activity.js"
 * @import { Page } from "./contract.js"
 * @import { Api } from "./api.js"
 */
import { post, query } from "./api.js";

/** @typedef {"cancel" | "retry"} Verb */
/** @typedef {{status: string[] | null, kind: string | null, text: string | null, created_after: string | null, created_before: string | null}} Wanted */

export class ActivityApi {
  /** @param {Api} api @param {string} companyId */
  constructor(api, companyId) {
    this.api = api;
    this.companyId = companyId;
    this.root = `/api/jobs/company/${encodeURIComponent(companyId)}`;
  }

  /** @returns {Promise<Activity>} */
  activity() {
    return this.api.json(`${this.root}/activity`);
  }

  /** With the moment it was true, by the server's clock. @param {Wanted} wanted @param {{limit: number, cursor?: string | null, count?: boolean}} page @returns {Promise<{body: Page, at: string | null}>} */
  list(wanted, { limit, cursor, count }) {
    return this.api.answer(`${this.root}${query({ ...wanted, limit, cursor, count: count || null })}`);
  }

  /** How many there are. @param {Wanted} wanted */
  async count({ status, kind, text, created_after, created_before }) {
    return (await this.list({ status, kind, text, created_after, created_before }, { limit: 1, count: true })).body.total ?? 0;
  }

  /** @param {Verb} verb @param {Partial<JobFilter>} filter @returns {Promise<Changed>} */
  changeSome(verb, filter) {
    return this.api.json(`${this.root}/${verb}`, post(filter));
  }
}
