/**
 * A company's books on their way to QuickBooks: how the connection stands, whose account is whose, the job that is
 * watched, and what was sent. Decides; draws nothing. Tells `change`.
 *
 * @import { MappingList, QuickBooksConnection, SentLine } from "../contract-quickbooks.js"
 * @import { Job, LedgerEvent, Problem } from "../contract.js"
 * @import { Workspace } from "../workspace.js"
 */
import { ApiError, asProblem } from "../api.js";
import { isOver } from "../jobs.js";
import { Lines } from "../lines.js";
import { QuickBooksApi } from "../quickbooks-api.js";

const PAGE = 50;
const KINDS = ["export-qbo", "connect-qbo", "fetch-qbo", "disconnect-qbo"];

export class QuickBooksOffice extends EventTarget {
  /** @type {QuickBooksConnection | null} */
  connection = null;
  /** @type {MappingList | null} */
  mapping = null;
  /** @type {SentLine[]} */
  sent = [];
  /** @type {string | null} */
  next = null;
  /** The one that is watched. @type {Job | null} */
  job = null;
  /** @type {Lines<SentLine> | null} */
  lines = null;
  /** @type {Problem | null} */
  problem = null;
  /** What was chosen and is not confirmed yet, by our account. @type {Map<string, string | null>} */
  chosen = new Map();
  busy = false;
  #awaitsConsent = false;

  /** @param {Workspace} workspace */
  constructor(workspace) {
    super();
    this.workspace = workspace;
    this.api = new QuickBooksApi(workspace.api, workspace.company.company_id);
    workspace.jobs.addEventListener("change", () => this.#look());
    workspace.addEventListener("heard", (event) => this.#hear(/** @type {CustomEvent<LedgerEvent>} */ (event).detail));
  }

  get mayAct() {
    return this.workspace.mayAct;
  }

  get mayConnect() {
    return this.workspace.company.role === "admin";
  }

  close() {
    this.lines?.close();
  }

  /** Reads all there is to know; after a job, too. */
  async open() {
    await this.#try(async () => {
      this.connection = await this.api.connection();
      const connected = this.connection.state === "connected";
      const [mapping, page] = await Promise.all([connected ? this.api.mapping() : null, this.api.exports({ limit: Math.max(PAGE, this.sent.length) })]);
      this.mapping = mapping;
      this.sent = page.data;
      this.next = page.next_cursor;
    });
    this.#look();
  }

  async more() {
    await this.#try(async () => {
      const page = await this.api.exports({ limit: PAGE, cursor: this.next });
      this.sent = [...this.sent, ...page.data];
      this.next = page.next_cursor;
    });
  }

  /** Goes to Intuit, once it is known where that is. */
  async connect() {
    await this.#try(async () => {
      const answer = await this.api.connect();
      if ("authorize_url" in answer) location.assign(answer.authorize_url);
      else {
        this.#awaitsConsent = true;
        this.#watch(answer);
      }
    });
  }

  /** Takes up what the browser was sent back with. @param {Record<string, string>} brought */
  async comeBack({ state = "", code = "", realmId = "", error = "" }) {
    if (error) {
      this.problem = { title: "QuickBooks was not connected", detail: error === "access_denied" ? "You said no over there. Nothing has changed." : `Intuit says: ${error}` };
      return this.#tell();
    }
    await this.#try(async () => this.#watch(await this.api.consent({ state, code, realm_id: realmId })));
  }

  /** @param {"export-qbo" | "fetch-qbo" | "disconnect-qbo"} kind @param {object} [fields] */
  async submit(kind, fields) {
    await this.#try(async () => this.#watch(await this.api.submit(kind, fields)));
  }

  /** @param {string} account @param {string | null} qboId */
  choose(account, qboId) {
    this.chosen.set(account, qboId);
    this.#tell();
  }

  /** What stands there for each account that is not confirmed: chosen by a person, else as proposed. */
  get undecided() {
    const rows = this.mapping?.data ?? [];
    return rows.flatMap(({ account, qbo_id, confirmed }) => {
      const choice = this.chosen.has(account) ? (this.chosen.get(account) ?? null) : qbo_id;
      return choice !== qbo_id || (!confirmed && choice !== null) ? [{ account, qbo_id: choice }] : [];
    });
  }

  async confirm() {
    const choices = this.undecided;
    await this.#try(async () => {
      this.mapping = await this.api.confirm(choices).catch((error) => {
        throw named(error, choices);
      });
      this.chosen.clear();
      this.connection = await this.api.connection();
    });
  }

  dismiss() {
    this.lines?.close();
    this.job = this.lines = null;
    this.#tell();
  }

  /** @param {Job} job */
  #watch(job) {
    this.workspace.jobs.put(job);
    if (this.job?.job_id === job.job_id) return;
    this.lines?.close();
    this.job = job;
    this.lines = /** @type {Lines<SentLine>} */ (new Lines(this.workspace.api, job.job_id));
    this.lines.addEventListener("change", () => this.#tell());
    this.lines.catchUp();
    this.#tell();
  }

  #look() {
    const running = this.workspace.jobs.list().find((job) => KINDS.includes(job.kind) && !isOver(job));
    if (running && (!this.job || isOver(this.job))) this.#watch(running);
    const now = this.job && this.workspace.jobs.get(this.job.job_id);
    if (!now || now === this.job) return;
    const ended = isOver(now) && this.job !== null && !isOver(this.job);
    this.job = now;
    if (ended) this.#ended(now);
    this.#tell();
  }

  /** @param {Job} job */
  #ended(job) {
    this.lines?.catchUp();
    const goes = this.#awaitsConsent && job.kind === "fetch-qbo" && job.status === "complete";
    this.#awaitsConsent = false;
    if (goes) this.connect();
    else this.open();
  }

  /** @param {LedgerEvent} event */
  #hear(event) {
    if (event.type === "log" && event.job_id === this.job?.job_id) this.lines?.hear(event);
    if (event.type === "snapshot") this.lines?.catchUp();
  }

  /** @param {() => Promise<void>} act */
  async #try(act) {
    this.busy = true;
    this.#tell();
    try {
      await act();
      this.problem = null;
    } catch (error) {
      this.problem = asProblem(error);
    }
    this.busy = false;
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/** Faults are told by the names of accounts, which people see, and not by their places in what was sent. @param {unknown} error @param {{account: string}[]} choices */
function named(error, choices) {
  if (!(error instanceof ApiError)) return error;
  const errors = error.problem.errors?.map(({ pointer, detail }) => {
    const at = /^\/choices\/(\d+)\//.exec(pointer);
    return { pointer: (at && choices[Number(at[1])]?.account) ?? pointer, detail };
  });
  return new ApiError({ ...error.problem, detail: "Choose another account for these.", errors });
}
