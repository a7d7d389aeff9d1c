/**
 * QuickBooks: connect, say whose account is whose, look at a dry run, send, and see what was sent.
 * Tells `job-cancel` (detail: the job).
 * @import { AccountMapping, QuickBooksAccount, SentLine } from "../contract-quickbooks.js"
 * @import { QuickBooksOffice } from "../quickbooks/office.js"
 */
import { bankDay, count, counted, money } from "../format.js";
import { isOver } from "../jobs.js";
import { moment } from "../moment.js";
import { problemView } from "../problem-view.js";
import { ask } from "../question.js";
import { clone, hold, oncePerFrame, part, phrase, show, text } from "../view.js";
import { kindWord } from "../words.js";
import { JobProgress } from "./job-progress.js";

/** Lines of a running export that are shown; the failed ones are, whatever comes after. */
const SHOWN = 100;
/** @type {Record<string, string>} */
const OUTCOMES = {
  ...{ created: "Created", updated: "Updated", deleted: "Deleted", already: "There already" },
  ...{ would_create: "Would be created", would_update: "Would be updated", would_delete: "Would be deleted" },
  ...{ not_approved: "Not approved", unmapped: "Account not confirmed", closed: "Period closed", foreign_currency: "Other currency" },
  ...{ zero: "Nothing to send", needs_name: "Needs a name", rejected: "Refused", conflict: "Changed there", unknown: "Not here any more" },
};
const GOOD = ["created", "updated", "deleted", "already", "would_create", "would_update", "would_delete"];
/** @type {Record<string, string>} */
const TYPES = { Purchase: "Expense", Deposit: "Deposit", Transfer: "Transfer", JournalEntry: "Journal entry" };

export class QuickBooksPage extends HTMLElement {
  #root = clone("quickbooks-page");
  /** @type {QuickBooksOffice | null} */
  #office = null;
  /** @type {Map<string, HTMLElement>} rows of the mapping, by our account */
  #rows = new Map();
  #offered = "";
  #explained = "";
  #draw = oncePerFrame(() => this.#drawNow());

  connectedCallback() {
    this.replaceChildren(this.#root);
    const acts = {
      connect: () => this.#office?.connect(),
      disconnect: () => this.#disconnect(),
      fetch: () => this.#office?.submit("fetch-qbo"),
      confirm: () => this.#office?.confirm(),
      rehearse: () => this.#office?.submit("export-qbo", { dry_run: true }),
      send: () => this.#send(),
      retry: () => this.#office?.job && this.#office.submit("export-qbo", { failed_of: this.#office.job.job_id }),
      "cancel-job": () => this.dispatchEvent(new CustomEvent("job-cancel", { detail: this.#office?.job })),
      "close-job": () => this.#office?.dismiss(),
      more: () => this.#office?.more(),
    };
    for (const [name, act] of Object.entries(acts)) part(this.#root, name, HTMLElement).addEventListener("click", act);
    part(this.#root, "mapping", HTMLElement).addEventListener("change", ({ target }) => {
      if (target instanceof HTMLSelectElement) this.#office?.choose(target.name, target.value || null);
    });
  }

  /** @param {QuickBooksOffice} office */
  serve(office) {
    this.#office = office;
    this.#rows.clear();
    office.addEventListener("change", () => office === this.#office && this.#draw());
  }

  open() {
    this.#office?.open();
    this.#drawNow();
  }

  async #send() {
    const waiting = this.#office?.connection;
    if (!waiting) return;
    const detail = `They are written into the books of ${waiting.company_name ?? "QuickBooks"}, each once, with their receipts. A line that is reopened here is taken back there by the next export.`;
    const yes = `Send ${counted(waiting.to_send + waiting.to_correct, "lines")}`;
    if (await ask({ title: `${yes} to QuickBooks?`, detail, yes, no: "Not now", danger: false })) this.#office?.submit("export-qbo");
  }

  async #disconnect() {
    const name = this.#office?.connection?.company_name ?? "QuickBooks";
    const detail = "What was sent stays there, and whose account is whose is remembered. Nothing more is sent until somebody connects again.";
    if (await ask({ title: `Disconnect ${name}?`, detail, yes: "Disconnect" })) this.#office?.submit("disconnect-qbo");
  }

  // --- drawing --------------------------------------------------------------------------------------

  #drawNow() {
    const office = this.#office;
    if (!office) return;
    this.toggleAttribute("data-busy", office.busy);
    this.#explain(office);
    this.#drawConnection(office);
    this.#drawMapping(office);
    this.#drawExport(office);
    this.#drawJob(office);
    this.#drawHistory(office);
  }

  /** @param {QuickBooksOffice} office */
  #explain({ problem }) {
    const said = JSON.stringify(problem);
    if (said === this.#explained) return;
    this.#explained = said;
    const again = { label: "Try again", act: () => void this.#office?.open() };
    part(this.#root, "problem", HTMLElement).replaceChildren(...(problem ? [problemView(problem, { actions: [again] })] : []));
  }

  /** @param {QuickBooksOffice} office */
  #drawConnection({ connection, mayConnect, busy }) {
    const state = connection?.state ?? "none";
    const known = state !== "none";
    const pill = part(this.#root, "state", HTMLElement);
    text(pill, { none: "Not connected", connected: "Connected", refused: "Connect again" }[state] ?? state);
    pill.dataset["state"] = state;
    text(part(this.#root, "company", HTMLElement), known ? (connection?.company_name ?? "QuickBooks") : "QuickBooks Online");
    phrase(part(this.#root, "about", HTMLElement), ...about(connection));
    const connect = part(this.#root, "connect", HTMLButtonElement);
    show(connect, Boolean(connection?.available) && mayConnect && state !== "connected");
    connect.disabled = busy;
    show(part(this.#root, "fetch", HTMLElement), state === "connected" && (this.#office?.mayAct ?? false));
    show(part(this.#root, "disconnect", HTMLElement), known && mayConnect);
    show(part(this.#root, "ask-admin", HTMLElement), Boolean(connection?.available) && !mayConnect && state !== "connected");
  }

  /** @param {QuickBooksOffice} office */
  #drawMapping({ connection, mapping, mayAct, undecided, chosen, busy }) {
    show(part(this.#root, "accounts", HTMLElement), mapping !== null);
    if (!mapping) return;
    const offered = JSON.stringify(mapping.accounts.map(({ qbo_id, full_name }) => [qbo_id, full_name]));
    if (offered !== this.#offered) this.#rows.clear();
    this.#offered = offered;
    // What no approved line needs can wait: it is there, and below.
    hold(part(this.#root, "mapping", HTMLElement), mapping.data.map((one) => this.#row(one, mapping.accounts, chosen, mayAct)));
    const unconfirmed = connection?.unconfirmed ?? 0;
    text(part(this.#root, "unconfirmed", HTMLElement), unconfirmed ? `${counted(unconfirmed, "accounts")} that approved lines need ${unconfirmed === 1 ? "is" : "are"} not confirmed yet.` : "All that approved lines need is confirmed.");
    const confirm = part(this.#root, "confirm", HTMLButtonElement);
    text(confirm, `Confirm ${counted(undecided.length, "accounts")}`);
    confirm.disabled = busy || undecided.length === 0;
    show(confirm, mayAct);
  }

  /** @param {AccountMapping} one @param {QuickBooksAccount[]} accounts @param {Map<string, string | null>} chosen @param {boolean} mayAct */
  #row(one, accounts, chosen, mayAct) {
    const row = this.#rows.get(one.account) ?? mappingRow(one, accounts);
    this.#rows.set(one.account, row);
    const select = /** @type {HTMLSelectElement} */ (row.querySelector("select"));
    const choice = chosen.has(one.account) ? chosen.get(one.account) : one.qbo_id;
    if (select.value !== (choice ?? "")) select.value = choice ?? "";
    select.disabled = !mayAct;
    text(part(row, "lines", HTMLElement), one.lines ? counted(one.lines, "lines") : "");
    const state = part(row, "how", HTMLElement);
    const changed = chosen.has(one.account) && choice !== one.qbo_id;
    text(state, changed ? "changed" : one.confirmed ? "confirmed" : one.qbo_id ? `proposed: ${one.reason ?? ""}` : "not found");
    state.dataset["look"] = changed ? "typed" : one.confirmed ? "sure" : one.lines ? "unsure" : "";
    return row;
  }

  /** @param {QuickBooksOffice} office */
  #drawExport({ connection, job, mayAct, busy }) {
    const connected = connection?.state === "connected";
    show(part(this.#root, "export", HTMLElement), connected);
    if (!connection || !connected) return;
    const { to_send, to_correct } = connection;
    const due = to_send + to_correct;
    const corrections = to_correct ? `, and ${counted(to_correct, "sent lines")} that changed here ${to_correct === 1 ? "waits" : "wait"} to be put right` : "";
    text(part(this.#root, "waiting", HTMLElement), due ? `${counted(to_send, "approved lines")} ${to_send === 1 ? "waits" : "wait"} to be sent${corrections}.` : "Everything that is approved is in QuickBooks.");
    const running = job !== null && !isOver(job);
    const send = part(this.#root, "send", HTMLButtonElement);
    text(send, `Send ${count(due)} to QuickBooks`);
    for (const button of [send, part(this.#root, "rehearse", HTMLButtonElement)]) {
      show(button, mayAct && due > 0);
      button.disabled = busy || running;
    }
  }

  /** @param {QuickBooksOffice} office */
  #drawJob({ job, lines, mayAct }) {
    const place = part(this.#root, "job", HTMLElement);
    show(place, job !== null);
    if (!job) return;
    const over = isOver(job);
    text(part(this.#root, "job-title", HTMLElement), over ? resultWords(job) : kindWord(job.kind));
    const progress = part(this.#root, "progress", JobProgress);
    progress.setAttribute("label", "Progress");
    progress.job = job;
    show(progress, !over);
    const view = part(this.#root, "job-problem", HTMLElement);
    const said = JSON.stringify(job.error ?? null);
    if (view.dataset["said"] !== said) view.replaceChildren(...(job.error ? [problemView(job.error)] : []));
    view.dataset["said"] = said;
    show(part(this.#root, "cancel-job", HTMLElement), mayAct && !over && !job.cancel_requested);
    show(part(this.#root, "close-job", HTMLElement), over);
    const failed = job.kind === "export-qbo" && over && (job.result?.["failed_count"] ?? 0) > 0 && !job.result?.["dry_run"];
    show(part(this.#root, "retry", HTMLElement), mayAct && failed);
    this.#drawLines(lines?.all ?? []);
  }

  /** @param {SentLine[]} all */
  #drawLines(all) {
    const bad = all.filter(({ outcome }) => !GOOD.includes(outcome));
    const good = all.filter(({ outcome }) => GOOD.includes(outcome)).slice(-SHOWN).reverse();
    const list = part(this.#root, "outcomes", HTMLElement);
    const key = `${all.length} ${bad.length}`;
    if (list.dataset["key"] === key) return;
    list.dataset["key"] = key;
    list.replaceChildren(...[...bad.slice(0, SHOWN), ...good].map(sentRow));
    show(list, all.length > 0);
  }

  /** @param {QuickBooksOffice} office */
  #drawHistory({ sent, next }) {
    show(part(this.#root, "history", HTMLElement), sent.length > 0);
    const list = part(this.#root, "sent", HTMLElement);
    const key = JSON.stringify(sent.map(({ transaction_id, at }) => [transaction_id, at]));
    if (list.dataset["key"] !== key) list.replaceChildren(...sent.map(sentRow));
    list.dataset["key"] = key;
    show(part(this.#root, "more", HTMLElement), next !== null);
  }
}

/** @param {import("../contract-quickbooks.js").QuickBooksConnection | null} connection */
function about(connection) {
  if (!connection) return [];
  if (!connection.available) return ["This server has no application of Intuit's yet: whoever runs it sets QBO_CLIENT_ID and QBO_CLIENT_SECRET."];
  if (connection.problem) return [connection.problem];
  if (connection.state === "none") return ["Approved lines go there as expenses, deposits and transfers, each exactly once, with their receipts."];
  const closed = connection.closed_through ? ` · closed through ${bankDay(connection.closed_through)}` : "";
  const since = connection.connected_at ? ["Connected ", moment(connection.connected_at), ` by ${connection.connected_by ?? "somebody"}`] : ["Connected"];
  return [...since, ` · ${connection.home_currency ?? ""} · ${connection.environment}${closed}`];
}

/** @param {import("../contract.js").Job} job */
function resultWords(job) {
  if (job.kind !== "export-qbo") return `${kindWord(job.kind)}: ${job.status === "complete" ? "done" : job.status}`;
  const { exported = 0, skipped = 0, failed_count = 0, dry_run = false, receipts = 0 } = job.result ?? {};
  if (!job.result) return `Export ${job.status}`;
  const done = dry_run ? `Dry run: ${counted(exported, "lines")} would be sent` : `${counted(exported, "lines")} sent`;
  return [done, skipped && `${count(skipped)} there already`, receipts && counted(receipts, "receipts"), failed_count && `${count(failed_count)} not`].filter(Boolean).join(", ");
}

/** @param {AccountMapping} one @param {QuickBooksAccount[]} accounts */
function mappingRow(one, accounts) {
  const row = clone("qb-account");
  text(part(row, "ours", HTMLElement), one.account);
  text(part(row, "kind", HTMLElement), one.is_bank ? "bank account" : one.type);
  const select = part(row, "theirs", HTMLSelectElement);
  select.name = one.account;
  select.setAttribute("aria-label", `Account of QuickBooks for ${one.account}`);
  select.append(new Option("Choose…", ""));
  // What it cannot be is not offered.
  for (const type of [...new Set(accounts.map((account) => account.type))].filter((each) => one.types.includes(each)).sort()) {
    const group = document.createElement("optgroup");
    group.label = type;
    group.append(...accounts.filter((account) => account.type === type).map(({ qbo_id, full_name }) => new Option(full_name, qbo_id)));
    select.append(group);
  }
  return row;
}

/** @param {SentLine} line */
function sentRow(line) {
  const row = clone("qb-line");
  const good = GOOD.includes(line.outcome);
  row.toggleAttribute("data-bad", !good);
  text(part(row, "outcome", HTMLElement), OUTCOMES[line.outcome] ?? line.outcome);
  text(part(row, "description", HTMLElement), line.description ?? line.transaction_id);
  const what = [line.object_type && (TYPES[line.object_type] ?? line.object_type), line.category, line.vendor].filter(Boolean).join(" · ");
  text(part(row, "what", HTMLElement), good ? what : line.detail || what);
  text(part(row, "date", HTMLElement), line.date ? bankDay(line.date) : "");
  text(part(row, "amount", HTMLElement), line.amount && line.currency ? money(line.amount, line.currency) : "");
  const link = part(row, "link", HTMLAnchorElement);
  show(link, line.url !== null && /^https?:/.test(line.url ?? ""));
  if (!link.hidden) link.href = line.url ?? "";
  return row;
}

customElements.define("quickbooks-page", QuickBooksPage);
