/** Which jobs are looked at, as it stands in the address and in a query. @import { Job, Status } from "../contract.js" */

/** @typedef {Status | "all"} Tab */
/**
 * @typedef {object} Filter
 * @property {Tab} tab
 * @property {string} text
 * @property {string} kind
 * @property {string} within how long ago at most: "1h", "1d", "7d", "30d" or nothing
 * @property {string} from the first day, in the browser's zone
 * @property {string} to the last day
 */

/** @type {Tab[]} */
export const TABS = ["all", "pending", "running", "complete", "failed", "cancelled"];
export const NAMES = /** @type {const} */ (["text", "kind", "within", "from", "to"]);
/** @type {Filter} */
export const EMPTY = { tab: "all", text: "", kind: "", within: "", from: "", to: "" };
const HOUR = 3_600_000;
/** @type {Record<string, number>} */
const SPANS = { "1h": HOUR, "1d": 24 * HOUR, "7d": 7 * 24 * HOUR, "30d": 30 * 24 * HOUR };
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @param {Record<string, string>} rest what the address says beside company and page @returns {Filter} */
export function readFilter(rest) {
  const tab = TABS.find((one) => one === rest["status"]) ?? "all";
  const given = Object.fromEntries(NAMES.map((name) => [name, rest[name]?.trim() ?? ""]));
  const filter = { ...EMPTY, ...given, tab };
  // An address may be typed by hand: what no field can show would narrow the list unseen.
  if (!(filter.within in SPANS)) filter.within = "";
  for (const name of /** @type {const} */ (["from", "to"])) if (!isDay(filter[name])) filter[name] = "";
  return filter;
}

/** @param {Filter} filter @returns {Record<string, string>} */
export function writeFilter(filter) {
  const given = Object.fromEntries(NAMES.filter((name) => filter[name]).map((name) => [name, filter[name]]));
  return filter.tab === "all" ? given : { status: filter.tab, ...given };
}

/** The filter as the server takes it. @param {Filter} filter @param {number} [now] */
export function wanted(filter, now = Date.now()) {
  const [after, before] = span(filter, now);
  return {
    status: filter.tab === "all" ? null : [filter.tab],
    kind: filter.kind || null,
    text: filter.text || null,
    created_after: after === null ? null : new Date(after).toISOString(),
    created_before: before === null ? null : new Date(before).toISOString(),
  };
}

/** Whether a job belongs into the list, as far as can be told here: only the server knows its words. @param {Filter} filter @param {Job} job @param {number} [now] */
export function fits(filter, job, now = Date.now()) {
  return (filter.tab === "all" || filter.tab === job.status) && mightFit(filter, job, now);
}

/** Whether it could ever, whatever its status becomes. @param {Filter} filter @param {Job} job @param {number} [now] */
export function mightFit(filter, job, now = Date.now()) {
  const [after, before] = span(filter, now);
  const at = Date.parse(job.created_at);
  if (filter.kind && filter.kind !== job.kind) return false;
  return (after === null || at > after) && (before === null || at <= before);
}

/** How many conditions there are beside the tab and the text, which are always to be seen. @param {Filter} filter */
export function conditionCount(filter) {
  return NAMES.filter((name) => name !== "text" && filter[name]).length;
}

/** @param {Filter} a @param {Filter} b */
export function isSame(a, b) {
  return a.tab === b.tab && NAMES.every((name) => a[name] === b[name]);
}

/** After which and up to which moment. @param {Filter} filter @param {number} now @returns {[number | null, number | null]} */
function span({ within, from, to }, now) {
  const lately = within ? now - (SPANS[within] ?? 0) : null;
  const first = from ? midnight(from, 0) - 1 : null;
  const after = lately === null || first === null ? (lately ?? first) : Math.max(lately, first);
  return [after, to ? midnight(to, 1) - 1 : null];
}

/** Where a day begins here, or one that many days later; days of 23 hours are counted as the calendar does. @param {string} day @param {number} later */
function midnight(day, later) {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + later);
  return date.valueOf();
}

/** @param {string} text */
function isDay(text) {
  return DAY.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00`));
}
