/**
 * Cancelling and retrying many jobs: some at a time, so that it can be watched, and stopped.
 * @import { ActivityApi, Verb, Wanted } from "../activity-api.js"
 * @import { Changed, JobFilter } from "../contract-activity.js"
 * @import { Job, Problem, Status } from "../contract.js"
 */
import { asProblem } from "../api.js";
import { count, counted } from "../format.js";

/** @typedef {{matched: number, changed: number, stopped: boolean, problem: Problem | null}} Outcome what was done before anything stopped it */

/** Few enough that the bar moves. */
const AT_ONCE = 50;
/** The server takes no more ids in one filter. */
const MOST_IDS = 1_000;
/** What a verb can be done to. @type {Record<Verb, Status[]>} */
export const STATUSES = { cancel: ["pending", "running"], retry: ["failed", "cancelled"] };
/** @type {Record<Verb, string>} */
const DONE = { cancel: "cancelled", retry: "retried" };

/** Whether it can be done to this one. @param {Verb} verb @param {Job} job */
export function isFor(verb, job) {
  return STATUSES[verb].includes(job.status) && !(verb === "cancel" && job.cancel_requested);
}

/** The jobs of these ids. @param {Verb} verb @param {string[]} ids @returns {Partial<JobFilter>[]} */
export function ofIds(verb, ids) {
  const parts = Array.from({ length: Math.ceil(ids.length / MOST_IDS) }, (_, part) => ids.slice(part * MOST_IDS, (part + 1) * MOST_IDS));
  return parts.map((job_ids) => ({ job_ids, status: STATUSES[verb] }));
}

/** All that match and were there when they were looked at. @param {Verb} verb @param {Wanted} wanted @param {string | null} seenAt @returns {Partial<JobFilter>[]} */
export function ofAll(verb, { status, kind, text, created_after, created_before }, seenAt) {
  const statuses = STATUSES[verb].filter((one) => !status || status.includes(one));
  // Nothing of it: an empty list would mean any.
  if (!statuses.length) return [];
  const before = [created_before, seenAt].filter((one) => one !== null).sort()[0] ?? null;
  // What has failed since they were looked at is not retried unseen.
  return [{ status: statuses, kind, text, created_after, created_before: before, finished_before: verb === "retry" ? seenAt : null }];
}

/**
 * @param {ActivityApi} api
 * @param {Verb} verb
 * @param {Partial<JobFilter>[]} filters
 * @param {(done: {matched: number, changed: number}) => boolean} told after each part; false stops it
 * @returns {Promise<Outcome>}
 */
export async function changeAll(api, verb, filters, told) {
  const done = { matched: 0, changed: 0 };
  for (const filter of filters) {
    /** @type {string | null} */
    let cursor = null;
    do {
      /** @type {Changed} */
      let part;
      try {
        part = await api.changeSome(verb, { ...filter, limit: AT_ONCE, cursor });
      } catch (error) {
        return { ...done, stopped: true, problem: asProblem(error) };
      }
      done.matched += part.matched;
      done.changed += part.changed;
      cursor = part.next_cursor;
      if (!told(done)) return { ...done, stopped: true, problem: null };
    } while (cursor);
  }
  return { ...done, stopped: false, problem: null };
}

/** @param {Verb} verb @param {Omit<Outcome, "problem">} outcome */
export function outcomeWords(verb, { matched, changed, stopped }) {
  if (!matched) return `There was nothing to ${verb}`;
  const rest = matched - changed;
  const moved = rest ? `, ${count(rest)} had moved on` : "";
  return `${counted(changed, "jobs")} ${DONE[verb]}${moved}${stopped ? "; stopped before the rest" : ""}`;
}

/** @param {Verb} verb @param {number} many */
export function question(verb, many) {
  const jobs = counted(many, "jobs");
  if (verb === "cancel") {
    const detail = "Those that wait never begin. Those that run stop after their present batch: what is booked stays, and a retry goes on from there.";
    return { title: `Cancel ${jobs}?`, detail, yes: `Cancel ${jobs}`, no: "Keep them running" };
  }
  return { title: `Retry ${jobs}?`, detail: "Each goes on from its last checkpoint.", yes: `Retry ${jobs}`, no: "Leave them", danger: false };
}
