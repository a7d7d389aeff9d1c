/**
 * The conditions of a filter in words.
 * @import { Filter } from "./filter.js"
 */
import { fullDay } from "../format.js";
import { kindWord } from "../words.js";

/** @type {Record<string, string>} */
export const SPAN_WORDS = { "1h": "In the last hour", "1d": "In the last 24 hours", "7d": "In the last 7 days", "30d": "In the last 30 days" };

/** What a condition says, to be read and taken away. @param {Filter} filter @returns {[names: string[], words: string][]} */
export function conditionWords({ kind, within, from, to }) {
  return /** @type {[string[], string][]} */ ([
    [["kind"], kind && kindWord(kind)],
    [["within"], within && (SPAN_WORDS[within] ?? within)],
    [["from", "to"], days(from, to)],
  ]).filter(([, words]) => words);
}

/** @param {string} from @param {string} to */
function days(from, to) {
  if (from && to) return from === to ? fullDay(from) : `${fullDay(from)} to ${fullDay(to)}`;
  return from ? `From ${fullDay(from)}` : to && `Up to ${fullDay(to)}`;
}
