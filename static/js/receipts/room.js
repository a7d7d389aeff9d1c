/**
 * All that the receipts page works with of one company.
 * @import { BooksApi } from "../books-api.js"
 * @import { Chart } from "../chart.js"
 * @import { Workspace } from "../workspace.js"
 */
import { ReceiptsApi } from "../receipts-api.js";
import { Piles } from "./piles.js";
import { Shelf } from "./shelf.js";

/** New receipts come in quick succession; the list is read anew once they pause. */
const PAUSE = 400;

export class ReceiptRoom {
  /** @type {number | undefined} */
  #pause;

  /** @param {Workspace} workspace @param {BooksApi} books @param {Chart} chart */
  constructor(workspace, books, chart) {
    this.api = new ReceiptsApi(workspace.api, workspace.company.company_id);
    this.books = books;
    this.chart = chart;
    this.mayAct = workspace.mayAct;
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
    clearTimeout(this.#pause);
    this.#pause = window.setTimeout(() => this.shelf.reload(), PAUSE);
  }
}
