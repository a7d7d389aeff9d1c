/**
 * The review of one company's lines: which are shown, which is the current one, which are chosen, and what becomes of
 * them. Decides; draws nothing. Tells `change`.
 *
 * @import { BooksApi } from "../books-api.js"
 * @import { ApprovedLine, CategorizedLine, Rule, TransactionFilter } from "../contract-books.js"
 * @import { Job, LedgerEvent, LogEvent, Problem } from "../contract.js"
 * @import { Filter } from "./filter.js"
 * @import { Line } from "./ordered-lines.js"
 * @import { Workspace } from "../workspace.js"
 */
import { asProblem } from "../api.js";
import { counted } from "../format.js";
import { isOver } from "../jobs.js";
import { told } from "../lines.js";
import { Acts } from "./acts.js";
import { Bulk } from "./bulk.js";
import { Counts } from "./counts.js";
import { Cursor } from "./cursor.js";
import { EMPTY, isSame, TABS, wanted } from "./filter.js";
import { Ledger } from "./ledger.js";
import { openLinesOf } from "./rule-lines.js";
import { Selection } from "./selection.js";

/** Kinds of work that change lines. */
const CHANGING = ["upload-and-categorize", "categorize", "bulk-approve", "undo-approve", "undo-import"];
/** Lines that are set to a category one by one; more are a rule's work. */
export const MOST_SET = 500;
/** A list that nobody looked at for so long is read again once somebody does. */
const STALE_AFTER = 20_000;

export class Review extends EventTarget {
  /** @type {Filter} */
  filter = EMPTY;
  selection = new Selection();
  /** The job over many lines that is followed. @type {Bulk | null} */
  bulk = null;
  /** Asks a person, and says whether a whole approval is being taken back. @type {(job: Job) => Promise<boolean>} */
  confirmUndo = async () => false;
  #seen = 0;
  #open = false;

  /** @param {Workspace} workspace @param {BooksApi} books */
  constructor(workspace, books) {
    super();
    this.workspace = workspace;
    this.books = books;
    this.counts = new Counts(TABS, async (/** @type {Filter | null} */ filter, tab) => (await books.transactions(wanted(filter ?? EMPTY, tab), { limit: 1, count: true })).total);
    this.ledger = new Ledger(books, this.filter, this.#lastEnd);
    this.acts = new Acts(books, () => this.ledger);
    this.cursor = new Cursor(() => this.ledger);
    for (const part of [this.counts, this.selection, this.acts, this.cursor]) part.addEventListener("change", this.#changed);
    workspace.addEventListener("heard", (event) => event instanceof CustomEvent && this.#hear(event.detail));
    this.counts.ask();
  }

  get mayAct() {
    return this.workspace.mayAct;
  }

  /** Shows the lines of a filter. @param {Filter} filter */
  show(filter) {
    if (this.#open && isSame(filter, this.filter)) return this.lookAgain();
    this.#open = true;
    this.filter = filter;
    this.cursor.reset();
    this.selection.clear();
    this.ledger.close();
    this.ledger = new Ledger(this.books, filter, this.#lastEnd);
    this.ledger.addEventListener("change", this.#changed);
    this.counts.watch(filter);
    this.reload();
    this.#changed();
  }

  /** The page is left; the list stays as it is for a quick return. */
  rest() {
    this.counts.watch(null);
  }

  close() {
    this.ledger.close();
    this.counts.close();
    this.bulk?.close();
  }

  /** After a while in the background something may have been changed by other people. */
  lookAgain() {
    this.counts.watch(this.filter);
    if (Date.now() - this.#seen > STALE_AFTER) this.reload();
  }

  reload() {
    this.#seen = Date.now();
    this.ledger.reload();
  }

  // --- choosing -------------------------------------------------------------------------------------

  /** @param {string} id */
  toggle(id) {
    this.selection.toggle(id, this.ledger.ids());
  }

  /** @param {string} id */
  extendTo(id) {
    this.selection.extend(id, this.ledger.ids());
  }

  chooseLoaded() {
    this.selection.choose(this.ledger.ids());
  }

  chooseAll() {
    if (this.ledger.total !== null) this.selection.chooseAll(this.ledger.total, this.ledger.seenAt);
  }

  // --- doing ----------------------------------------------------------------------------------------

  /** The chosen lines, or else the current one. */
  async approve() {
    const chosen = this.selection.all ? [] : this.#chosen();
    if (this.selection.all || chosen.length > 1) return this.approveChosen();
    const line = chosen[0] ?? this.cursor.line;
    if (line) await this.approveOne(line);
  }

  /** @param {Line} line */
  async approveOne(line) {
    const next = this.#after(line);
    const approving = this.acts.approve(line);
    // The eye moves on while the answer is on its way.
    if (line.category && this.cursor.id === line.transaction_id && next) this.cursor.goTo(next);
    await approving;
    if (!this.ledger.get(line.transaction_id)) this.selection.drop([line.transaction_id]);
    this.counts.askSoon();
  }

  /** @param {Line} line */
  async reopen(line) {
    await this.acts.reopen(line);
    this.counts.askSoon();
  }

  /** Submits the chosen lines as one job. */
  async approveChosen() {
    const { all, ids, size } = this.selection;
    const what = all ? this.#allMatching(all.seenAt) : { transaction_ids: ids, revisions: this.#revisions(ids) };
    const title = `Approval of ${counted(size, "lines")}`;
    const job = await this.submit("bulk-approve", what, title);
    if (!job) return;
    this.selection.clear();
    this.acts.remember(title, () => this.confirmUndo(job));
  }

  retryFailed() {
    return this.bulk && this.submit("bulk-approve", { failed_of: this.bulk.job.job_id }, "Approval of what had failed");
  }

  /** @param {Job} job that approved lines */
  undoApproval(job) {
    return this.submit("undo-approve", { approve_job_id: job.job_id }, "Undo of an approval");
  }

  /** @param {string} kind @param {object} submission @param {string} title */
  async submit(kind, submission, title) {
    this.acts.dismiss();
    try {
      const job = await this.books.api.submit(kind, { company_id: this.books.companyId, ...submission });
      this.workspace.titles.know(job.job_id, title);
      this.workspace.jobs.put(job);
      // It may have ended before its own answer was here.
      this.follow(this.workspace.jobs.get(job.job_id) ?? job);
      return job;
    } catch (error) {
      this.fail(asProblem(error));
      return null;
    }
  }

  /** @param {Job} job */
  follow(job) {
    this.bulk?.close();
    this.bulk = new Bulk(this.workspace.api, job);
    this.bulk.addEventListener("change", this.#changed);
    this.#changed();
  }

  leaveBulk() {
    this.bulk?.close();
    this.bulk = null;
    this.#changed();
  }

  /** The current line or the chosen ones get a category. @param {string | null} category @param {Line | null} line null for the chosen ones */
  async setCategory(category, line) {
    if (line) await this.acts.categorize(line, category);
    else if (category) await this.acts.categorizeMany(await this.#chosenLines(), category);
    this.counts.askSoon();
  }

  /** Lets a rule that was just saved decide the open lines there are. @param {{rule: Rule, apply: boolean}} saved */
  async ruleSaved({ rule, apply }) {
    if (!apply) return;
    try {
      const ids = await openLinesOf(this.books, rule);
      if (ids.length) await this.books.api.submit("categorize", { company_id: this.books.companyId, transaction_ids: ids });
    } catch (error) {
      this.fail(asProblem(error));
    }
  }

  /** @param {string} jobId */
  titleOf(jobId) {
    const job = this.workspace.jobs.get(jobId);
    return job ? this.workspace.titles.of(job) : "one job";
  }

  /** @param {Problem} problem */
  fail(problem) {
    this.acts.problem = problem;
    this.#changed();
  }

  async undo() {
    await this.acts.undo();
    this.counts.askSoon();
  }

  // --- live -----------------------------------------------------------------------------------------

  /** @param {LedgerEvent} event */
  #hear(event) {
    if (event.type === "log") this.#log(event);
    else if (event.type === "job") this.#job(event.job);
    else if (event.type === "snapshot") this.#missed();
  }

  /** @param {LogEvent} event */
  #log(event) {
    if (event.job_id === this.bulk?.job.job_id) this.bulk.hear(event);
    const kind = this.workspace.jobs.get(event.job_id)?.kind ?? "";
    if (!CHANGING.includes(kind)) return;
    this.counts.ask();
    if (!this.#open) return;
    const lines = told(event.lines);
    if (kind.endsWith("categorize")) this.ledger.hear(/** @type {CategorizedLine[]} */ (lines), kind === "categorize" ? null : event.job_id);
    else this.ledger.hearOutcomes(/** @type {ApprovedLine[]} */ (lines));
  }

  /** @param {Job} job */
  #job(job) {
    if (job.job_id === this.bulk?.job.job_id) this.bulk.take(job);
    if (!isOver(job) || !CHANGING.includes(job.kind)) return;
    this.counts.askSoon();
    // Revisions, accounts and what coalescing dropped are read from the server.
    if (this.#open) this.reload();
  }

  #missed() {
    this.counts.ask();
    this.bulk?.lines.catchUp();
    const job = this.bulk && this.workspace.jobs.get(this.bulk.job.job_id);
    if (job) this.bulk?.take(job);
    if (this.#open) this.reload();
  }

  // --- parts ----------------------------------------------------------------------------------------

  /** @param {string | null} seenAt @returns {{filter: TransactionFilter, seen_at: string | null}} */
  #allMatching(seenAt) {
    return { filter: wanted(this.filter), seen_at: seenAt };
  }

  /** @param {string[]} ids @returns {Record<string, number>} */
  #revisions(ids) {
    return Object.fromEntries(
      ids.flatMap((id) => {
        const revision = this.ledger.get(id)?.revision ?? null;
        return revision === null ? [] : [[id, revision]];
      }),
    );
  }

  #chosen() {
    return this.selection.ids.flatMap((id) => this.ledger.get(id) ?? []);
  }

  /** @returns {Promise<Line[]>} */
  async #chosenLines() {
    if (!this.selection.all) return this.#chosen();
    return (await this.books.transactions(wanted(this.filter), { limit: MOST_SET })).data;
  }

  #lastEnd = () => {
    const ends = this.workspace.jobs.list().flatMap(({ kind, finished_at }) => (finished_at && CHANGING.includes(kind) ? [finished_at] : []));
    return ends.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
  };

  /** The line to look at once this one has gone. @param {Line} line */
  #after(line) {
    const index = this.ledger.indexOf(line.transaction_id);
    return (this.ledger.lines[index + 1] ?? this.ledger.lines[index - 1])?.transaction_id ?? null;
  }

  #changed = () => {
    this.cursor.settle();
    this.dispatchEvent(new Event("change"));
  };
}
