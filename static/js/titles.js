/**
 * What people call a job: by the name of its file, by how many lines it is about, or by what it undoes, which stands in
 * the job's input and not in its events.
 * @import { Api } from "./api.js"
 * @import { Job } from "./contract.js"
 */
import { counted } from "./format.js";
import { kindWord } from "./words.js";

/** Asked for at once. */
const LANES = 3;
/** Kinds whose input tells what they are about; that of an approval may be fifty thousand ids. */
const NAMED = ["undo-import"];

export class Titles extends EventTarget {
  /** @type {Map<string, string | null>} null while it is being asked for, or where there is none */
  #names = new Map();
  /** @type {string[]} */
  #waiting = [];
  #asking = 0;

  /** @param {Api} api */
  constructor(api) {
    super();
    this.api = api;
  }

  /** The title as far as it is known; tells `change` once more is. @param {Job} job */
  of(job) {
    const known = this.#names.get(job.job_id);
    if (known === undefined && NAMED.includes(job.kind)) this.#ask(job.job_id);
    return known ?? byItself(job);
  }

  /** The title for a sentence that is said once: waits until it is known. @param {Job} job */
  async settled(job) {
    const asked = NAMED.includes(job.kind) && !this.#names.get(job.job_id) ? await this.#name(job.job_id).catch(() => null) : null;
    if (asked) this.know(job.job_id, asked);
    return this.of(job);
  }

  /** @param {string} jobId @param {string} name */
  know(jobId, name) {
    this.#names.set(jobId, name);
  }

  /** @param {string} jobId */
  #ask(jobId) {
    this.#names.set(jobId, null);
    this.#waiting.push(jobId);
    this.#next();
  }

  async #next() {
    const jobId = this.#asking < LANES ? this.#waiting.shift() : undefined;
    if (!jobId) return;
    this.#asking += 1;
    try {
      const name = await this.#name(jobId);
      if (name) this.know(jobId, name);
    } catch {
      // Asked again when next it is drawn.
      this.#names.delete(jobId);
    }
    this.#asking -= 1;
    if (this.#names.get(jobId)) this.dispatchEvent(new Event("change"));
    this.#next();
  }

  /** @param {string} jobId @returns {Promise<string | null>} */
  async #name(jobId) {
    const { params, title } = await this.api.jobWithParams(jobId);
    const undone = params?.["import_job_id"];
    if (typeof undone !== "string") return title;
    const name = this.#names.get(undone) ?? (await this.#name(undone));
    return name && `Undo of ${name}`;
  }
}

/** Of a pile the number says more than the first name. @param {Job} job */
function byItself({ kind, title, result, step, units }) {
  if (kind === "ocr") return ofPile(result?.["files"]?.length ?? units?.total ?? 0);
  if (title) return title;
  if (kind !== "bulk-approve") return kindWord(kind);
  const told = step?.name === "approve" ? units?.total : null;
  const lines = result ? result["approved"] + result["skipped"] + result["failed_count"] : told;
  return lines ? `Approval of ${counted(lines, "lines")}` : kindWord(kind);
}

/** @param {number} files */
function ofPile(files) {
  return files ? counted(files, "receipts") : kindWord("ocr");
}
