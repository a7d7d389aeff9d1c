/**
 * All that the receipts page works with of one company.
 * @import { BooksApi } from "../books-api.js"
 * @import { Chart } from "../chart.js"
 * @import { Workspace } from "../workspace.js"
 */
import { ReceiptsApi } from "../receipts-api.js";
import { Piles } from "./piles.js";
import { Shelf } from "./shelf.js";

/** New receipts come in quick succession; the list is not read anew more often than so. */
const PAUSE = 600;

export class ReceiptRoom {
  /** @type {number | undefined} */
  #pause;

  /** @param {Workspace} workspace @param {BooksApi} books @param {Chart} chart */
  constructor(workspace, books, chart) {
    this.api = new ReceiptsApi(workspace.api, workspace.company.company_id);
    this.books = books;
    this.chart = chart;
    this.mayAct = workspace.mayAct;
    /** What the job is called that read a pile. @param {string} jobId */
    this.jobTitle = (jobId) => {
      const job = workspace.jobs.get(jobId);
      return job ? workspace.titles.of(job) : "an earlier one";
    };
    this.shelf = new Shelf(this.api, workspace.mayAct);
    this.piles = new Piles(workspace);
    this.piles.addEventListener("read", () => this.#readSoon());
  }

  close() {
    clearTimeout(this.#pause);
    this.piles.close();
    this.shelf.close();
  }

  #readSoon() {
    this.#pause ??= window.setTimeout(() => {
      this.#pause = undefined;
      this.shelf.reload();
    }, PAUSE);
  }
}
