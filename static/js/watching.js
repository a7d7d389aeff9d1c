/**
 * Follows single jobs; those of one company share one connection, however many elements watch.
 * @import { Job, LedgerEvent, Problem, Snapshot } from "./contract.js"
 */
import { Api, ApiError, asProblem } from "./api.js";
import { Backoff } from "./backoff.js";
import { Connection } from "./connection.js";
import { isOver } from "./jobs.js";

/**
 * @typedef {object} Watcher
 * @property {(job: Job) => void} job
 * @property {(problem: Problem) => void} problem
 */

/** @typedef {{connection: Connection, hear: Set<(event: LedgerEvent) => void>, refuse: Set<(problem: Problem) => void>}} Shared */

/** @type {Map<string, Shared>} */
const shared = new Map();

/** Calls back with the job as it is now and with every change, and returns how to stop. @param {string} baseUrl @param {string} jobId @param {Watcher} watcher */
export function watchJob(baseUrl, jobId, watcher) {
  const api = new Api(baseUrl);
  let stopped = false;
  let leave = () => {};
  let version = 0;

  /** @param {Job} job */
  function take(job) {
    if (stopped || job.job_id !== jobId || job.version <= version) return;
    version = job.version;
    watcher.job(job);
  }

  /** @param {LedgerEvent} event */
  function hear(event) {
    if (event.type === "job") take(event.job);
    if (event.type === "snapshot") replace(event);
  }

  /** @param {Snapshot} snapshot */
  function replace({ jobs }) {
    const job = jobs.find((one) => one.job_id === jobId);
    if (job) version = Math.min(version, job.version - 1);
    if (job) take(job);
    else api.job(jobId).then(take, () => {});
  }

  present(api, jobId, () => stopped).then(
    (job) => {
      if (!job || stopped) return;
      take(job);
      // A job that has ended may yet be retried by a person, but a page of old jobs should not hold a line open.
      if (isOver(job)) return;
      leave = join(api, job.company_id, hear, watcher.problem);
      // What happened between that answer and joining a line that was already open.
      api.job(jobId).then(take, () => {});
    },
    (error) => !stopped && watcher.problem(asProblem(error)),
  );
  return () => {
    stopped = true;
    leave();
  };
}

/** The job as it is now, asked for until the server can be reached. @param {Api} api @param {string} jobId @param {() => boolean} stopped */
async function present(api, jobId, stopped) {
  for (const backoff = new Backoff(); !stopped(); ) {
    try {
      return await api.job(jobId);
    } catch (error) {
      if (error instanceof ApiError && error.status > 0 && error.status < 500) throw error;
    }
    await new Promise((go) => setTimeout(go, backoff.next()));
  }
  return null;
}

/** @param {Api} api @param {string} companyId @param {(event: LedgerEvent) => void} hear @param {(problem: Problem) => void} refuse */
function join(api, companyId, hear, refuse) {
  const key = `${api.baseUrl} ${companyId}`;
  const line = shared.get(key) ?? dial(api, companyId);
  const fresh = !shared.has(key);
  shared.set(key, line);
  line.hear.add(hear);
  line.refuse.add(refuse);
  if (fresh) line.connection.start();
  return () => {
    line.hear.delete(hear);
    line.refuse.delete(refuse);
    if (line.hear.size > 0) return;
    line.connection.stop();
    shared.delete(key);
  };
}

/** @param {Api} api @param {string} companyId @returns {Shared} */
function dial(api, companyId) {
  /** @type {Shared["hear"]} */
  const hear = new Set();
  /** @type {Shared["refuse"]} */
  const refuse = new Set();
  const connection = new Connection({
    api,
    companyId,
    onEvent: (event) => hear.forEach((tell) => tell(event)),
    onState: ({ problem }) => problem && refuse.forEach((tell) => tell(problem)),
  });
  return { connection, hear, refuse };
}
