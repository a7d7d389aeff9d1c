/**
 * The open lines that a rule may decide, as far as can be asked for by its words and account.
 * @import { BooksApi } from "../books-api.js"
 * @import { Rule } from "../contract-books.js"
 */
import { OPEN } from "./filter.js";

/** Lines that one job decides anew. */
const MOST = 20_000;

/** Their ids, without those that a person has decided. @param {BooksApi} books @param {Rule} rule */
export async function openLinesOf(books, { match, account_id }) {
  /** @type {string[]} */
  const ids = [];
  /** @type {string | null} */
  let cursor = null;
  do {
    const page = await books.transactions({ state: OPEN, text: match, account_id }, { limit: 500, cursor });
    ids.push(...page.data.filter(({ source }) => source !== "person").map((line) => line.transaction_id));
    cursor = page.next_cursor;
  } while (cursor && ids.length < MOST);
  return ids;
}
