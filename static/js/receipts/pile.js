/**
 * One pile of receipts as it is read: its job, and what became of each file. Tells `change`, and `read` where receipts
 * came of it.
 * @import { Api } from "../api.js"
 * @import { ReceiptFile } from "../contract-receipts.js"
 * @import { Job, LogEvent } from "../contract.js"
 */
import { isOver } from "../jobs.js";
import { Lines, OF_FILES, told } from "../lines.js";

export class Pile extends EventTarget {
  /** @param {Api} api @param {Job} job */
  constructor(api, job) {
    super();
    this.job = job;
    this.lines = /** @type {Lines<ReceiptFile>} */ (new Lines(api, job.job_id, OF_FILES));
    this.lines.addEventListener("change", () => this.#tell());
    if (!job.result) this.lines.catchUp();
  }

  /** @returns {ReceiptFile[]} each file once, however often it was told of */
  get files() {
    if (this.job.result) return this.job.result["files"];
    const byNumber = new Map(this.lines.all.map((file) => [file.file_no, file]));
    return [...byNumber.values()].sort((a, b) => a.file_no - b.file_no);
  }

  get failed() {
    return this.files.filter(({ outcome }) => outcome === "failed");
  }

  /** @param {Job} job as it is now */
  take(job) {
    if (job === this.job) return;
    const ended = isOver(job) && !isOver(this.job);
    this.job = job;
    // Coalescing may have dropped log lines on their way.
    if (ended && !job.result) this.lines.catchUp();
    if (ended) this.dispatchEvent(new Event("read"));
    this.#tell();
  }

  /** @param {LogEvent} event */
  hear(event) {
    this.lines.hear(event);
    if (told(event.lines, OF_FILES).length) this.dispatchEvent(new Event("read"));
  }

  close() {
    this.lines.close();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
