/** Moments as people read them: in the browser's time zone, with UTC in full under the pointer. Bank days are no moments: see format.js. */
import { exactTime } from "./format.js";

/** "2026-11-27 09:33:59 UTC", as logs and colleagues elsewhere have it. @param {string} instant */
export function inUtc(instant) {
  return `${new Date(instant).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/**
 * A `<time>` to stand among words.
 * @param {string} instant
 * @param {(instant: string) => string} [words] what is read: the exact time, if left out
 */
export function moment(instant, words = exactTime) {
  const time = document.createElement("time");
  time.dateTime = new Date(instant).toISOString();
  time.title = inUtc(instant);
  time.textContent = words(instant);
  return time;
}
