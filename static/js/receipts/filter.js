/** Which receipts are looked at, as it stands in the address and in a query. @import { Receipt } from "../contract-receipts.js" */

/** @typedef {"review" | "ready" | "confirmed" | "all"} Tab */
/**
 * @typedef {object} Filter
 * @property {Tab} tab
 * @property {string} text
 * @property {string} date_from
 * @property {string} date_to
 * @property {string} attached "true", "false" or nothing
 * @property {string} duplicate the same
 * @property {string} job_id
 */

/** @type {Tab[]} */
export const TABS = ["review", "ready", "confirmed", "all"];
const NAMES = /** @type {const} */ (["text", "date_from", "date_to", "attached", "duplicate", "job_id"]);
/** @type {Filter} */
export const EMPTY = { tab: "all", text: "", date_from: "", date_to: "", attached: "", duplicate: "", job_id: "" };

/** @param {Record<string, string>} rest what the address says beside company and page @returns {Filter} */
export function readFilter(rest) {
  const tab = TABS.find((one) => one === rest["tab"]) ?? "all";
  const given = Object.fromEntries(NAMES.map((name) => [name, rest[name]?.trim() ?? ""]));
  return { ...EMPTY, ...given, tab };
}

/** @param {Filter} filter @returns {Record<string, string>} */
export function writeFilter(filter) {
  const given = Object.fromEntries(NAMES.filter((name) => filter[name]).map((name) => [name, filter[name]]));
  return filter.tab === "all" ? given : { tab: filter.tab, ...given };
}

/** The filter as the server takes it. @param {Filter} filter @param {Tab} [tab] @returns {Record<string, string | string[]>} */
export function wanted(filter, tab = filter.tab) {
  const given = Object.fromEntries(NAMES.filter((name) => filter[name]).map((name) => [name, filter[name]]));
  return tab === "all" ? given : { state: [tab], ...given };
}

/** How many conditions there are beside the tab and the text, which are always to be seen. @param {Filter} filter */
export function conditionCount(filter) {
  return NAMES.filter((name) => name !== "text" && filter[name]).length;
}

/** @param {Filter} a @param {Filter} b */
export function isSame(a, b) {
  return a.tab === b.tab && NAMES.every((name) => a[name] === b[name]);
}

/** Whether a receipt that has changed still belongs into the list; its text has not. @param {Filter} filter @param {Receipt} receipt */
export function fits(filter, { state, transaction_ids, duplicate_of, date }) {
  if (filter.tab !== "all" && filter.tab !== state) return false;
  if (filter.attached && filter.attached !== String(transaction_ids.length > 0)) return false;
  if (filter.duplicate && filter.duplicate !== String(duplicate_of !== null)) return false;
  if (filter.date_from && (!date || date < filter.date_from)) return false;
  return !filter.date_to || (date !== null && date <= filter.date_to);
}
