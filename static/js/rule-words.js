/**
 * A rule's conditions as people say them.
 * @import { NewRule, Rule } from "./contract-books.js"
 */

/** @param {NewRule | Rule} rule @param {string} [account] what its bank account is called */
export function ruleWords({ match, pattern, sign, amount_min, amount_max, account_id }, account) {
  return [
    match && `contains ${match}`,
    pattern && `matches /${pattern}/`,
    sign === -1 && "money out",
    sign === 1 && "money in",
    amountWords(amount_min, amount_max),
    account_id && `in ${account || "one account"}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** @param {string | null} from @param {string | null} to */
function amountWords(from, to) {
  if (from && to) return from === to ? `exactly ${from}` : `${from} to ${to}`;
  if (from) return `${from} or more`;
  return to ? `${to} or less` : "";
}
