// The receipts of the page without a browser: what the address says, what still belongs into a list, what may be attached unseen.
import assert from "node:assert/strict";
import { test } from "node:test";

import { told } from "../../static/js/lines.js";
import { confirmAll, surelyMatched } from "../../static/js/receipts/acts.js";
import { conditionWords } from "../../static/js/receipts/conditions.js";
import { Draft } from "../../static/js/receipts/draft.js";
import { conditionCount, EMPTY, fits, readFilter, wanted, writeFilter } from "../../static/js/receipts/filter.js";

const receipt = (given = {}) => ({ receipt_id: "a", name: "a.png", state: "ready", vendor: "Kettle", date: "2026-06-02", transaction_ids: [], match: null, duplicate_of: null, revision: 3, ...given });
const match = (confidence) => ({ transaction: { transaction_id: "t" }, confidence, reason: "" });

test("a filter stands in the address as it is, and what is foreign there means nothing", () => {
  const filter = { ...EMPTY, tab: "ready", text: "kettle", attached: "false", date_from: "2026-06-01" };
  assert.deepEqual(readFilter(writeFilter(filter)), filter);
  assert.deepEqual(writeFilter(EMPTY), {});
  assert.deepEqual(readFilter({ tab: "nonsense", colour: "red" }), EMPTY);
});

test("a tab is a state to the server, and all is none", () => {
  assert.deepEqual(wanted({ ...EMPTY, duplicate: "true" }), { duplicate: "true" });
  assert.deepEqual(wanted({ ...EMPTY, tab: "review" }), { state: ["review"] });
  assert.equal(conditionCount({ ...EMPTY, tab: "review", text: "kettle", duplicate: "true" }), 1);
});

test("a receipt that has changed stays where it still belongs", () => {
  assert.ok(fits(EMPTY, receipt()));
  assert.ok(!fits({ ...EMPTY, tab: "review" }, receipt()));
  assert.ok(!fits({ ...EMPTY, attached: "true" }, receipt()));
  assert.ok(fits({ ...EMPTY, duplicate: "true" }, receipt({ duplicate_of: "b" })));
  assert.ok(!fits({ ...EMPTY, date_to: "2026-06-01" }, receipt()));
  assert.ok(!fits({ ...EMPTY, date_from: "2026-06-01" }, receipt({ date: null })));
});

test("conditions are said in words, each to be taken away", () => {
  const words = conditionWords({ ...EMPTY, attached: "false", date_from: "2026-06-01", job_id: "j" }, (id) => `pile ${id}`);
  assert.deepEqual(words, [[["job_id"], "From the pile: pile j"], [["attached"], "Not attached"], [["date_from", "date_to"], "From 2026-06-01"]]);
});

test("only what is sure, loose and no duplicate is attached unseen", () => {
  const sure = receipt({ match: match(0.95) });
  const others = [receipt(), receipt({ match: match(0.89) }), receipt({ match: match(0.95), transaction_ids: ["t"] }), receipt({ match: match(0.95), duplicate_of: "b" })];
  assert.deepEqual(surelyMatched([sure, ...others]), [sure]);
});

test("each receipt is confirmed or refused by itself, as it was seen", async () => {
  const asked = [];
  const correct = async (id, correction) => {
    asked.push([id, correction]);
    if (id === "b") throw new Error("gone");
    return receipt({ receipt_id: id, state: "confirmed" });
  };
  const put = [];
  const shelf = { api: { correct }, put: (one) => put.push(one.receipt_id) };
  const { said, failures } = await confirmAll(shelf, [receipt(), receipt({ receipt_id: "b", vendor: null, name: "b.png" }), receipt({ receipt_id: "c", state: "confirmed" })]);
  assert.deepEqual(asked, [["a", { confirm: true, revision: 3 }], ["b", { confirm: true, revision: 3 }]]);
  assert.deepEqual(put, ["a"]);
  assert.equal(said, "1 receipt confirmed, 1 stayed as it was");
  assert.equal(failures[0]?.name, "b.png");
});

test("a file of a pile names a line of the bank, and is none", () => {
  const file = { at: "", level: "info", text: "", data: { file_no: 1, transaction_id: "t" } };
  const line = { at: "", level: "info", text: "", data: { transaction_id: "t" } };
  assert.deepEqual(told([file, line]), [line.data]);
  assert.deepEqual(told([file, line], "file_no"), [file.data]);
});

test("a draft forgets what the server has taken, and keeps what was typed meanwhile", () => {
  const draft = new Draft(receipt({ tip: null }));
  draft.set("vendor", "Kettle of Portland");
  draft.set("tip", "2,50");
  const taken = draft.correction;
  assert.deepEqual(taken, { vendor: "Kettle of Portland", tip: "2.50" });
  draft.set("vendor", "Kettle of Salem");
  draft.settle(taken);
  draft.rebase(receipt({ vendor: taken.vendor, tip: "2.50", revision: 4 }));
  assert.deepEqual(draft.correction, { vendor: "Kettle of Salem" });
});

test("a space that a next word follows says nothing else yet", () => {
  const draft = new Draft(receipt());
  draft.set("vendor", "Kettle ");
  assert.ok(!draft.isDirty && draft.says("vendor", "Kettle ") && !draft.says("vendor", "Kettle G"));
});
