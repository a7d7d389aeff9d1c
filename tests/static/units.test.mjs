/** Modules of the page that need no browser, each by its own claims; run by test_units.py. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { problemFrom, query } from "../../static/js/api.js";
import { Backoff } from "../../static/js/backoff.js";
import { ago, bankDay, counted, duration, fileSize, money, remaining } from "../../static/js/format.js";
import { Jobs } from "../../static/js/jobs.js";
import { Lines } from "../../static/js/lines.js";
import { BlockParser } from "../../static/js/transports/sse.js";

const job = (job_id, version, more = {}) => ({ job_id, version, status: "running", created_at: job_id, progress: 0, ...more });
const snapshot = (...jobs) => ({ type: "snapshot", company_id: "acme", position: "e.1", jobs, reason: "gap", id: null });
const line = (transaction_id) => ({ at: "", level: "info", text: "", data: { transaction_id } });
const log = (number, lines, dropped = 0) => ({ type: "log", company_id: "acme", position: "e.1", job_id: "a", number, lines, dropped });
const ids = (lines) => lines.all.map((one) => one.transaction_id);

test("waits double up to the cap, with jitter below", () => {
  const waits = (random) => {
    const backoff = new Backoff({ first: 500, most: 4_000, random: () => random });
    return Array.from({ length: 5 }, () => backoff.next());
  };
  assert.deepEqual(waits(1), [600, 1_100, 2_100, 4_100, 4_100]);
  assert.deepEqual(waits(0), [100, 100, 100, 100, 100]);
});

test("blocks of an event stream are read however they are cut", () => {
  const text = 'event: job\r\nid: e.1\r\ndata: {"a":1}\r\n\r\nid: e.2\r\n\r\ndata: x\r\ndata: y\r\n\r\n';
  for (let size = 1; size <= text.length; size++) {
    const blocks = [];
    const parser = new BlockParser((block) => blocks.push(block));
    for (let at = 0; at < text.length; at += size) parser.feed(text.slice(at, at + size));
    const expected = [{ id: "e.1", data: '{"a":1}' }, { id: "e.2", data: "" }, { id: "", data: "x\ny" }];
    assert.deepEqual(blocks, expected, `cut every ${size}`);
  }
});

test("the newest version of a job wins", () => {
  const jobs = new Jobs();
  jobs.put(job("a", 2, { progress: 50 }));
  jobs.put(job("a", 1, { progress: 10 }));
  assert.equal(jobs.get("a").progress, 50);
});

test("a snapshot is taken as it is and tells what it leaves open", () => {
  const jobs = new Jobs();
  jobs.put(job("a", 5, { progress: 50 }));
  jobs.put(job("b", 5));
  jobs.put(job("c", 5, { status: "complete" }));
  assert.deepEqual(jobs.replace(snapshot(job("a", 3, { progress: 40 }))), ["b"]);
  assert.equal(jobs.get("a").progress, 40);
  assert.ok(jobs.get("c"));
});

test("changes of one turn are told once", async () => {
  const jobs = new Jobs();
  const told = [];
  jobs.addEventListener("change", ({ detail }) => told.push([...detail]));
  jobs.put(job("a", 1));
  jobs.put(job("b", 1));
  jobs.put(job("a", 2));
  await Promise.resolve();
  assert.deepEqual(told, [["a", "b"]]);
});

test("a line stands once, however often and in whatever order it is heard of", async () => {
  const pages = { start: { data: [{ number: 1, lines: [line("1a"), line("1b")] }], next_cursor: "x" } };
  pages.x = { data: [{ number: 3, lines: [line("3")] }], next_cursor: null };
  const asked = [];
  const api = { log: async (_, { cursor }) => (asked.push(cursor), pages[cursor ?? "start"]) };
  const lines = new Lines(api, "a");
  lines.hear(log(3, [line("3")]));
  lines.hear(log(2, [line("2")]));
  lines.hear(log(2, [line("2")]));
  await lines.catchUp();
  assert.deepEqual(ids(lines), ["1a", "1b", "2", "3"]);
  await lines.catchUp();
  assert.deepEqual(asked, [null, "x", "x"], "what was read is not read again");
});

test("lines that an event dropped are read from the log", async () => {
  const whole = { number: 1, lines: [line("a"), line("b")] };
  const lines = new Lines({ log: async () => ({ data: [whole], next_cursor: null }) }, "a");
  const read = new Promise((done) => lines.addEventListener("change", () => lines.reading || done()));
  lines.hear(log(1, [line("a")], 1));
  await read;
  assert.deepEqual(ids(lines), ["a", "b"]);
});

test("what a job says beside single lines stands apart, in its order", async () => {
  const said = (text) => ({ at: "", level: "warning", text, data: null });
  const lines = new Lines({ log: async () => ({ data: [], next_cursor: null }) }, "a");
  lines.hear(log(2, [line("2"), said("second")]));
  lines.hear(log(1, [said("first"), line("1")]));
  assert.deepEqual(lines.notes.map(({ text }) => text), ["first", "second"]);
  assert.deepEqual(ids(lines), ["1", "2"]);
});

test("money passes through no float and never breaks on a strange currency", () => {
  assert.equal(money("-1234567890123456.78", "USD"), "\u2212$1,234,567,890,123,456.78");
  assert.equal(money("5.00", "not a currency"), "5.00 not a currency");
});

test("a bank's day is never shifted", () => {
  assert.equal(bankDay("1999-06-01"), "Jun 1, 1999");
  assert.equal(bankDay(`${new Date().getFullYear()}-01-01`), "Jan 1");
  assert.equal(bankDay("soon"), "soon");
});

test("counts and times are said as people say them", () => {
  assert.equal(counted(1, "lines"), "1 line");
  assert.equal(counted(20_000, "lines"), "20,000 lines");
  assert.equal(fileSize(1), "1 KB");
  assert.equal(fileSize(3 * 2 ** 20), "3.0 MB");
  assert.equal(duration(0.84), "0.8 s");
  assert.equal(duration(75), "1 min 15 s");
  assert.equal(remaining(1), "a moment left");
  assert.equal(remaining(130), "about 2 min left");
  assert.equal(ago("2026-06-01T00:00:00Z", Date.parse("2026-06-03T00:00:00Z")), "2 days ago");
});

test("an answer that is no problem becomes one", () => {
  assert.equal(problemFrom('{"title":"No","detail":"x"}', 409).detail, "x");
  assert.equal(problemFrom("<html>", 413).title, "The file is too large");
  assert.equal(query({ since: null, wait: 20, cursor: undefined }), "?wait=20");
});
