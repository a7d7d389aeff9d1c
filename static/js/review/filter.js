/**
 * Which lines are looked at: a tab and conditions, as they stand in the address, in a query and in a submission.
 * @import { Source, State, TransactionFilter } from "../contract-books.js"
 * @import { Line } from "./ordered-lines.js"
 */

/** @typedef {"review" | "ready" | "approved" | "all"} Tab */
/**
 * @typedef {object} Filter
 * @property {Tab} tab
 * @property {string} text
 * @property {string} category
 * @property {string} source
 * @property {string} account_id
 * @property {string} job_id
 * @property {string} merchant_key
 * @property {string} date_from
 * @property {string} date_to
 * @property {string} amount_min
 * @property {string} amount_max
 */

/** @type {Record<Tab, State[] | null>} */
export const STATES = { review: ["review"], ready: ["proposed"], approved: ["approved", "exported"], all: null };
/** @type {Tab[]} */
export const TABS = ["review", "ready", "approved", "all"];
/** States that a person may still decide. @type {State[]} */
export const OPEN = ["imported", "review", "proposed"];

const NAMES = /** @type {const} */ ([
  ...["text", "category", "source", "account_id", "job_id", "merchant_key"],
  ...["date_from", "date_to", "amount_min", "amount_max"],
]);
/** @type {Filter} */
export const EMPTY = {
  ...{ tab: "review", text: "", category: "", source: "", account_id: "", job_id: "", merchant_key: "" },
  ...{ date_from: "", date_to: "", amount_min: "", amount_max: "" },
};

/** @param {Record<string, string>} rest what the address says beside company and page @returns {Filter} */
export function readFilter(rest) {
  const tab = TABS.find((one) => one === rest["tab"]) ?? "review";
  const given = Object.fromEntries(NAMES.map((name) => [name, rest[name]?.trim() ?? ""]));
  return { ...EMPTY, ...given, tab };
}

/** @param {Filter} filter @returns {Record<string, string>} */
export function writeFilter(filter) {
  const given = Object.fromEntries(conditionsOf(filter));
  return filter.tab === "review" ? given : { tab: filter.tab, ...given };
}

/** The filter as the server takes it. @param {Filter} filter @param {Tab} [tab] @returns {TransactionFilter} */
export function wanted(filter, tab = filter.tab) {
  const { source, ...plain } = Object.fromEntries(conditionsOf(filter));
  const states = STATES[tab];
  return { ...(states && { state: states }), ...plain, ...(source && { source: [/** @type {Source} */ (source)] }) };
}

/** How many conditions there are beside the tab and the text, which are always to be seen. @param {Filter} filter */
export function conditionCount(filter) {
  return conditionsOf(filter).filter(([name]) => name !== "text").length;
}

/** @param {Filter} a @param {Filter} b */
export function isSame(a, b) {
  return a.tab === b.tab && NAMES.every((name) => a[name] === b[name]);
}

/**
 * Whether a line belongs into the list, as far as can be told here; null where only the server knows.
 * @param {Filter} filter
 * @param {Line} line
 */
export function fits(filter, line) {
  if (!within(filter, line)) return false;
  const unknown = !line.account_id && (filter.account_id || filter.merchant_key);
  if (unknown) return null;
  const { account_id, merchant_key } = filter;
  return (!account_id || account_id === line.account_id) && (!merchant_key || merchant_key === line.merchant_key);
}

/** @param {Filter} filter @param {Line} line */
function within(filter, { state, description, category, source, job_id, date, amount }) {
  const states = STATES[filter.tab];
  if (states && !states.some((one) => one === state)) return false;
  if (filter.text && !normalised(description).includes(normalised(filter.text))) return false;
  if (filter.category && filter.category !== category) return false;
  if (filter.source && filter.source !== source) return false;
  if (filter.job_id && filter.job_id !== job_id) return false;
  if ((filter.date_from && date < filter.date_from) || (filter.date_to && date > filter.date_to)) return false;
  if (filter.amount_min && Number(amount) < Number(filter.amount_min)) return false;
  return !filter.amount_max || Number(amount) <= Number(filter.amount_max);
}

/** @param {string} text */
function normalised(text) {
  return text.normalize("NFKC").toUpperCase().split(/\s+/).filter(Boolean).join(" ");
}

/** @param {Filter} filter @returns {[string, string][]} */
function conditionsOf(filter) {
  return NAMES.filter((name) => filter[name]).map((name) => [name, filter[name]]);
}
