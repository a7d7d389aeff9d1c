/**
 * A company's jobs as they are looked at: those of a filter, kept true by what is heard, and which are chosen.
 * Decides; draws nothing. Tells `change`.
 *
 * @import { ActivityApi } from "../activity-api.js"
 * @import { JobCounts } from "../contract-activity.js"
 * @import { Job, LedgerEvent, Page, Problem, Status } from "../contract.js"
 * @import { Filter } from "./filter.js"
 */
import { asProblem } from "../api.js";
import { isOver } from "../jobs.js";
import { Selection } from "../review/selection.js";
import { EMPTY, fits, isSame, mightFit, wanted } from "./filter.js";

const PAGE = 50;
/** Whoever asks for more wants to look far. */
const MORE = 200;
/** The server hands out no more at once. */
const MOST = 500;
/** Events come in quick succession; the list is not read anew more often than so, and a long one less often. */
const PAUSE = 500;
const PAUSE_PER_ROW = 2;
/** Of so many jobs that are not listed it is known how they stood last. */
const MOST_UNLISTED = 2_000;
/** A header's time is of whole seconds: what came within that one was seen, too. */
const SECOND = 999;

export class Board extends EventTarget {
  /** @type {Filter | null} */
  #filter = null;
  /** @type {Map<string, Job>} */
  #jobs = new Map();
  /** How those stood that are not listed. @type {Map<string, Status>} */
  #unlisted = new Map();
  /** What was heard while the list was being read, which may be older than that. @type {Map<string, Job>} */
  #heard = new Map();
  /** @type {string[]} newest first */
  ids = [];
  /** @type {string | null} */
  next = null;
  /** How many match in all; null before that is known. @type {number | null} */
  total = null;
  /** How many would match, by status, whatever status is asked for. @type {JobCounts | null} */
  counts = null;
  /** Up to which moment that is so, by the server's clock. @type {string | null} */
  seenAt = null;
  /** @type {Problem | null} */
  problem = null;
  selection = new Selection();
  loaded = false;
  reading = false;
  /** How far a person wants to look. */
  #length = PAGE;
  /** Whether somebody looks at it. */
  #shown = false;
  /** Counts the readings; the answer to an earlier one is not taken. */
  #run = 0;
  #again = false;
  /** @type {number | undefined} */
  #pause;

  /** @param {ActivityApi} api @param {boolean} mayAct */
  constructor(api, mayAct) {
    super();
    this.api = api;
    this.mayAct = mayAct;
    this.selection.addEventListener("change", () => this.#tell());
  }

  close() {
    this.rest();
    this.#filter = null;
  }

  get filter() {
    return this.#filter ?? EMPTY;
  }

  /** @returns {Job[]} */
  get jobs() {
    return this.ids.flatMap((id) => this.#jobs.get(id) ?? []);
  }

  /** Those that are loaded. @returns {Job[]} */
  get chosen() {
    return this.jobs.filter((job) => this.isChosen(job.job_id));
  }

  /** Of "all that match" only what was there when they were chosen. @param {string} id */
  isChosen(id) {
    const { all } = this.selection;
    if (!all) return this.selection.has(id);
    return all.seenAt === null || Date.parse(this.#jobs.get(id)?.created_at ?? "") <= Date.parse(all.seenAt);
  }

  /** @param {string | null} id */
  get(id) {
    return id === null ? undefined : this.#jobs.get(id);
  }

  /** @param {Filter} filter */
  show(filter) {
    this.#shown = true;
    document.addEventListener("visibilitychange", this.#seen);
    if (!this.#filter || !isSame(filter, this.#filter)) this.#begin(filter);
    this.reload();
  }

  /** Nobody looks at it any more: what happens meanwhile is read when somebody does. */
  rest() {
    document.removeEventListener("visibilitychange", this.#seen);
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#run += 1;
    this.#shown = this.reading = this.#again = false;
    this.#unlisted.clear();
  }

  /** Reads as far as a person has looked, so that nothing they look at goes away. One reading at a time. */
  async reload() {
    if (this.reading) this.#again = true;
    else await this.#read();
  }

  more() {
    if (!this.next) return;
    this.#length = this.ids.length + MORE;
    this.reload();
  }

  /** Chooses all that match as it is now, which is read first: what is told is what will be done. */
  async chooseAll() {
    const filter = this.#filter;
    await this.#read();
    if (filter === this.#filter && this.total !== null && !this.problem) this.selection.chooseAll(this.total, this.seenAt);
  }

  /** @param {LedgerEvent} event */
  hear(event) {
    if (!this.#shown) return;
    if (event.type === "job") this.#hearOf(event.job);
    // After a gap nobody knows what was missed.
    else if (event.type === "snapshot") this.readSoon();
  }

  readSoon() {
    this.#pause ??= window.setTimeout(() => {
      this.#pause = undefined;
      // One that is out of sight is read when it comes into it.
      if (document.visibilityState === "visible") this.reload();
      else this.#again = true;
    }, PAUSE + PAUSE_PER_ROW * this.ids.length);
  }

  #seen = () => {
    if (document.visibilityState === "visible" && this.#again && !this.reading) this.reload();
  };

  // --- what is heard --------------------------------------------------------------------------------

  /** @param {Job} job */
  #hearOf(job) {
    if (this.reading) this.#heard.set(job.job_id, job);
    if (this.loaded) this.#take(job);
  }

  /** @param {Job} job */
  #take(job) {
    const held = this.#jobs.get(job.job_id);
    // Each change of status changes what is counted.
    if (held && held.version < job.version && held.status !== job.status) this.readSoon();
    if (held) this.#update(held, job);
    else if (mightFit(this.filter, job)) this.#takeNew(job);
  }

  /** One that is not listed: it takes its place where that is known, and else only its change of status is news. @param {Job} job */
  #takeNew(job) {
    const isBelow = this.next !== null && job.job_id < (this.ids.at(-1) ?? "");
    if (fits(this.filter, job) && !this.filter.text && !isBelow) this.#insert(job);
    // It may match by its words; and it is counted under another status now.
    if (this.#unlisted.get(job.job_id) === job.status) return;
    this.#unlisted.delete(job.job_id);
    this.#unlisted.set(job.job_id, job.status);
    if (this.#unlisted.size > MOST_UNLISTED) this.#unlisted.delete(/** @type {string} */ (this.#unlisted.keys().next().value));
    this.readSoon();
  }

  /** @param {Job} job */
  #insert(job) {
    const at = this.ids.findIndex((id) => id < job.job_id);
    this.#jobs.set(job.job_id, job);
    this.ids = at < 0 ? [...this.ids, job.job_id] : this.ids.toSpliced(at, 0, job.job_id);
    if (this.total !== null) this.total += 1;
    this.#tell();
  }

  /** @param {Job} held @param {Job} job */
  #update(held, job) {
    if (held.version >= job.version) {
      // While the broker is away the record tells an end, in versions of its own: the server knows which is newer.
      if (isOver(job) && !isOver(held)) this.readSoon();
      return;
    }
    if (fits(this.filter, job)) this.#jobs.set(job.job_id, job);
    else this.#forget(job.job_id);
    this.#tell();
  }

  /** @param {string} id */
  #forget(id) {
    this.#jobs.delete(id);
    this.ids = this.ids.filter((one) => one !== id);
    if (this.total !== null) this.total -= 1;
    this.selection.drop([id]);
  }

  // --- reading --------------------------------------------------------------------------------------

  /** @param {Filter} filter */
  #begin(filter) {
    this.#run += 1;
    const sameBesideTab = this.#filter !== null && isSame({ ...this.#filter, tab: filter.tab }, filter);
    this.#filter = filter;
    this.#jobs.clear();
    this.#unlisted.clear();
    this.ids = [];
    this.next = this.total = null;
    // By other words there are others.
    if (!sameBesideTab) this.counts = null;
    this.#length = PAGE;
    this.loaded = this.reading = this.#again = false;
    this.selection.clear();
  }

  async #read() {
    const run = ++this.#run;
    this.reading = true;
    this.#again = false;
    this.#heard.clear();
    const length = this.#length;
    this.#tell();
    try {
      const { body, at } = await this.#pages(this.filter, length);
      if (run !== this.#run) return;
      this.#replace(body, at);
    } catch (error) {
      if (run !== this.#run) return;
      this.problem = asProblem(error);
    }
    this.reading = false;
    this.#tell();
    // Who asked for more meanwhile waits for it.
    if (this.#length > length) await this.#read();
    else if (this.#again) this.readSoon();
  }

  /** @param {Filter} filter @param {number} many */
  async #pages(filter, many) {
    const asked = wanted(filter);
    const limit = Math.min(many, MOST);
    const page = await this.api.list(asked, { limit, count: true });
    while (page.body.next_cursor && page.body.data.length < many) {
      const { body } = await this.api.list(asked, { limit: Math.min(MOST, many - page.body.data.length), cursor: page.body.next_cursor });
      page.body = { ...page.body, data: [...page.body.data, ...body.data], next_cursor: body.next_cursor };
    }
    return page;
  }

  /** The server's present truth, and then what was heard while it was on its way. @param {Page} page @param {string | null} at */
  #replace({ data, next_cursor, total, counts }, at) {
    this.#jobs = new Map(data.map((job) => [job.job_id, job]));
    this.ids = [...this.#jobs.keys()];
    this.next = next_cursor;
    this.total = total;
    this.counts = counts;
    this.seenAt = at && new Date(Date.parse(at) + SECOND).toISOString();
    this.problem = null;
    this.loaded = true;
    this.selection.drop(this.selection.ids.filter((id) => !this.#jobs.has(id)));
    for (const job of this.#heard.values()) this.#take(job);
    this.#heard.clear();
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
