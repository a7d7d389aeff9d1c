/**
 * The last rungs, which pass wherever plain HTTP does: ask and wait up to 20 s for an answer (long polling), or, where
 * something on the way cuts what waits, ask every second, and less often while there is no news (polling).
 * @import { Events } from "../contract.js"
 * @import { Closed, Transport, Watch } from "./transport.js"
 */
import { problemFrom, query } from "../api.js";
import { eventsPath, isFatal } from "./transport.js";

const WAIT = 20;
/** Between two answers, so that a busy company does not become a busy loop. */
const PAUSE = 250;
const OFTEN = 1_000;
const SELDOM = 5_000;
const SLOWER = 1.5;

/** @type {Transport} */
export function longPolling(watch) {
  return repeat(watch, WAIT, () => PAUSE);
}

/** @type {Transport} */
export function polling(watch) {
  let pause = OFTEN;
  return repeat(watch, 0, (hasNews) => (pause = hasNews ? OFTEN : Math.min(SELDOM, pause * SLOWER)));
}

/** @param {Watch} watch @param {number} wait seconds @param {(hasNews: boolean) => number} pauseAfter milliseconds */
function repeat(watch, wait, pauseAfter) {
  const abort = new AbortController();
  let stopped = false;
  ask(watch, abort.signal, wait, pauseAfter)
    .catch(() => ({}))
    .then((why) => {
      if (!stopped) watch.close(why);
    });
  return () => {
    stopped = true;
    abort.abort();
  };
}

/** @param {Watch} watch @param {AbortSignal} signal @param {number} wait @param {(hasNews: boolean) => number} pauseAfter @returns {Promise<Closed>} */
async function ask(watch, signal, wait, pauseAfter) {
  let since = watch.since;
  for (let first = true; !signal.aborted; first = false) {
    const response = await watch.api.send(eventsPath(watch) + query({ since, wait: first ? 0 : wait }), {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.any([signal, AbortSignal.timeout((wait + 10) * 1000)]),
    });
    if (!response.ok) {
      return { fatal: isFatal(response.status) ? problemFrom(await response.text(), response.status) : null };
    }
    const answer = /** @type {Events} */ (await response.json());
    if (first) watch.open();
    deliver(answer, watch);
    since = answer.position;
    const pause = pauseAfter(answer.snapshot !== null || answer.events.length > 0);
    await new Promise((go) => setTimeout(go, pause));
  }
  return {};
}

/** @param {Events} answer @param {Watch} watch */
function deliver({ position, snapshot, events }, watch) {
  if (snapshot) watch.event(snapshot);
  for (const event of events) watch.event(event);
  watch.position(position);
}
