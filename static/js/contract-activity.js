/** How a company's work stands at large, as the wire carries it; held against the Python contract by a test. */

/**
 * @typedef {object} JobCounts
 * @property {number} pending
 * @property {number} running
 * @property {number} complete
 * @property {number} failed
 * @property {number} cancelled
 */

/**
 * @typedef {object} Minute
 * @property {string} at
 * @property {number} complete
 * @property {number} failed
 * @property {number} cancelled
 */

/**
 * @typedef {object} Pace
 * @property {number | null} wait_p50
 * @property {number | null} wait_p95
 * @property {number | null} run_p50
 * @property {number | null} run_p95
 */

/**
 * @typedef {object} WorkerSeen
 * @property {string} worker_id
 * @property {number} slots
 * @property {number} busy
 * @property {string} started_at
 * @property {string | null} beat_at
 */

/**
 * @typedef {object} Activity
 * @property {string} at
 * @property {JobCounts} counts
 * @property {string | null} waiting_since
 * @property {Minute[]} minutes
 * @property {Pace} pace
 * @property {WorkerSeen[]} workers
 */

/**
 * @typedef {object} JobFilter
 * @property {string[] | null} job_ids
 * @property {Status | Status[] | null} status
 * @property {string | string[] | null} kind
 * @property {string | null} text
 * @property {string | null} created_after
 * @property {string | null} created_before
 * @property {string | null} finished_before
 * @property {number} limit
 * @property {string | null} cursor
 */

/**
 * @typedef {object} Changed
 * @property {number} matched
 * @property {number} changed
 * @property {string | null} next_cursor
 */

/**
 * @typedef {object} Attempt
 * @property {number} attempt
 * @property {string} worker_id
 * @property {string} started_at
 * @property {string | null} ended_at
 * @property {string} outcome
 * @property {Problem | null} error
 */

/**
 * @typedef {object} AttemptPage
 * @property {Attempt[]} data
 * @property {string | null} next_cursor
 */

/** @import { Problem, Status } from "./contract.js" */

export {};
