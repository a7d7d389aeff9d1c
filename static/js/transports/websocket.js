/**
 * The first rung: one socket for all that a client watches, subprotocol `ledgerwire.v1`, one JSON event per text frame.
 * @import { Api } from "../api.js"
 * @import { Authenticate, ClientPing, LedgerEvent, Problem, Reply, SocketError, Subscribe, Unsubscribe } from "../contract.js"
 * @import { Closed, Transport, Watch } from "./transport.js"
 */
import { endOf } from "../tokens.js";
import { Deadline, isFatal, OPEN_WITHIN, SILENT_FOR } from "./transport.js";

const PROTOCOL = "ledgerwire.v1";
const PING_EVERY = 15_000;
/** A token is replaced this long before it ends, so that the socket keeps its place. */
const AHEAD = 15_000;
const SELDOM = 30_000;
/** A timer of more milliseconds fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The line of each client, as long as somebody is on it. @type {WeakMap<Api, Line>} */
const lines = new WeakMap();

/** @type {Transport} */
export function websocket(watch) {
  let line = lines.get(watch.api);
  if (!line) lines.set(watch.api, (line = new Line(watch.api)));
  return line.join(watch);
}

class Line {
  /** @type {Map<number, Watch>} */
  #watches = new Map();
  #next = 1;
  #isReady = false;
  #isOver = false;
  #sentFresh = false;
  /** What the server says before it closes. @type {Problem | null} */
  #goodbye = null;
  #renewal = 0;
  #deadline = new Deadline(() => this.#end({}));
  #pings = window.setInterval(() => this.#say({ type: "ping" }), PING_EVERY);

  /** @param {Api} api */
  constructor(api) {
    this.api = api;
    this.socket = new WebSocket(`${api.baseUrl.replace(/^http/, "ws")}/api/ws`, [PROTOCOL]);
    this.#deadline.set(OPEN_WITHIN);
    this.socket.onopen = () => (api.getToken ? this.#introduce(false) : this.#ready());
    this.socket.onclose = ({ code, reason }) => this.#end(this.#reading(code, reason));
    this.socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
  }

  /** @param {Watch} watch @returns {() => void} how to leave */
  join(watch) {
    const id = this.#next++;
    this.#watches.set(id, watch);
    if (this.#isReady) this.#subscribe(id, watch);
    return () => this.#leave(id);
  }

  /** @param {number} id */
  #leave(id) {
    if (!this.#watches.delete(id) || this.#isOver) return;
    if (this.#watches.size === 0) this.#end({});
    else if (this.#isReady) this.#say({ type: "unsubscribe", id });
  }

  /** @param {boolean} fresh whether the token in use is to be replaced */
  async #introduce(fresh) {
    try {
      this.#sentFresh = fresh || !this.api.hasToken;
      let token = (await this.api.token({ fresh })) ?? "";
      const end = endOf(token);
      if (!this.#sentFresh && end !== null && end <= Date.now()) {
        this.#sentFresh = true;
        token = (await this.api.token({ fresh: true })) ?? "";
      }
      if (this.#isOver) return;
      this.#say({ type: "authenticate", token });
      this.#renewBefore(endOf(token));
    } catch {
      // Whoever brings tokens could not: the one in use goes on until it ends.
      if (!this.#isReady) this.#end({});
    }
  }

  /** @param {number | null} end */
  #renewBefore(end) {
    window.clearTimeout(this.#renewal);
    if (end === null) return;
    const left = end - Date.now();
    // By a clock that goes ahead every token has ended: then not more often than that.
    const wait = left <= 0 ? SELDOM : left > 2 * AHEAD ? left - AHEAD : left / 2;
    this.#renewal = window.setTimeout(() => this.#introduce(true), Math.min(Math.max(wait, 500), LONGEST_TIMER));
  }

  #ready() {
    if (this.#isReady) return;
    this.#isReady = true;
    for (const [id, watch] of this.#watches) this.#subscribe(id, watch);
  }

  /** @param {number} id @param {Watch} watch */
  #subscribe(id, { companyId, since }) {
    this.#say({ type: "subscribe", id, company_id: companyId, job_id: null, since });
  }

  /** @param {Reply} reply */
  #hear(reply) {
    if (this.#isOver) return;
    this.#deadline.set(SILENT_FOR);
    if (reply.type === "authenticated") this.#ready();
    else if (reply.type === "subscribed") this.#watches.get(reply.id)?.open();
    else if (reply.type === "error") this.#refused(reply);
    else if ("position" in reply) for (const watch of this.#wanting(reply)) watch.event(reply);
  }

  /** @param {LedgerEvent} event */
  #wanting(event) {
    if (event.type === "snapshot" && event.id !== null) return [this.#watches.get(event.id)].filter((one) => one !== undefined);
    return [...this.#watches.values()].filter(({ companyId }) => companyId === event.company_id);
  }

  /** @param {SocketError} reply */
  #refused({ id, title, status, detail, errors }) {
    const fatal = isFatal(status) ? { title, status, detail, errors } : null;
    if (id === null) this.#goodbye = fatal;
    const watch = id === null ? null : this.#watches.get(id);
    if (watch) {
      this.#leave(/** @type {number} */ (id));
      watch.close({ fatal });
    } else if (!this.#isReady) {
      this.api.forgetToken();
      this.#end({ fatal: this.#sentFresh ? fatal : null });
    }
  }

  /** @param {number} code @param {string} reason @returns {Closed} */
  #reading(code, reason) {
    // A token that has run out on an open line, or was an old one, is replaced on the next one.
    const isFinal = isFatal(code) && !(code === 4401 && this.api.getToken && (this.#isReady || !this.#sentFresh));
    if (code === 4401) this.api.forgetToken();
    return { fatal: isFinal ? (this.#goodbye ?? { title: reason || "Signed out", status: code - 4000 }) : null };
  }

  /** @param {Closed} why */
  #end(why) {
    if (this.#isOver) return;
    this.#isOver = true;
    if (lines.get(this.api) === this) lines.delete(this.api);
    this.#deadline.clear();
    window.clearInterval(this.#pings);
    window.clearTimeout(this.#renewal);
    this.socket.close();
    for (const watch of this.#watches.values()) watch.close(why);
    this.#watches.clear();
  }

  /** @param {Subscribe | Unsubscribe | Authenticate | ClientPing} message */
  #say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
