/**
 * Whether what you see is live, and by which transport.
 * @import { State } from "../connection.js"
 */

const WORDS = { idle: "Not connected", connecting: "Connecting…", live: "Live", waiting: "Reconnecting…", paused: "Paused while hidden", refused: "Signed out" };
/** @type {State} */
const IDLE = { name: "idle", transport: "WebSocket" };
const HINTS = {
  WebSocket: "Updates arrive over a WebSocket.",
  SSE: "WebSockets are blocked on the way, so updates arrive over Server-Sent Events. Nothing is lost.",
  "long polling": "Streams are blocked on the way, so the page asks for news and waits for it. Nothing is lost.",
  polling: "Whatever waits is cut off on the way, so the page asks for news every few seconds. Nothing is lost.",
};

export class ConnectionBadge extends HTMLElement {
  #words = document.createElement("span");
  #transport = document.createElement("span");
  #retry = document.createElement("button");

  connectedCallback() {
    this.className = "badge";
    this.setAttribute("role", "status");
    this.#transport.className = "transport";
    this.#retry.type = "button";
    this.#retry.textContent = "Try now";
    this.#retry.addEventListener("click", () => this.dispatchEvent(new Event("try-now", { bubbles: true })));
    this.replaceChildren(this.#words, this.#transport, this.#retry);
    this.state = IDLE;
  }

  /** @param {State} state */
  set state({ name, transport }) {
    this.dataset["state"] = name;
    this.dataset["transport"] = transport;
    this.#words.textContent = WORDS[name];
    this.#transport.textContent = name === "live" ? transport : "";
    this.#retry.hidden = name !== "waiting";
    this.title = name === "live" ? HINTS[transport] : "";
  }
}

customElements.define("connection-badge", ConnectionBadge);
