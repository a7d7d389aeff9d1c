/**
 * How the first rows of a file would be read under an answer, for a person to see its effect before the file is sent.
 * The server reads files; what this knows less well than the server is left open rather than shown wrong: a cell is
 * read here only where this reading of the server's own proposal agrees with the server's.
 *
 * @import { ColumnMapping, MappingProposal } from "../contract-statements.js"
 */

/** @typedef {{line_no: number, date: string | null, amount: string | null, description: string, leftOut: boolean}} Reading `null` where only the server can tell */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** @param {MappingProposal} proposal @param {ColumnMapping} mapping @returns {Reading[]} */
export function readRows(proposal, mapping) {
  const told = new Map(proposal.lines.map((line) => [line.line_no, line]));
  const cells = new Map(proposal.columns.map(({ ref }, index) => [ref, index]));
  return proposal.rows.flatMap((row) => {
    /** @param {string | null | undefined} ref */
    const cell = (ref) => row.cells[cells.get(ref ?? "") ?? -1]?.trim() ?? "";
    const server = told.get(row.line_no);
    const posting = postingOf(mapping, cell);
    // Totals and the like are no lines, and only the server knows them.
    if (row.line_no <= proposal.header_line || !(server || posting === "posted")) return [];
    const then = read(proposal.mapping, cell);
    const now = read(mapping, cell);
    const date = settled(server?.date, then.date, now.date);
    const amount = settled(server?.amount, then.amount, now.amount);
    const description = now.description || (server?.description ?? "");
    return [{ line_no: row.line_no, date, amount, description, leftOut: posting === "unposted" }];
  });
}

/** Whether a line is said to be posted or not, by the words of an answer. @param {ColumnMapping} mapping @param {(ref: string | null | undefined) => string} cell */
function postingOf({ status, posted, unposted }, cell) {
  const word = cell(status).toUpperCase();
  if (!word) return "";
  if (unposted?.some((one) => one.toUpperCase() === word)) return "unposted";
  return posted?.some((one) => one.toUpperCase() === word) ? "posted" : "";
}

/** @param {string | undefined} server @param {string | null} then @param {string | null} now */
function settled(server, then, now) {
  if (server === undefined) return null;
  if (then === now) return server;
  return then !== null && isSame(then, server) ? now : null;
}

/** @param {string} a @param {string} b */
function isSame(a, b) {
  return a === b || (Number(a) === Number(b) && a.trim() !== "" && b.trim() !== "");
}

/** @param {ColumnMapping} mapping @param {(ref: string | null | undefined) => string} cell */
function read(mapping, cell) {
  return {
    date: readDate(cell(mapping.date), mapping.date_order ?? null, mapping.year ?? null),
    amount: readMoney(mapping, cell),
    description: (mapping.description ?? []).map(cell).filter(Boolean).join(" "),
  };
}

/** @param {string} text @param {"dmy" | "mdy" | "ymd" | null} order @param {number | null} year */
export function readDate(text, order, year) {
  const word = /\p{L}{3,}/u.exec(text)?.[0].slice(0, 3).toLowerCase();
  const month = word ? MONTHS.indexOf(word) + 1 : 0;
  /** @type {string[]} */
  let parts = text.replace(/\d{1,2}:\d{2}.*$/, "").match(/\d+/g) ?? [];
  if (parts.length === 1 && /^\d{8}$/.test(parts[0] ?? "")) parts = eight(parts[0] ?? "", order);
  const numbers = parts.map(Number);
  if (month) return iso(named(numbers, month, year));
  const [a = 0, b = 0, c = year ?? 0] = numbers;
  if ((parts[0]?.length ?? 0) === 4 || order === "ymd") return iso([a, b, c]);
  return order === null ? null : iso(order === "dmy" ? [c, b, a] : [c, a, b]);
}

/** @param {string} digits @param {"dmy" | "mdy" | "ymd" | null} order */
function eight(digits, order) {
  const cuts = order === "dmy" || order === "mdy" ? [2, 4] : [4, 6];
  return [digits.slice(0, cuts[0]), digits.slice(cuts[0], cuts[1]), digits.slice(cuts[1])];
}

/** @param {number[]} numbers beside the month @param {number} month @param {number | null} year @returns {[number, number, number]} */
function named(numbers, month, year) {
  const [first = 0, second = year ?? 0] = numbers;
  return first > 31 ? [first, month, second] : [second, month, first];
}

/** @param {[number, number, number]} date */
function iso([year, month, day]) {
  const full = year < 100 ? 2000 + year : year;
  const date = new Date(Date.UTC(full, month - 1, day));
  const isOne = full > 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isOne ? date.toISOString().slice(0, 10) : null;
}

/** @param {ColumnMapping} mapping @param {(ref: string | null | undefined) => string} cell */
function readMoney(mapping, cell) {
  if (mapping.direction || mapping.fees) return null;
  if (mapping.amount) return signed(cell(mapping.amount), mapping);
  const [out, into] = [number(cell(mapping.debit), mapping), number(cell(mapping.credit), mapping)];
  if (into && Number(into.digits) !== 0) return into.digits;
  return out ? negated(out.digits) : null;
}

/** @param {string} text @param {ColumnMapping} mapping */
function signed(text, mapping) {
  const found = number(text, mapping);
  if (!found) return null;
  const { digits, minus, plus } = found;
  if (mapping.sign === "unsigned_out") return plus ? digits : negated(digits);
  return minus !== (mapping.sign === "reversed") ? negated(digits) : digits;
}

/** @param {string} digits */
function negated(digits) {
  return Number(digits) === 0 ? digits : `-${digits}`;
}

/** @param {string} text @param {ColumnMapping} mapping */
export function number(text, { decimal }) {
  const minus = /^\s*\(.*\)\s*$|[-−–]|\bDR?\b/i.test(text);
  const plus = /\+|\bCR?\b/i.test(text);
  const point = decimal ?? (/,\d{1,2}\D*$/.test(text) ? "," : ".");
  const kept = text.replace(point === "," ? /[^\d,]/g : /[^\d.]/g, "").replace(",", ".");
  return /^\d*\.?\d+$|^\d+\.$/.test(kept) ? { digits: kept.replace(/\.$/, "").replace(/^\./, "0."), minus, plus } : null;
}
