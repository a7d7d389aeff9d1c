/** What a person answers about a bank file, and how its effect is shown; run by test_units.py. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Answer } from "../../static/js/mapping/answer.js";
import { number, readDate, readRows } from "../../static/js/mapping/reading.js";

const proposal = () => ({
  mapping: { date: "Date", amount: "Amount", description: ["Text"], date_order: "mdy", sign: "as_printed", decimal: "." },
  questions: [{ code: "date_order", text: "?", choices: [{ label: "month", patch: { date_order: "mdy" } }, { label: "day", patch: { date_order: "dmy" } }] }],
  columns: ["Date", "Text", "Amount", "Other"].map((name) => ({ ref: name, name, samples: [] })),
  header_line: 1,
  rows: [
    { line_no: 1, cells: ["Date", "Text", "Amount", "Other"] },
    { line_no: 2, cells: ["03/04/2026", "COFFEE", "1,250.00", "-7.00"] },
    { line_no: 3, cells: ["05/06/2026", "TEA", "(3.10)", "8.00"] },
  ],
  lines: [
    { line_no: 2, date: "2026-03-04", amount: "1250.00", description: "COFFEE" },
    { line_no: 3, date: "2026-05-06", amount: "-3.10", description: "TEA" },
  ],
});
const shown = (answer) => readRows(answer.proposal, answer.mapping).map(({ date, amount, description }) => [date, amount, description]);

test("an unchanged answer is the server's own reading", () => {
  const answer = new Answer(proposal());
  assert.ok(answer.isUnchanged);
  assert.deepEqual(shown(answer), [["2026-03-04", "1250.00", "COFFEE"], ["2026-05-06", "-3.10", "TEA"]]);
});

test("a choice is laid over the mapping, and its effect shows", () => {
  const answer = new Answer(proposal());
  const [question] = answer.proposal.questions;
  assert.ok(answer.isChosen(question.choices[0]));
  answer.choose(question.choices[1]);
  assert.ok(!answer.isUnchanged && answer.isChosen(question.choices[1]));
  answer.choose({ label: "", patch: { sign: "reversed" } });
  assert.deepEqual(shown(answer), [["2026-04-03", "-1250.00", "COFFEE"], ["2026-06-05", "3.10", "TEA"]]);
  assert.equal(answer.mapping.date, "Date");
});

test("a column takes a role from the one that had it", () => {
  const answer = new Answer(proposal());
  answer.give("Other", "amount");
  assert.equal(answer.roleOf("Amount"), "");
  assert.deepEqual(shown(answer).map(([, amount]) => amount), ["-7.00", "8.00"]);
  answer.give("Amount", "description");
  assert.equal(shown(answer)[0][2], "COFFEE 1,250.00");
  answer.give("Other", "");
  assert.equal(answer.missing, "Say which column has the amount.");
});

test("what is read otherwise here than by the server is left open, never shown wrong", () => {
  const given = proposal();
  given.lines[0].amount = "-1250.00";
  const answer = new Answer(given);
  answer.choose({ label: "", patch: { sign: "reversed" } });
  assert.deepEqual(shown(answer).map(([, amount]) => amount), [null, "3.10"]);
});

test("lines that an answer leaves out are shown as left out, and those it takes in are not made up", () => {
  const given = proposal();
  const status = { status: "Other", posted: ["Done"], unposted: [] };
  given.mapping = { ...given.mapping, ...status };
  for (const [index, word] of ["Other", "Done", "Maybe"].entries()) given.rows[index].cells[3] = word;
  given.lines.pop();
  const answer = new Answer(given);
  assert.deepEqual(readRows(given, answer.mapping).map(({ line_no, leftOut }) => [line_no, leftOut]), [[2, false]]);
  answer.choose({ label: "", patch: { ...status, posted: ["done", "maybe"] } });
  assert.deepEqual(readRows(given, answer.mapping).map(({ line_no, amount }) => [line_no, amount]), [[2, "1250.00"], [3, null]]);
  answer.choose({ label: "", patch: { ...status, posted: [], unposted: ["Done"] } });
  assert.deepEqual(readRows(given, answer.mapping).map(({ leftOut }) => leftOut), [true]);
});

test("dates and amounts are read as banks print them", () => {
  const dates = [["31.12.25", "dmy", "2025-12-31"], ["20260704", "ymd", "2026-07-04"], ["04072026", "dmy", "2026-07-04"], ["2026-07-04 10:22", "dmy", "2026-07-04"], ["4 Jul 2026", null, "2026-07-04"], ["31/02/2026", "dmy", null]];
  for (const [text, order, date] of dates) assert.equal(readDate(text, order, null), date, text);
  assert.deepEqual(number("- 1.234,50 €", { decimal: "," }), { digits: "1234.50", minus: true, plus: false });
  assert.deepEqual(number("$12.00 CR", {}), { digits: "12.00", minus: false, plus: true });
  assert.equal(number("n/a", {}), null);
});
