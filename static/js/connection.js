/**
 * One company's events, kept alive: resumes by position, waits between tries, and falls down the ladder
 * WebSocket → SSE → polling when a transport is blocked while plain HTTP works.
 *
 *     const connection = new Connection({ api, companyId: "acme", onEvent, onState });
 *     connection.start();
 *
 * @import { Api } from "./api.js"
 * @import { LedgerEvent, Problem } from "./contract.js"
 * @import { Closed, Transport } from "./transports/transport.js"
 */
import { Backoff } from "./backoff.js";
import { polling } from "./transports/polling.js";
import { sse } from "./transports/sse.js";
import { websocket } from "./transports/websocket.js";

/** @typedef {"WebSocket" | "SSE" | "polling"} TransportName */
/** @type {[TransportName, Transport][]} */
const LADDER = [
  ["WebSocket", websocket],
  ["SSE", sse],
  ["polling", polling],
];

/** Failed openings, with HTTP working, before the next rung is tried. */
const PATIENCE = 2;
/** How long a lower rung is kept before the top is tried again. */
const CLIMB_AFTER = 300_000;
/** A connection that lived shorter than this does not reset the backoff: the server may accept and close for ever. */
const STEADY_AFTER = 5_000;

/**
 * @typedef {object} State
 * @property {"idle" | "connecting" | "live" | "waiting" | "refused"} name
 * @property {TransportName} transport
 * @property {number} [retryAt] when the next try begins, in ms since the epoch; of `waiting`
 * @property {Problem} [problem] why no further try is made; of `refused`
 */

export class Connection {
  /** @type {State} */
  #state = { name: "idle", transport: "WebSocket" };
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

  /**
   * @param {object} options
   * @param {Api} options.api
   * @param {string} options.companyId
   * @param {(event: LedgerEvent) => void} options.onEvent
   * @param {(state: State) => void} [options.onState]
   */
  constructor({ api, companyId, onEvent, onState = () => {} }) {
    this.api = api;
    this.companyId = companyId;
    this.onEvent = onEvent;
    this.onState = onState;
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
    this.#hangUp();
    this.#become({ name: "idle" });
  }

  /** Cuts the wait short. */
  tryNow = () => {
    if (this.#state.name === "waiting") this.#connect();
  };

  #seen = () => {
    if (document.visibilityState === "visible") this.tryNow();
  };

  #connect() {
    this.#hangUp();
    const run = this.#run;
    /** Whatever an earlier stream still has to say is not heard. @param {(...args: any[]) => void} hear */
    const current = (hear) => (/** @type {any[]} */ ...args) => run === this.#run && hear(...args);
    this.#opened = 0;
    this.#become({ name: "connecting" });
    this.#stop = this.#transport[1]({
      baseUrl: this.api.baseUrl,
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
    this.#failures = 0;
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
    if (lived > STEADY_AFTER) this.#backoff.reset();
    const wait = this.#backoff.next();
    this.#become({ name: "waiting", retryAt: Date.now() + wait });
    this.#timer = window.setTimeout(() => this.#connect(), wait);
    if (!lived) await this.#blame();
  }

  /** A failed opening counts against the transport only where plain HTTP gets through. */
  async #blame() {
    const run = this.#run;
    if (!(await this.api.reachable()) || run !== this.#run) return;
    if (++this.#failures < PATIENCE || this.#rung === LADDER.length - 1) return;
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
    return /** @type {[TransportName, Transport]} */ (LADDER[this.#rung]);
  }

  /** @param {Omit<State, "transport">} state */
  #become(state) {
    this.#state = { ...state, transport: this.#transport[0] };
    this.onState(this.#state);
  }
}
