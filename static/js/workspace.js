/**
 * One company's work: its jobs and their events, which job is looked at, and what may be done with it.
 * Decides; draws nothing. Tells `change` when there is something new to draw, and `heard` (detail: the event) for
 * everything the connection brings.
 *
 * @import { Api } from "./api.js"
 * @import { Company } from "./contract-books.js"
 * @import { Job, LedgerEvent, LogEvent, Problem, Snapshot } from "./contract.js"
 * @import { State } from "./connection.js"
 */
import { ApiError, asProblem } from "./api.js";
import { Connection } from "./connection.js";
import { Inside } from "./inside.js";
import { isOver, Jobs } from "./jobs.js";
import { Lines } from "./lines.js";
import { Titles } from "./titles.js";

const RECENT = 20;
/** @type {Problem} */
const NO_SUCH_JOB = { title: "This job is not known here", detail: "It may belong to another company, or be older than what is kept." };

export class Workspace extends EventTarget {
  jobs = new Jobs();
  /** @type {Lines | null} */
  lines = null;
  /** @type {Inside | null} */
  inside = null;
  /** @type {string | null} */
  selected = null;
  /** What the last action met, or why the job looked for is not there. @type {Problem | null} */
  notice = null;
  /** @type {string | null} */
  older = null;

  /** @param {Api} api @param {Company} company @param {(state: State) => void} onState */
  constructor(api, company, onState) {
    super();
    this.api = api;
    this.company = company;
    this.titles = new Titles(api);
    this.connection = new Connection({ api, companyId: company.company_id, onEvent: (event) => this.#hear(event), onState });
    this.jobs.addEventListener("change", () => this.#changed());
    this.titles.addEventListener("change", () => this.#changed());
  }

  get mayAct() {
    return this.company.role !== "viewer";
  }

  /** @param {string | null} jobId the one to look at; else one that is not over yet */
  async open(jobId) {
    this.connection.start();
    if (jobId) this.select(jobId);
    await this.showOlder();
    if (!this.selected) this.select(this.jobs.list().find((job) => !isOver(job))?.job_id ?? null);
  }

  close() {
    this.connection.stop();
    this.lines?.close();
  }

  /** @param {string | null} jobId */
  select(jobId) {
    if (jobId === this.selected && this.notice === null) return;
    this.lines?.close();
    this.selected = jobId;
    this.notice = null;
    this.lines = jobId ? new Lines(this.api, jobId) : null;
    this.inside = jobId ? new Inside(this.api, jobId) : null;
    this.lines?.addEventListener("change", () => this.#changed());
    this.lines?.catchUp();
    if (jobId && !this.jobs.get(jobId)) this.#ask(jobId);
    this.#changed();
  }

  /** Takes a job that was just submitted, and looks at it. @param {Job} job @param {string} title */
  accept(job, title) {
    this.titles.know(job.job_id, title);
    this.jobs.put(job);
    this.select(job.job_id);
  }

  /** The next page of the list; the first one at first. */
  async showOlder() {
    try {
      const page = await this.api.jobs(this.company.company_id, { limit: RECENT, cursor: this.older });
      this.older = page.next_cursor;
      for (const job of page.data) this.jobs.put(job);
      this.#changed();
    } catch {
      // The connection tells its own state and brings a snapshot when it is back.
    }
  }

  /** @param {string} kind @param {object} submission @param {string} title */
  async submit(kind, submission, title) {
    this.notice = null;
    try {
      this.accept(await this.api.submit(kind, { company_id: this.company.company_id, ...submission }), title);
    } catch (error) {
      this.tell(asProblem(error));
    }
  }

  /** @param {Problem} problem beside the job that is looked at */
  tell(problem) {
    this.notice = problem;
    this.#changed();
  }

  /** @param {string} jobId @param {"cancel" | "retry"} action */
  async act(jobId, action) {
    this.notice = null;
    try {
      this.jobs.put(await this.api[action](jobId));
    } catch (error) {
      this.notice = asProblem(error);
    }
    this.#changed();
  }

  /** @param {LedgerEvent} event */
  #hear(event) {
    if (event.type === "job") this.#take(event.job);
    else if (event.type === "log") this.#log(event);
    else if (event.type === "snapshot") this.#replace(event);
    this.dispatchEvent(new CustomEvent("heard", { detail: event }));
  }

  /** @param {Job} job */
  #take(job) {
    this.jobs.put(job);
    if (job.job_id === this.selected && isOver(job) && this.#lacksLines(job)) this.lines?.catchUp();
  }

  /** Coalescing may have dropped lines; the result says how many there should be. @param {Job} job */
  #lacksLines({ result }) {
    const outcomes = /** @type {number[]} */ (Object.values(result?.["outcomes"] ?? {}));
    const told = outcomes.reduce((sum, one) => sum + one, (result?.["categorized"] ?? 0) + (result?.["needs_review"] ?? 0));
    return told > (this.lines?.all.length ?? 0);
  }

  /** @param {LogEvent} event */
  #log(event) {
    if (event.job_id === this.selected) this.lines?.hear(event);
  }

  /** @param {Snapshot} snapshot */
  #replace(snapshot) {
    for (const jobId of this.jobs.replace(snapshot)) this.#ask(jobId);
    this.lines?.catchUp();
  }

  /** @param {string} jobId */
  async #ask(jobId) {
    try {
      this.jobs.put(await this.api.job(jobId));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) return;
      this.jobs.forget(jobId);
      if (jobId === this.selected) this.notice = NO_SUCH_JOB;
      this.#changed();
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
