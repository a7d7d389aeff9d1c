/**
 * The first rung: one socket, subprotocol `ledgerwire.v1`, one JSON event per text frame.
 * @import { ClientPing, Reply, SocketError, Subscribe } from "../contract.js"
 * @import { Transport, Watch } from "./transport.js"
 */
import { Deadline, isFatal, OPEN_WITHIN, SILENT_FOR } from "./transport.js";

const PROTOCOL = "ledgerwire.v1";
const PING_EVERY = 15_000;

/** @type {Transport} */
export function websocket(watch) {
  const socket = new WebSocket(`${watch.baseUrl.replace(/^http/, "ws")}/api/ws`, [PROTOCOL]);
  const deadline = new Deadline(() => end({}));
  const pings = window.setInterval(() => say(socket, { type: "ping" }), PING_EVERY);
  let over = false;

  /** @param {import("./transport.js").Closed | null} why */
  function end(why) {
    if (over) return;
    over = true;
    deadline.clear();
    clearInterval(pings);
    socket.close();
    if (why) watch.close(why);
  }

  deadline.set(OPEN_WITHIN);
  socket.onopen = () => say(socket, subscription(watch));
  socket.onclose = ({ code, reason }) => end({ fatal: isFatal(code) ? { title: reason || "Signed out", status: code - 4000 } : null });
  socket.onmessage = ({ data }) => {
    if (over) return;
    deadline.set(SILENT_FOR);
    const reply = /** @type {Reply} */ (JSON.parse(data));
    if (reply.type === "error") end({ fatal: refusal(reply) });
    else if (reply.type === "subscribed") watch.open();
    else if ("position" in reply) watch.event(reply);
  };
  return () => end(null);
}

/** @param {Watch} watch @returns {Subscribe} */
function subscription({ companyId, since }) {
  return { type: "subscribe", id: 1, company_id: companyId, job_id: null, since };
}

/** @param {SocketError} reply */
function refusal({ title, status, detail, errors }) {
  return isFatal(status) ? { title, status, detail, errors } : null;
}

/** @param {WebSocket} socket @param {Subscribe | ClientPing} message */
function say(socket, message) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}
