/** The models of the activity page, without a browser; run by test_units.py. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { changeAll, isFor, ofAll, ofIds, outcomeWords } from "../../static/js/activity/acts.js";
import { Board } from "../../static/js/activity/board.js";
import { conditionWords } from "../../static/js/activity/conditions.js";
import { EMPTY, fits, readFilter, wanted, writeFilter } from "../../static/js/activity/filter.js";
import { submitCommand, watchCommand } from "../../static/js/curl.js";
import { Lines } from "../../static/js/lines.js";

globalThis.window ??= globalThis;
globalThis.document ??= Object.assign(new EventTarget(), { visibilityState: "visible" });

const NOW = Date.parse("2026-06-10T12:00:00Z");
const at = (minutes) => new Date(NOW - minutes * 60_000).toISOString();
const job = (job_id, more = {}) => ({ job_id, kind: "ocr", version: 1, status: "complete", created_at: at(5), progress: 0, ...more });
const told = (one) => ({ type: "job", company_id: "acme", position: "e.1", job: one });
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A server that lists these jobs. */
class Listing {
  asked = [];
  /** @param {any[]} jobs newest first @param {number} most */
  constructor(jobs, most = 500) {
    this.jobs = jobs;
    this.most = most;
  }

  async list(filter, { limit, cursor, count }) {
    this.asked.push({ ...filter, limit, cursor });
    const start = cursor ? this.jobs.findIndex((one) => one.job_id === cursor) + 1 : 0;
    const data = this.jobs.slice(start, start + Math.min(limit, this.most));
    const more = start + data.length < this.jobs.length;
    return { body: { data, next_cursor: more ? data.at(-1).job_id : null, total: count ? this.jobs.length : null }, at: at(0) };
  }
}

/** @param {any[]} jobs */
async function shown(jobs, filter = {}, most = 500) {
  const listing = new Listing(jobs, most);
  const board = new Board(listing, true);
  board.show({ ...EMPTY, ...filter });
  await settled();
  return { board, listing };
}

// --- the filter -----------------------------------------------------------------------------------------

test("a filter goes into the address and comes back", () => {
  const filter = { tab: "failed", text: "june", kind: "ocr", within: "7d", from: "2026-06-01", to: "2026-06-02" };
  assert.deepEqual(readFilter(writeFilter(filter)), filter);
  assert.deepEqual(writeFilter(EMPTY), {});
});

test("what no field can show narrows nothing", () => {
  const typed = { status: "odd", within: "9y", from: "yesterday", to: "2026-13-01", kind: " ocr " };
  assert.deepEqual(readFilter(typed), { ...EMPTY, kind: "ocr" });
});

test("days are those of the reader's zone, whole", () => {
  const asked = wanted({ ...EMPTY, from: "2026-03-08", to: "2026-03-08" }, NOW);
  // New York: the day on which clocks go forward has 23 hours.
  assert.equal(asked.created_after, "2026-03-08T04:59:59.999Z");
  assert.equal(asked.created_before, "2026-03-09T03:59:59.999Z");
});

test("of two beginnings the later one holds", () => {
  assert.equal(wanted({ ...EMPTY, within: "1h" }, NOW).created_after, at(60));
  assert.equal(wanted({ ...EMPTY, within: "1h", from: "2026-06-01" }, NOW).created_after, at(60));
  assert.ok(wanted({ ...EMPTY, within: "30d", from: "2026-06-09" }, NOW).created_after > at(48 * 60));
});

test("whether a job belongs into the list is told as the server tells it", () => {
  assert.ok(fits({ ...EMPTY, tab: "complete", kind: "ocr", within: "1h" }, job("a"), NOW));
  assert.ok(!fits({ ...EMPTY, tab: "failed" }, job("a"), NOW));
  assert.ok(!fits({ ...EMPTY, kind: "learn" }, job("a"), NOW));
  assert.ok(!fits({ ...EMPTY, within: "1h" }, job("a", { created_at: at(61) }), NOW));
});

test("conditions are said in words", () => {
  assert.deepEqual(conditionWords({ ...EMPTY, kind: "ocr", within: "1d", from: "2026-06-01", to: "2026-06-02" }), [
    [["kind"], "Receipts"],
    [["within"], "In the last 24 hours"],
    [["from", "to"], "Jun 1, 2026 to Jun 2, 2026"],
  ]);
});

// --- the board ------------------------------------------------------------------------------------------

test("a job that is heard of takes its place, and one that no longer fits leaves", async () => {
  const { board } = await shown([job("5"), job("3")]);
  board.hear(told(job("4", { status: "running" })));
  board.hear(told(job("6", { status: "running" })));
  assert.deepEqual(board.ids, ["6", "5", "4", "3"]);
  assert.equal(board.total, 4);
  board.show({ ...EMPTY, tab: "complete" });
  await settled();
  board.selection.toggle("5", board.ids);
  board.hear(told(job("5", { status: "failed", version: 2 })));
  assert.deepEqual([board.ids, board.total, board.selection.size], [["3"], 1, 0]);
});

test("an older version changes nothing", async () => {
  const { board } = await shown([job("5", { version: 7, progress: 50 })]);
  board.hear(told(job("5", { version: 6, progress: 40 })));
  assert.equal(board.get("5").progress, 50);
});

test("what is heard while the list is read is not undone by it, nor lost where it is the first", async () => {
  const board = new Board(new Listing([job("5", { version: 1, progress: 10 })]), true);
  board.show(EMPTY);
  board.hear(told(job("5", { version: 3, progress: 90 })));
  board.hear(told(job("6", { status: "pending" })));
  await settled();
  assert.equal(board.get("5").progress, 90);
  assert.deepEqual([board.ids, board.total], [["6", "5"], 2]);
  board.reload();
  board.hear(told(job("5", { version: 9, progress: 95 })));
  await settled();
  assert.equal(board.get("5").progress, 95);
});

test("on a slow line a reading is taken though more is heard all along", async () => {
  let answer = () => {};
  let asked = 0;
  const board = new Board({ list: () => new Promise((resolve) => ((asked += 1), (answer = () => resolve({ body: { data: [job("5")], next_cursor: null, total: 1 }, at: at(0) })))) }, true);
  board.show({ ...EMPTY, text: "june" });
  for (let again = 0; again < 5; again++) board.reload();
  assert.equal(asked, 1);
  answer();
  await settled();
  assert.deepEqual(board.ids, ["5"]);
  board.close();
});

test("a job beyond what is loaded that leaves the filter, or comes back into it, is read again", async (t) => {
  const jobs = Array.from({ length: 60 }, (_, number) => job(String(99 - number), { status: "pending" }));
  const { board, listing } = await shown(jobs, { tab: "pending" });
  listing.jobs = jobs.slice(0, 59);
  board.hear(told(job("40", { status: "running", progress: 40, version: 2 })));
  const before = listing.asked.length;
  await new Promise((resolve) => board.addEventListener("change", () => board.total === 59 && resolve()));
  assert.equal(listing.asked.length, before + 1);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  board.hear(told(job("40", { status: "running", progress: 41, version: 3 })));
  t.mock.timers.tick(60_000);
  await settled();
  assert.equal(listing.asked.length, before + 1, "its progress is no news");
  board.close();
});

test("an end in an older version is no reason to believe it, but to ask", async () => {
  const { board, listing } = await shown([job("5", { status: "running", version: 1_005 })]);
  listing.jobs = [job("5", { status: "complete", version: 1_000 })];
  board.hear(told(listing.jobs[0]));
  assert.equal(board.get("5").status, "running");
  await new Promise((resolve) => board.addEventListener("change", () => board.get("5").status === "complete" && resolve()));
  board.close();
});

test("all that match are read before they are chosen, and what comes later is not among them", async () => {
  const { board, listing } = await shown([job("5")]);
  listing.jobs = [job("6"), job("5")];
  await board.chooseAll();
  assert.deepEqual([board.selection.size, board.isChosen("6")], [2, true]);
  board.hear(told(job("7", { status: "pending", created_at: at(-1) })));
  assert.deepEqual([board.ids, board.isChosen("7")], [["7", "6", "5"], false]);
});

test("with words in the filter the server is asked whether a job matches", async () => {
  const { board, listing } = await shown([job("5")], { text: "june" });
  listing.jobs.unshift(job("6"));
  board.hear(told(job("6", { status: "pending" })));
  assert.deepEqual(board.ids, ["5"]);
  await new Promise((resolve) => board.addEventListener("change", () => board.ids.length === 2 && resolve()));
  assert.deepEqual(board.ids, ["6", "5"]);
  board.close();
});

test("a list is read on, and anew as far as it was read", async () => {
  const jobs = Array.from({ length: 700 }, (_, number) => job(String(900 - number)));
  const { board, listing } = await shown(jobs);
  assert.equal(board.ids.length, 50);
  for (let more = 0; more < 4; more++) {
    board.more();
    await settled();
  }
  assert.equal(board.ids.length, 700);
  assert.equal(board.next, null);
  listing.jobs = [job("901"), ...jobs];
  board.reload();
  await settled();
  await settled();
  assert.deepEqual([board.ids.length, board.ids[0]], [701, "901"]);
});

test("an answer to an earlier question is not taken", async () => {
  const { board } = await shown([job("5")]);
  board.api = { list: () => new Promise((resolve) => (board.answer = () => resolve({ body: { data: [job("1")], next_cursor: null, total: 1 }, at: null }))) };
  board.show({ ...EMPTY, kind: "learn" });
  const late = board.answer;
  board.api = new Listing([job("9")]);
  board.show({ ...EMPTY, kind: "ocr" });
  await settled();
  late();
  await settled();
  assert.deepEqual(board.ids, ["9"]);
});

// --- what is done to many -------------------------------------------------------------------------------

/** A server that changes these, some at a time. */
const changing = (left, asked) => ({
  async changeSome(verb, filter) {
    asked.push(filter);
    const matched = Math.min(filter.limit, left);
    left -= matched;
    return { matched, changed: matched - 1, next_cursor: left ? `after-${left}` : null };
  },
});

test("many are changed part by part, each going on where the last one ended", async () => {
  const asked = [];
  const seen = [];
  const outcome = await changeAll(changing(120, asked), "cancel", [{ kind: "ocr" }], (done) => seen.push(done.matched) > 0);
  assert.deepEqual(outcome, { matched: 120, changed: 117, stopped: false, problem: null });
  assert.deepEqual(seen, [50, 100, 120]);
  assert.deepEqual(asked.map(({ cursor }) => cursor), [null, "after-70", "after-20"]);
  assert.equal(outcomeWords("cancel", outcome), "117 jobs cancelled, 3 had moved on");
});

test("it is stopped between two parts", async () => {
  const outcome = await changeAll(changing(120, []), "retry", [{}], () => false);
  assert.deepEqual(outcome, { matched: 50, changed: 49, stopped: true, problem: null });
  assert.equal(outcomeWords("retry", outcome), "49 jobs retried, 1 had moved on; stopped before the rest");
});

test("what was done before a part failed is told", async () => {
  const api = changing(120, []);
  const { changeSome } = api;
  api.changeSome = (verb, filter) => (filter.cursor === "after-20" ? Promise.reject(new TypeError("away")) : changeSome(verb, filter));
  const { matched, changed, stopped, problem } = await changeAll(api, "cancel", [{}], () => true);
  assert.deepEqual([matched, changed, stopped], [100, 98, true]);
  assert.equal(typeof problem.title, "string");
});

test("all that match are those that were there when they were looked at", () => {
  const look = { ...wanted(EMPTY, NOW), status: ["failed"], text: "june" };
  assert.deepEqual(ofAll("cancel", look, at(0)), []);
  const [filter] = ofAll("retry", look, at(0));
  assert.deepEqual([filter.status, filter.text, filter.created_before], [["failed"], "june", at(0)]);
  assert.equal(filter.finished_before, at(0), "nor is what has failed since");
  const [earlier] = ofAll("retry", { ...look, created_before: at(60) }, at(0));
  assert.equal(earlier.created_before, at(60));
});

test("a thousand ids go into one filter, and no more", () => {
  const ids = Array.from({ length: 2_001 }, (_, number) => String(number));
  assert.deepEqual(ofIds("cancel", ids).map(({ job_ids }) => job_ids.length), [1_000, 1_000, 1]);
  assert.ok(isFor("cancel", job("a", { status: "running" })));
  assert.ok(!isFor("cancel", job("a", { status: "running", cancel_requested: true })));
});

// --- the inside -----------------------------------------------------------------------------------------

/** What a shell makes of a command: its words. @param {string} command */
function words(command) {
  const script = `set -- ${command.replace(/^curl/, "")}; for word; do printf '%s\\0' "$word"; done`;
  return execFileSync("sh", ["-c", script], { env: { LEDGERWIRE_API_KEY: "lw_key" } }).toString().split("\0").slice(0, -1);
}

test("a command is one word where it says one, whatever stands in a name", () => {
  const name = `it's "$(touch /tmp/x)"; \\ , .csv`;
  const params = { kind: "upload-and-categorize", company_id: "a'b", file: { name, sha256: "0", size: 1 }, account_id: null, mapping: { date: "A" } };
  assert.deepEqual(words(submitCommand({ kind: "upload-and-categorize" }, params, "http://here")), [
    "-X", "POST", "http://here/api/jobs/upload-and-categorize", "-H", "Authorization: Bearer lw_key",
    "--form-string", "company_id=a'b",
    "-F", `file=@"it's \\"$(touch /tmp/x)\\"; \\\\ , .csv"`,
    "--form-string", `mapping={"date":"A"}`,
  ]);
});

test("a pile names each of its files, and work without files is JSON", () => {
  const files = ["a.jpg", "b.jpg"].map((name) => ({ name, sha256: "0", size: 1 }));
  const pile = words(submitCommand({ kind: "ocr" }, { company_id: "demo", files }, "http://here"));
  assert.deepEqual(pile.slice(-4), ["-F", 'files=@"a.jpg"', "-F", 'files=@"b.jpg"']);
  const plain = words(submitCommand({ kind: "categorize" }, { kind: "categorize", company_id: "it's", limit: null }, "http://here"));
  assert.deepEqual(plain.slice(-4), ["-H", "Content-Type: application/json", "-d", `{"company_id":"it's"}`]);
  assert.deepEqual(words(watchCommand({ job_id: "j-1" }, "http://here")).slice(0, 2), ["-N", "http://here/api/jobs/j-1/events"]);
});

test("the end of a log is the newest that was said, in its order", () => {
  const lines = new Lines({}, "a");
  const said = (number, ...texts) => ({ type: "log", job_id: "a", number, dropped: 0, lines: texts.map((text) => ({ at: "", level: "info", text, data: null })) });
  lines.hear(said(2, "c", "d"));
  lines.hear(said(1, "a", "b"));
  lines.hear(said(3, "e"));
  assert.deepEqual(lines.tail(4).map(({ text }) => text), ["b", "c", "d", "e"]);
});
