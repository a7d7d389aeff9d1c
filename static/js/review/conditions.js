/**
 * The conditions of a filter in words.
 * @import { Chart } from "../chart.js"
 * @import { Filter } from "./filter.js"
 */
import { sourceWord } from "../words.js";

/** What a condition says, to be read and taken away. @param {Filter} filter @param {Chart} chart @param {(jobId: string) => string} jobTitle @returns {[names: (keyof Filter)[], words: string][]} */
export function conditionWords(filter, chart, jobTitle) {
  const { account_id, category, source, job_id, merchant_key } = filter;
  return /** @type {[(keyof Filter)[], string][]} */ ([
    [["job_id"], job_id && `From ${jobTitle(job_id)}`],
    [["account_id"], account_id && (chart.nameOf(account_id) || "Another account")],
    [["category"], category],
    [["source"], source && `By ${sourceWord(source).toLowerCase()}`],
    [["merchant_key"], merchant_key && `Merchant ${merchant_key}`],
    [["date_from", "date_to"], span(filter.date_from, filter.date_to)],
    [["amount_min", "amount_max"], span(filter.amount_min, filter.amount_max)],
  ]).filter(([, words]) => words);
}

/** @param {string} from @param {string} to */
function span(from, to) {
  if (from && to) return `${from} to ${to}`;
  return from ? `From ${from}` : to && `Up to ${to}`;
}
