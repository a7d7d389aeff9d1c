/**
 * Finding an account of the chart by what is typed: beginnings of words count most, in any order.
 * @import { Account } from "../contract-books.js"
 */

/** @param {Account[]} accounts @param {string} typed @returns {Account[]} the likeliest first; all of them for nothing typed */
export function rank(accounts, typed) {
  const words = fold(typed).split(" ").filter(Boolean);
  if (!words.length) return accounts;
  const scored = accounts.map((account) => ({ account, score: score(account, words, fold(typed)) }));
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ account }) => account);
}

/** @param {Account} account @param {string[]} words @param {string} typed */
function score({ code, name }, words, typed) {
  const folded = fold(name);
  if (folded.startsWith(typed)) return 4;
  if (fold(code).startsWith(typed)) return 3;
  const parts = folded.split(/[^\p{L}\p{N}]+/u);
  if (words.every((word) => parts.some((one) => one.startsWith(word)))) return 2;
  return words.every((word) => folded.includes(word)) ? 1 : 0;
}

/** Without case and accents: whoever types "cafe" means "Café". @param {string} text */
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim().replace(/\s+/g, " ");
}
