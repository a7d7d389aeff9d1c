/** The review's logic without a browser; run by test_units.py. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { decimal } from "../../static/js/decimal.js";
import { Acts } from "../../static/js/review/acts.js";
import { failures, tally } from "../../static/js/review/bulk.js";
import { Cursor } from "../../static/js/review/cursor.js";
import { EMPTY, fits, readFilter, wanted, writeFilter } from "../../static/js/review/filter.js";
import { Ledger } from "../../static/js/review/ledger.js";
import { Selection } from "../../static/js/review/selection.js";
import { rank } from "../../static/js/review/typeahead.js";
import { readRoute } from "../../static/js/route.js";

const line = (id, more = {}) => ({
  ...{ transaction_id: id, account_id: "bank", date: "2026-06-01", amount: "-5.00", currency: "USD", description: `SHOP ${id}` },
  ...{ category: null, state: "review", source: null, confidence: null, reason: null, job_id: "job", revision: 1 },
  ...{ merchant_key: "SHOP", approved_at: null, approved_by: null, ...more },
});
const told = (id, more = {}) => {
  const { date, amount, currency, description, category, state } = line(id, more);
  return { transaction_id: id, date, amount, currency, description, category, state, source: "rule", confidence: 1, reason: "rule: x" };
};
/** A server that holds these lines and pages them as the real one does. */
const shelf = (lines) => ({
  asked: [],
  lines,
  async transactions(filter, { limit, cursor }) {
    this.asked.push({ ...filter, limit });
    const newest = [...this.lines].sort((a, b) => (a.date + a.transaction_id < b.date + b.transaction_id ? 1 : -1));
    const found = newest.filter((one) => (!filter.state || filter.state.includes(one.state)) && (!filter.date_to || one.date <= filter.date_to));
    const start = Number(cursor ?? 0);
    return { data: found.slice(start, start + limit), next_cursor: start + limit < found.length ? String(start + limit) : null, total: found.length, at: "2026-06-02T10:00:00.000Z" };
  },
});
const open = async (lines, filter = EMPTY) => {
  const books = shelf(lines);
  const ledger = new Ledger(books, filter, () => "2026-06-02T10:00:00.400Z");
  await ledger.reload();
  return { books, ledger };
};
const ids = (ledger) => ledger.lines.map((one) => one.transaction_id).join("");
const settled = () => new Promise((done) => setTimeout(done));

test("an address and a filter are one another's picture", () => {
  const rest = { tab: "ready", text: "uber", source: "rule", amount_max: "-5" };
  const filter = readFilter(rest);
  assert.deepEqual(writeFilter(filter), rest);
  assert.deepEqual(wanted(filter), { state: ["proposed"], text: "uber", amount_max: "-5", source: ["rule"] });
  assert.deepEqual(wanted(readFilter({ tab: "all" })), {});
  assert.equal(readFilter({ tab: "nonsense" }).tab, "review");
  assert.deepEqual(readRoute("?company=demo&page=review&job_id=7"), { companyId: "demo", page: "review", jobId: null, rest: { job_id: "7" } });
});

test("whether a line fits is told as far as it can be known", () => {
  const filter = readFilter({ text: "shöp  A", date_from: "2026-06-01", amount_min: "-10" });
  assert.equal(fits(filter, line("a", { description: "the SHÖP a" })), true);
  assert.equal(fits(filter, line("a", { description: "the SHÖP a", amount: "-10.01" })), false);
  assert.equal(fits(readFilter({ account_id: "bank" }), line("a", { account_id: "" })), null);
});

test("a range runs from the last line touched, and leaving one out of all leaves the loaded others", () => {
  const selection = new Selection();
  const shown = ["a", "b", "c", "d"];
  selection.toggle("b", shown);
  selection.extend("d", shown);
  assert.deepEqual(selection.ids, ["b", "c", "d"]);
  selection.chooseAll(1234, "2026-06-01T00:00:00Z");
  assert.equal(selection.size, 1234);
  assert.ok(selection.has("whatever"));
  selection.toggle("c", shown);
  assert.deepEqual(selection.ids, ["a", "b", "d"]);
  assert.equal(selection.all, null);
});

test("typing finds accounts by the beginnings of their words", () => {
  const accounts = ["Meals and entertainment", "Materials and maintenance", "Café and bar", "Travel"].map((name, index) => ({ code: `6${index}00`, name }));
  const found = (typed) => rank(accounts, typed).map(({ name }) => name);
  assert.deepEqual(found("m"), ["Meals and entertainment", "Materials and maintenance"]);
  assert.deepEqual(found("ent me"), ["Meals and entertainment"]);
  assert.deepEqual(found("CAFE"), ["Café and bar"]);
  assert.deepEqual(found("63"), ["Travel"]);
  assert.deepEqual(found("zzz"), []);
});

test("an amount is taken as people of many countries write it", () => {
  const typed = { "−1,234.50": "-1234.50", "1.234,50": "1234.50", "$ 12": "12", "12,5": "12.5", "": "", "1,234": "1234" };
  for (const [text, amount] of Object.entries(typed)) assert.equal(decimal(text), amount, text);
  assert.equal(decimal("twelve"), null);
});

test("new lines take their place, or wait while somebody is reading", async () => {
  const { ledger } = await open([line("b"), line("d")]);
  ledger.hear([told("c"), told("x", { state: "proposed" })], "job");
  await settled();
  assert.equal(ids(ledger), "dcb");
  ledger.hold(true);
  ledger.hear([told("e"), told("b", { category: "Travel" })], "job");
  await settled();
  assert.equal(ids(ledger), "dcb");
  assert.equal(ledger.waiting, 1);
  assert.equal(ledger.get("b").category, "Travel");
  assert.equal(ledger.get("b").revision, null, "what it is now, only the server knows");
  ledger.hold(false);
  assert.equal(ids(ledger), "edcb");
});

test("a quiet reload while somebody reads brings news of what is seen and holds back what is above", async () => {
  const { books, ledger } = await open([line("a"), line("b"), line("c")]);
  ledger.hold(true);
  books.lines = [line("a", { revision: 5 }), line("c"), line("d"), line("z", { date: "2026-07-01" })];
  await ledger.reload();
  assert.equal(ids(ledger), "ca");
  assert.equal(ledger.get("a").revision, 5);
  assert.equal(ledger.waiting, 1, "of the same day; what is newer is counted when it is shown");
  assert.equal(ledger.total, 4);
  await ledger.showNew();
  assert.equal(ids(ledger), "zdca");
});

test("an answer that is older than what a person did brings nothing back", async () => {
  const { books, ledger } = await open([line("a"), line("b")]);
  ledger.settle(line("a", { state: "approved", revision: 2 }));
  assert.equal(ids(ledger), "b");
  await ledger.reload();
  assert.equal(ids(ledger), "b", "the shelf still says revision 1");
  books.lines = [line("b")];
  ledger.restore(line("a", { state: "proposed", revision: 3 }));
  assert.equal(ids(ledger), "ba", "taken back, it stands where it stood, whatever its state");
});

test("a line that a person has just changed stays until they are done with it", async () => {
  const { books, ledger } = await open([line("a"), line("b")]);
  const changed = line("a", { state: "proposed", category: "Travel", revision: 2 });
  ledger.touch(changed);
  books.lines = [line("b"), changed];
  await ledger.reload();
  assert.equal(ids(ledger), "ba");
  ledger.settle({ ...changed, state: "approved", revision: 3 });
  assert.equal(ids(ledger), "b");
});

test("lines that a job approves or removes leave as it tells", async () => {
  const { ledger } = await open([line("a"), line("b"), line("c")]);
  ledger.hearOutcomes([{ transaction_id: "a", outcome: "approved" }, { transaction_id: "b", outcome: "needs_category" }, { transaction_id: "c", outcome: "removed" }]);
  assert.equal(ids(ledger), "b");
  assert.equal(ledger.total, 1);
});

test("as seen at is the end of the last job that was heard of, where the server's clock only tells seconds", async () => {
  const { ledger } = await open([line("a")]);
  assert.equal(ledger.seenAt, "2026-06-02T10:00:00.400Z");
});

test("no line takes the place of a current one that has left, but moving goes on from there", async () => {
  const { ledger } = await open([line("a"), line("b"), line("c")]);
  const cursor = new Cursor(() => ledger);
  cursor.move(1);
  cursor.move(1);
  assert.equal(cursor.id, "b");
  ledger.remove([ledger.get("b")]);
  cursor.settle();
  assert.equal(cursor.id, null);
  cursor.move(1);
  assert.equal(cursor.id, "a");
  cursor.move(-Infinity);
  assert.equal(cursor.id, "c");
});

test("many lines are changed a few at a time, and what was refused is told and not undone", async () => {
  const { ledger } = await open(["a", "b", "c"].map((id) => line(id)), { ...EMPTY, tab: "all" });
  let at = 0;
  let most = 0;
  const books = {
    async categorize(id, category, revision) {
      most = Math.max(most, ++at);
      await settled();
      at -= 1;
      if (id === "b") throw new Error("no");
      return { transaction: line(id, { category, revision: revision + 1 }), alike: 0, rule: null };
    },
  };
  const acts = new Acts(books, () => ledger);
  await acts.categorizeMany(ledger.lines.slice(), "Travel");
  assert.deepEqual(ledger.lines.map((one) => one.category), ["Travel", null, "Travel"]);
  assert.match(acts.problem.title, /^1 line could not be changed/);
  assert.ok(most > 1);
  await acts.undo();
  assert.deepEqual(ledger.lines.map((one) => [one.category, one.revision]), [[null, 3], [null, 1], [null, 3]]);
  assert.equal(acts.undoable, false);
});

test("what became of many lines is counted as the result has it, else as far as it was told", () => {
  const lines = [{ transaction_id: "a", outcome: "approved" }, { transaction_id: "b", outcome: "changed" }, { transaction_id: "c", outcome: "locked_period" }];
  const job = { kind: "bulk-approve", result: null };
  assert.deepEqual(tally(job, lines).map(({ word, count, done }) => [word, count, done]), [["Approved", 1, true], ["Changed since you looked", 1, false], ["In a closed period", 1, false]]);
  const ended = { ...job, result: { outcomes: { approved: 700, changed: 2 }, failed: [{ transaction_id: "c", outcome: "locked_period", detail: "Closed through May." }] } };
  assert.deepEqual(tally(ended, lines).map(({ count }) => count), [700, 2]);
  assert.equal(failures(ended, lines).at(-1).detail, "Closed through May.");
});
