/**
 * What every rung of the ladder is: a function that starts one stream and returns how to stop it.
 * It tells `open` once the server has agreed, `event` for every event, and exactly one `close` unless stopped.
 * @import { Api } from "../api.js"
 * @import { LedgerEvent, Problem } from "../contract.js"
 */

/**
 * @typedef {object} Watch
 * @property {Api} api
 * @property {string} companyId
 * @property {string | null} since
 * @property {() => void} open
 * @property {(event: LedgerEvent) => void} event
 * @property {(position: string) => void} position moved without an event
 * @property {(why: Closed) => void} close
 */

/**
 * @typedef {object} Closed
 * @property {Problem | null} [fatal] set where trying again cannot help
 */

/** @typedef {(watch: Watch) => () => void} Transport */

/** How long a server may take to answer an opening, and to say anything at all after it. */
export const OPEN_WITHIN = 4_000;
export const SILENT_FOR = 40_000;

/** @param {number} status whether an HTTP status (or 44xx close code) says that trying again cannot help */
export function isFatal(status) {
  return [401, 403, 404, 4401, 4403, 4404].includes(status);
}

/** @param {Watch} watch */
export function eventsPath({ companyId }) {
  return `/api/jobs/company/${encodeURIComponent(companyId)}/events`;
}

/** Calls `late` when nothing was heard for a while; `heard()` starts the wait anew. */
export class Deadline {
  /** @type {number | undefined} */
  #timer;

  /** @param {() => void} late */
  constructor(late) {
    this.late = late;
  }

  /** @param {number} milliseconds */
  set(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(this.late, milliseconds);
  }

  clear() {
    clearTimeout(this.#timer);
  }
}
