/**
 * How a company's work stands at large, as of now: read when a job's status has changed, and every few seconds while
 * it is looked at, for the workers' life signs. Tells `change`.
 *
 * @import { ActivityApi } from "../activity-api.js"
 * @import { Activity } from "../contract-activity.js"
 * @import { LedgerEvent, Status } from "../contract.js"
 */

import { isOver } from "../jobs.js";

/** Changes come in quick succession. */
const PAUSE = 600;
const EVERY = 5_000;

export class Pulse extends EventTarget {
  /** @type {Activity | null} */
  activity = null;
  /** Whether the last reading failed: what is shown is of before. */
  isOld = false;
  /** The page's clock when it was read. */
  #readAt = 0;
  #watched = false;
  #reading = false;
  /** @type {number | undefined} */
  #timer;
  /** When the timer strikes. */
  #due = Infinity;
  /** @type {Map<string, Status>} */
  #statuses = new Map();

  /** @param {ActivityApi} api */
  constructor(api) {
    super();
    this.api = api;
  }

  /** The server's clock, as far as it can be told here. */
  get now() {
    return this.activity ? Date.parse(this.activity.at) + performance.now() - this.#readAt : Date.now();
  }

  watch() {
    if (this.#watched) return;
    this.#watched = true;
    document.addEventListener("visibilitychange", this.#seen);
    this.#readIn(0);
  }

  rest() {
    this.#watched = false;
    document.removeEventListener("visibilitychange", this.#seen);
    this.#statuses.clear();
    clearTimeout(this.#timer);
    this.#due = Infinity;
  }

  /** @param {LedgerEvent} event */
  hear(event) {
    if (!this.#watched) return;
    if (event.type === "snapshot") this.#readIn(PAUSE);
    if (event.type !== "job") return;
    const { job_id, status } = event.job;
    if (this.#statuses.get(job_id) === status) return;
    // Of what has ended nothing more is heard.
    if (isOver(event.job)) this.#statuses.delete(job_id);
    else this.#statuses.set(job_id, status);
    this.#readIn(PAUSE);
  }

  #seen = () => this.#readIn(0);

  /** @param {number} ms at the latest */
  #readIn(ms) {
    if (!this.#watched || document.visibilityState !== "visible") return;
    const due = performance.now() + ms;
    if (due >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = window.setTimeout(() => this.#read(), ms);
  }

  async #read() {
    this.#due = Infinity;
    // One at a time; what changes during it is read after it.
    if (this.#reading) return this.#readIn(PAUSE);
    this.#reading = true;
    try {
      this.activity = await this.api.activity();
      this.#readAt = performance.now();
      this.isOld = false;
    } catch {
      // The badge tells that the server is away; the numbers say that they are old.
      this.isOld = this.activity !== null;
    }
    this.#reading = false;
    this.dispatchEvent(new Event("change"));
    this.#readIn(EVERY);
  }
}
