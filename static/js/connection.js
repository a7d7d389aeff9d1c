/**
 * One company's events, kept alive: resumes by position, waits between tries, and falls down the ladder
 * WebSocket → SSE → long polling → polling when a transport is blocked while plain HTTP works.
 *
 *     const connection = new Connection({ api, companyId: "acme", onEvent, onState });
 *     connection.start();
 *
 * @import { Api } from "./api.js"
 * @import { LedgerEvent, Problem } from "./contract.js"
 * @import { Closed, Transport } from "./transports/transport.js"
 */
import { Backoff } from "./backoff.js";
import { longPolling, polling } from "./transports/polling.js";
import { sse } from "./transports/sse.js";
import { websocket } from "./transports/websocket.js";

/** @typedef {"WebSocket" | "SSE" | "long polling" | "polling"} TransportName */
/** @type {Record<TransportName, Transport>} */
const LADDER = { WebSocket: websocket, SSE: sse, "long polling": longPolling, polling };
export const TRANSPORTS = /** @type {TransportName[]} */ (Object.keys(LADDER));

/** Failed openings, with HTTP working, before the next rung is tried. */
const PATIENCE = 2;
/** How long a lower rung is kept before the top is tried again. */
const CLIMB_AFTER = 300_000;
/** A connection that lived shorter than this counts as a failed opening: something may accept and cut for ever. */
const STEADY_AFTER = 5_000;

/**
 * @typedef {object} State
 * @property {"idle" | "connecting" | "live" | "waiting" | "paused" | "refused"} name
 * @property {TransportName} transport
 * @property {number} [retryAt] when the next try begins, in ms since the epoch; of `waiting`
 * @property {Problem} [problem] why no further try is made; of `refused`
 */

export class Connection {
  /** @type {State} */
  #state;
  /** @type {string | null} */
  #position = null;
  #rung = 0;
  #failures = 0;
  #opened = 0;
  #backoff = new Backoff();
  #stop = () => {};
  #run = 0;
  /** @type {number | undefined} */
  #timer;
  /** @type {number | undefined} */
  #hiding;

  /**
   * @param {object} options
   * @param {Api} options.api
   * @param {string} options.companyId
   * @param {string | null} [options.since] the last position that was seen
   * @param {TransportName[]} [options.transports] the rungs, best first
   * @param {number} [options.pauseAfter] ms out of sight until it hangs up; it goes on where it stopped when it is seen
   * @param {(event: LedgerEvent) => void} options.onEvent
   * @param {(state: State) => void} [options.onState]
   */
  constructor({ api, companyId, since = null, transports = TRANSPORTS, pauseAfter = Infinity, onEvent, onState = () => {} }) {
    this.api = api;
    this.companyId = companyId;
    this.transports = transports;
    this.pauseAfter = pauseAfter;
    this.onEvent = onEvent;
    this.onState = onState;
    this.#position = since;
    this.#state = { name: "idle", transport: this.#transport };
  }

  get state() {
    return this.#state;
  }

  start() {
    window.addEventListener("online", this.tryNow);
    document.addEventListener("visibilitychange", this.#seen);
    this.#connect();
  }

  stop() {
    window.removeEventListener("online", this.tryNow);
    document.removeEventListener("visibilitychange", this.#seen);
    clearTimeout(this.#hiding);
    this.#hangUp();
    this.#become({ name: "idle" });
  }

  /** Cuts the wait short. */
  tryNow = () => {
    if (this.#state.name === "waiting") this.#connect();
  };

  #seen = () => {
    clearTimeout(this.#hiding);
    if (document.visibilityState === "visible") {
      if (this.#state.name === "paused") this.#connect();
      this.tryNow();
    } else if (this.pauseAfter < Infinity) this.#hiding = window.setTimeout(() => this.#pause(), this.pauseAfter);
  };

  #pause() {
    if (this.#state.name === "refused" || this.#state.name === "idle") return;
    this.#hangUp();
    this.#become({ name: "paused" });
  }

  #connect() {
    this.#hangUp();
    const run = this.#run;
    /** Whatever an earlier stream still has to say is not heard. @param {(...args: any[]) => void} hear */
    const current = (hear) => (/** @type {any[]} */ ...args) => run === this.#run && hear(...args);
    this.#opened = 0;
    this.#become({ name: "connecting" });
    this.#stop = LADDER[this.#transport]({
      api: this.api,
      companyId: this.companyId,
      since: this.#position,
      open: current(() => this.#open()),
      event: current((/** @type {LedgerEvent} */ event) => this.#event(event)),
      position: current((/** @type {string} */ position) => (this.#position = position)),
      close: current((/** @type {Closed} */ why) => this.#closed(why)),
    });
  }

  #open() {
    this.#opened = performance.now();
    this.#become({ name: "live" });
    if (this.#rung > 0) this.#timer = window.setTimeout(() => this.#climb(), CLIMB_AFTER);
  }

  /** @param {LedgerEvent} event */
  #event(event) {
    this.#position = event.position;
    if (event.type !== "ping") this.onEvent(event);
  }

  /** @param {Closed} why */
  async #closed({ fatal }) {
    const lived = this.#opened && performance.now() - this.#opened;
    this.#hangUp();
    if (fatal) return this.#become({ name: "refused", problem: fatal });
    if (lived > STEADY_AFTER) {
      this.#backoff.reset();
      this.#failures = 0;
    }
    const wait = this.#backoff.next();
    this.#become({ name: "waiting", retryAt: Date.now() + wait });
    this.#timer = window.setTimeout(() => this.#connect(), wait);
    if (lived < STEADY_AFTER) await this.#blame();
  }

  /** What fails counts against the transport only where plain HTTP gets through. */
  async #blame() {
    const run = this.#run;
    if (!(await this.api.reachable()) || run !== this.#run) return;
    if (++this.#failures < PATIENCE || this.#rung === this.transports.length - 1) return;
    this.#rung += 1;
    this.#failures = 0;
    this.#backoff.reset();
    this.#connect();
  }

  #climb() {
    this.#rung = 0;
    this.#failures = PATIENCE - 1;
    this.#connect();
  }

  #hangUp() {
    clearTimeout(this.#timer);
    this.#run += 1;
    this.#stop();
    this.#stop = () => {};
  }

  get #transport() {
    return /** @type {TransportName} */ (this.transports[this.#rung]);
  }

  /** @param {Omit<State, "transport">} state */
  #become(state) {
    this.#state = { ...state, transport: this.#transport };
    this.onState(this.#state);
  }
}
