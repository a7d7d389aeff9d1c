/**
 * The conditions of a filter in words.
 * @import { Filter } from "./filter.js"
 */

/** @type {Record<string, Record<string, string>>} */
const WORDS = {
  attached: { true: "Attached", false: "Not attached" },
  duplicate: { true: "Only duplicates", false: "No duplicates" },
};

/** What a condition says, to be read and taken away. @param {Filter} filter @param {(jobId: string) => string} jobTitle @returns {[names: (keyof Filter)[], words: string][]} */
export function conditionWords({ attached, duplicate, job_id, date_from, date_to }, jobTitle) {
  return /** @type {[(keyof Filter)[], string][]} */ ([
    [["job_id"], job_id && `From the pile: ${jobTitle(job_id)}`],
    [["attached"], attached && (WORDS["attached"]?.[attached] ?? attached)],
    [["duplicate"], duplicate && (WORDS["duplicate"]?.[duplicate] ?? duplicate)],
    [["date_from", "date_to"], span(date_from, date_to)],
  ]).filter(([, words]) => words);
}

/** @param {string} from @param {string} to */
function span(from, to) {
  if (from && to) return `${from} to ${to}`;
  return from ? `From ${from}` : to && `Up to ${to}`;
}
