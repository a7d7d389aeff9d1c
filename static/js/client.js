/**
 * Jobs from any page: submit them, watch them live, wait for them. No build, no dependency.
 *
 *     import { JobsClient } from "/js/client.js";
 *     const client = new JobsClient();
 *     const job = await client.submit("categorize", { company_id: "acme", limit: 100 });
 *     for await (const event of client.events(job.job_id)) console.log(event);
 *
 * All that is watched comes over one WebSocket; where that is blocked over SSE, long polling or polling, in this order.
 * A connection that is lost is made again and goes on where it stopped. Tells `state` (see there).
 *
 * @import { GetToken } from "./api.js"
 * @import { State, TransportName } from "./connection.js"
 * @import { Job, JobEvent, LedgerEvent, LogEvent, Ping, Problem, Snapshot } from "./contract.js"
 */
import { Api, ApiError, asProblem, freshKey, query } from "./api.js";
import { Backoff } from "./backoff.js";
import { Connection, TRANSPORTS } from "./connection.js";
import { isOver } from "./jobs.js";
import { Queue } from "./queue.js";

export { ApiError, isOver };

/** Out of sight for so long, a page hangs up; it goes on where it stopped when it is seen again. */
const PAUSE_AFTER = 300_000;

/** @typedef {Exclude<LedgerEvent, Ping>} WatchEvent what is told; of one job a snapshot only where log lines were missed, and with no other job */
/** @typedef {string | {companyId: string}} Target a job's id, or a company */
/** @typedef {"disconnected" | "connecting" | "connected"} ClientState */

/**
 * @typedef {object} Handlers
 * @property {(job: Job) => void} [job] a job as it is now
 * @property {(event: LogEvent) => void} [log]
 * @property {(job: Job) => void} [end] once, when the job that is watched has ended
 * @property {(snapshot: Snapshot) => void} [snapshot] of a company: all that is not over, in place of what was told before;
 *   of one job: log lines were missed, which its log has
 * @property {(problem: Problem) => void} [error] trying again cannot help; nothing more is told
 */

/** @typedef {{connection: Connection, state: State, hear: Set<(event: WatchEvent) => void>, refuse: Set<(problem: Problem) => void>}} Line */

export class JobsClient extends EventTarget {
  /** @type {Map<string, Line>} */
  #lines = new Map();
  /** Of `for await` loops that go on. @type {Set<Queue<WatchEvent>>} */
  #queues = new Set();
  #closed = false;
  /** @type {ClientState} */
  #told = "disconnected";

  /**
   * @param {object} [options]
   * @param {string} [options.url] of the server; the page's own origin if left out
   * @param {GetToken | null} [options.getToken] brings a key or a token, and a fresh one whenever one has run out; without
   *   it the cookie of the page's session says who asks
   * @param {TransportName[]} [options.transports] the rungs of the ladder, best first
   * @param {number} [options.pauseAfter] ms out of sight until it hangs up; `Infinity` for never
   */
  constructor({ url = "", getToken = null, transports = TRANSPORTS, pauseAfter = PAUSE_AFTER } = {}) {
    super();
    this.api = new Api(url, getToken);
    this.transports = transports;
    this.pauseAfter = pauseAfter;
  }

  /** Of all that is watched together: connected where something comes in. @returns {ClientState} */
  get state() {
    const names = [...this.#lines.values()].map(({ state }) => state.name);
    if (names.includes("live")) return "connected";
    return names.some((name) => name === "connecting" || name === "waiting") ? "connecting" : "disconnected";
  }

  // --- asking -----------------------------------------------------------------------------------------

  /**
   * Submits work; the key makes a repeat harmless. A field that is a File or Blob, or a list of them, is uploaded.
   * @param {string} kind like `categorize`
   * @param {Record<string, any>} fields
   * @param {{idempotencyKey?: string}} [how]
   * @returns {Promise<Job>}
   */
  submit(kind, fields, { idempotencyKey = freshKey() } = {}) {
    const headers = { "Idempotency-Key": idempotencyKey };
    const path = `/api/jobs/${encodeURIComponent(kind)}`;
    if (Object.values(fields).flat().some((value) => value instanceof Blob)) return this.api.json(path, { method: "POST", headers, body: form(fields) });
    return this.api.json(path, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(fields) });
  }

  /** @param {string} jobId */
  job(jobId) {
    return this.api.job(jobId);
  }

  /** @param {string} jobId */
  cancel(jobId) {
    return this.api.cancel(jobId);
  }

  /** @param {string} jobId */
  retry(jobId) {
    return this.api.retry(jobId);
  }

  /** Every job of the company, newest first; pages are fetched as you go. @param {string} companyId @param {{status?: string, kind?: string}} [filters] @returns {AsyncGenerator<Job>} */
  async *list(companyId, filters = {}) {
    for (let cursor = /** @type {string | null} */ (null), first = true; first || cursor; first = false) {
      const page = await this.api.json(`/api/jobs/company/${encodeURIComponent(companyId)}${query({ ...filters, limit: 100, cursor })}`);
      yield* page.data;
      cursor = page.next_cursor;
    }
  }

  // --- watching ---------------------------------------------------------------------------------------

  /** @param {Target} target @param {Handlers} handlers @returns {() => void} how to stop */
  subscribe(target, handlers) {
    if (typeof target === "string") return this.#follow(target, handlers);
    return this.#join(target.companyId, (event) => tell(event, handlers), handlers.error ?? (() => {}));
  }

  /**
   * What happens, as it happens: of a job to its end, of a company for ever. Throws ApiError where trying again cannot help.
   * @param {Target} target
   * @param {{signal?: AbortSignal}} [how]
   * @returns {AsyncGenerator<WatchEvent>}
   */
  async *events(target, { signal } = {}) {
    /** @type {Queue<WatchEvent>} */
    const queue = new Queue();
    this.#queues.add(queue);
    const stop = this.#watch(target, queue, signal);
    try {
      yield* queue;
    } finally {
      stop();
      this.#queues.delete(queue);
    }
  }

  /**
   * The job as it is at its end, however it ends.
   * @param {string} jobId
   * @param {{signal?: AbortSignal}} [how]
   * @returns {Promise<Job>}
   */
  async wait(jobId, { signal } = {}) {
    let last = null;
    for await (const event of this.events(jobId, { signal })) if (event.type === "job") last = event.job;
    if (last && isOver(last)) return last;
    throw signal?.reason ?? new Error("The client was closed.");
  }

  /** Stops all that is watched. */
  close() {
    this.#closed = true;
    for (const { connection } of this.#lines.values()) connection.stop();
    this.#lines.clear();
    for (const queue of this.#queues) queue.end();
    this.#changed();
  }

  // --- one level down ---------------------------------------------------------------------------------

  /** @param {Target} target @param {Queue<WatchEvent>} queue @param {AbortSignal} [signal] */
  #watch(target, queue, signal) {
    const put = (/** @type {WatchEvent} */ event) => queue.put(event);
    const fail = (/** @type {Problem} */ problem) => queue.fail(new ApiError(problem));
    const stop =
      typeof target === "string"
        ? this.#follow(target, { log: put, snapshot: put, error: fail, end: () => queue.end() }, put)
        : this.#join(target.companyId, put, fail);
    signal?.addEventListener("abort", () => queue.fail(signal.reason));
    if (signal?.aborted) queue.fail(signal.reason);
    return stop;
  }

  /** @param {string} jobId @param {Handlers} handlers @param {(event: JobEvent) => void} [told] */
  #follow(jobId, handlers, told = ({ job }) => handlers.job?.(job)) {
    let stopped = false;
    let leave = () => {};
    let version = -1;
    const stop = () => {
      stopped = true;
      leave();
    };

    /** @param {Job} job @param {string} position */
    const take = (job, position = "") => {
      if (stopped || job.job_id !== jobId || job.version <= version) return;
      version = job.version;
      told({ type: "job", company_id: job.company_id, position, job });
      if (!isOver(job)) return;
      stop();
      handlers.end?.(job);
    };

    /** @param {Snapshot} snapshot */
    const replace = (snapshot) => {
      const { position, reason } = snapshot;
      const job = snapshot.jobs.find((one) => one.job_id === jobId);
      if (reason !== "subscribed" && !stopped) handlers.snapshot?.({ ...snapshot, jobs: job ? [job] : [] });
      if (!job) return this.#catchUp(jobId, () => stopped, take);
      version = Math.min(version, job.version - 1);
      take(job, position);
    };

    /** @param {WatchEvent} event */
    const hear = (event) => {
      if (event.type === "job") take(event.job, event.position);
      else if (event.type === "log") event.job_id === jobId && handlers.log?.(event);
      else replace(event);
    };

    this.#present(jobId, () => stopped).then(
      (job) => {
        if (!job || stopped) return;
        take(job);
        if (stopped) return;
        leave = this.#join(job.company_id, hear, (problem) => handlers.error?.(problem));
        // What happened between that answer and joining a line that was already open.
        this.#catchUp(jobId, () => stopped, take);
      },
      (error) => stopped || handlers.error?.(asProblem(error)),
    );
    return stop;
  }

  /** What nobody will tell any more is asked for, until there is an answer. @param {string} jobId @param {() => boolean} stopped @param {(job: Job) => void} take */
  #catchUp(jobId, stopped, take) {
    this.#present(jobId, stopped).then((job) => job && take(job), () => {});
  }

  /** The job as it is now, asked for until the server can be reached. @param {string} jobId @param {() => boolean} stopped */
  async #present(jobId, stopped) {
    for (const backoff = new Backoff(); !stopped() && !this.#closed; ) {
      try {
        return await this.api.job(jobId);
      } catch (error) {
        if (error instanceof ApiError && error.status > 0 && error.status < 500) throw error;
      }
      await new Promise((go) => setTimeout(go, backoff.next()));
    }
    return null;
  }

  /** All who watch something of one company share its line. @param {string} companyId @param {(event: WatchEvent) => void} hear @param {(problem: Problem) => void} refuse */
  #join(companyId, hear, refuse) {
    const line = this.#lines.get(companyId) ?? this.#dial(companyId);
    const isFresh = line.hear.size === 0;
    line.hear.add(hear);
    line.refuse.add(refuse);
    if (isFresh) line.connection.start();
    return () => {
      if (!line.hear.delete(hear)) return;
      line.refuse.delete(refuse);
      if (line.hear.size > 0) return;
      line.connection.stop();
      if (this.#lines.get(companyId) === line) this.#lines.delete(companyId);
      this.#changed();
    };
  }

  /** @param {string} companyId @returns {Line} */
  #dial(companyId) {
    /** @type {Line["hear"]} */
    const hear = new Set();
    /** @type {Line["refuse"]} */
    const refuse = new Set();
    const { api, transports, pauseAfter } = this;
    const onEvent = (/** @type {LedgerEvent} */ event) => event.type !== "ping" && each(hear, event);
    const onState = (/** @type {State} */ state) => {
      line.state = state;
      this.#changed();
      if (state.name !== "refused" || !state.problem) return;
      // Who comes later begins anew.
      this.#lines.delete(companyId);
      each(refuse, state.problem);
    };
    const connection = new Connection({ api, companyId, transports, pauseAfter, onEvent, onState });
    const line = { connection, state: connection.state, hear, refuse };
    this.#lines.set(companyId, line);
    return line;
  }

  #changed() {
    if (this.state === this.#told) return;
    this.#told = this.state;
    this.dispatchEvent(new CustomEvent("state", { detail: this.state }));
  }
}

/** @param {WatchEvent} event @param {Handlers} handlers */
function tell(event, handlers) {
  if (event.type === "job") handlers.job?.(event.job);
  else if (event.type === "log") handlers.log?.(event);
  else handlers.snapshot?.(event);
}

/** @param {Record<string, any>} fields */
function form(fields) {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) if (one !== null && one !== undefined) made.append(name, one instanceof Blob || typeof one === "string" ? one : JSON.stringify(one));
  }
  return made;
}

/** One that throws takes nothing from the others. @template T @param {Set<(value: T) => void>} handlers @param {T} value */
function each(handlers, value) {
  for (const one of [...handlers]) {
    try {
      one(value);
    } catch (error) {
      reportError(error);
    }
  }
}
