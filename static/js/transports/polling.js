/**
 * The last rung: ask, wait up to 20 s for an answer, ask again. Passes wherever plain HTTP does.
 * @import { Events } from "../contract.js"
 * @import { Closed, Transport, Watch } from "./transport.js"
 */
import { problemFrom, query } from "../api.js";
import { eventsUrl, isFatal } from "./transport.js";

const WAIT = 20;
/** Between two answers, so that a busy company does not become a busy loop. */
const PAUSE = 250;

/** @type {Transport} */
export function polling(watch) {
  const abort = new AbortController();
  let stopped = false;
  ask(watch, abort.signal)
    .catch(() => ({}))
    .then((why) => {
      if (!stopped) watch.close(why);
    });
  return () => {
    stopped = true;
    abort.abort();
  };
}

/** @param {Watch} watch @param {AbortSignal} signal @returns {Promise<Closed>} */
async function ask(watch, signal) {
  let since = watch.since;
  for (let first = true; !signal.aborted; first = false) {
    const response = await fetch(eventsUrl(watch) + query({ since, wait: first ? 0 : WAIT }), {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.any([signal, AbortSignal.timeout((WAIT + 10) * 1000)]),
    });
    if (!response.ok) {
      return { fatal: isFatal(response.status) ? problemFrom(await response.text(), response.status) : null };
    }
    const answer = /** @type {Events} */ (await response.json());
    if (first) watch.open();
    deliver(answer, watch);
    since = answer.position;
    await new Promise((go) => setTimeout(go, PAUSE));
  }
  return {};
}

/** @param {Events} answer @param {Watch} watch */
function deliver({ position, snapshot, events }, watch) {
  if (snapshot) watch.event(snapshot);
  for (const event of events) watch.event(event);
  watch.position(position);
}
