/**
 * Everything of one company that the pages share: its jobs, its books, its review, its receipts. Decides what needs several of them;
 * draws nothing. Tells `change`.
 *
 * @import { Api } from "./api.js"
 * @import { Company } from "./contract-books.js"
 * @import { Job } from "./contract.js"
 * @import { State } from "./connection.js"
 */
import { asProblem } from "./api.js";
import { ActivityRoom } from "./activity/room.js";
import { BooksApi } from "./books-api.js";
import { Chart } from "./chart.js";
import { counted } from "./format.js";
import { isOver } from "./jobs.js";
import { ask } from "./question.js";
import { QuickBooksOffice } from "./quickbooks/office.js";
import { ReceiptRoom } from "./receipts/room.js";
import { undoQuestion } from "./review/bulk.js";
import { OPEN } from "./review/filter.js";
import { Review } from "./review/review.js";
import { Workspace } from "./workspace.js";

export class CompanyRoom extends EventTarget {
  /** @param {Api} api @param {Company} company @param {(state: State) => void} onState */
  constructor(api, company, onState) {
    super();
    this.company = company;
    this.books = new BooksApi(api, company.company_id);
    this.chart = new Chart(this.books);
    this.workspace = new Workspace(api, company, onState);
    this.activity = new ActivityRoom(this.workspace);
    this.review = new Review(this.workspace, this.books);
    this.quickbooks = new QuickBooksOffice(this.workspace);
    this.receipts = new ReceiptRoom(this.workspace, this.books, this.chart);
    const tell = () => this.dispatchEvent(new Event("change"));
    this.workspace.addEventListener("change", tell);
    this.chart.addEventListener("change", tell);
    this.review.counts.addEventListener("change", tell);
    this.receipts.shelf.tally.addEventListener("change", tell);
  }

  /** @param {string | null} jobId */
  open(jobId) {
    // Without a chart nothing can be categorized, but jobs go on; the pages that need it read it again.
    this.chart.load().catch(() => {});
    return this.workspace.open(jobId);
  }

  close() {
    this.workspace.close();
    this.activity.close();
    this.review.close();
    this.quickbooks.close();
    this.receipts.close();
  }

  /** @param {Job} job */
  async cancel(job) {
    const { jobs } = this.workspace;
    const over = new AbortController();
    const watch = () => {
      const now = jobs.get(job.job_id);
      if (!now || isOver(now)) over.abort();
    };
    jobs.addEventListener("change", watch);
    const question = {
      title: `Cancel ${this.workspace.titles.of(job)}?`,
      detail: job.kind === "ocr" ? "It stops after the files that are being read. Receipts that were read stay, and a retry reads the others." : "It stops after the present batch. What is already booked stays, and a retry goes on from there.",
      yes: "Cancel the job",
      no: "Keep it running",
    };
    if (await ask(question, over.signal)) await this.workspace.act(job.job_id, "cancel");
    jobs.removeEventListener("change", watch);
  }

  /** @param {Job} job that imported lines */
  async undoImport(job) {
    const name = this.workspace.titles.of(job);
    try {
      const [open, all] = await Promise.all([this.#count({ job_id: job.job_id, state: OPEN }), this.#count({ job_id: job.job_id })]);
      if (!open) return this.workspace.tell({ title: "Nothing is left to undo", detail: undone(all) });
      const detail = `${counted(open, "lines")} of it that nobody has approved ${open === 1 ? "is" : "are"} removed, with their proposed entries. ${undone(all - open)}`;
      if (!(await ask({ title: `Undo the import of ${name}?`, detail, yes: `Remove ${counted(open, "lines")}` }))) return;
    } catch (error) {
      return this.workspace.tell(asProblem(error));
    }
    await this.workspace.submit("undo-import", { import_job_id: job.job_id }, `Undo of ${name}`);
  }

  /** @param {Job} job that approved lines */
  async undoApproval(job) {
    if (await ask(undoQuestion(job.result?.["approved"] ?? 0))) {
      await this.workspace.submit("undo-approve", { approve_job_id: job.job_id }, "Undo of an approval");
    }
  }

  /** @param {Job} job that could not approve all of its lines */
  retryFailed(job) {
    return this.workspace.submit("bulk-approve", { failed_of: job.job_id }, "Approval of what had failed");
  }

  /** @param {import("./contract-books.js").TransactionFilter} filter */
  async #count(filter) {
    return (await this.books.transactions(filter, { limit: 1, count: true })).total ?? 0;
  }
}

/** @param {number} approved */
function undone(approved) {
  if (!approved) return "";
  return `${counted(approved, "approved lines")} ${approved === 1 ? "stays" : "stay"}: reopen what should go, too.`;
}
