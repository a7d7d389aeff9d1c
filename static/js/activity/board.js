/**
 * A company's jobs as they are looked at: those of a filter, kept true by what is heard, and which are chosen.
 * Decides; draws nothing. Tells `change`.
 *
 * @import { ActivityApi } from "../activity-api.js"
 * @import { Job, LedgerEvent, Problem } from "../contract.js"
 * @import { Filter } from "./filter.js"
 */
import { asProblem } from "../api.js";
import { isOver } from "../jobs.js";
import { Selection } from "../review/selection.js";
import { EMPTY, fits, isSame, wanted } from "./filter.js";

const PAGE = 50;
/** Whoever asks for more wants to look far. */
const MORE = 200;
/** The server hands out no more at once. */
const MOST = 500;
/** Events come in quick succession; the list is not read anew more often than so. */
const PAUSE = 500;

export class Board extends EventTarget {
  /** @type {Filter | null} */
  #filter = null;
  /** @type {Map<string, Job>} */
  #jobs = new Map();
  /** @type {string[]} newest first */
  ids = [];
  /** @type {string | null} */
  next = null;
  /** How many match in all; null before that is known. @type {number | null} */
  total = null;
  /** When that was so, by the server's clock. @type {string | null} */
  seenAt = null;
  /** @type {Problem | null} */
  problem = null;
  selection = new Selection();
  loaded = false;
  reading = false;
  /** Whether somebody looks at it. */
  #shown = false;
  #asked = 0;
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
    clearTimeout(this.#pause);
    this.#asked += 1;
    this.#shown = false;
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
    return this.jobs.filter((job) => this.selection.has(job.job_id));
  }

  /** @param {string | null} id */
  get(id) {
    return id === null ? undefined : this.#jobs.get(id);
  }

  /** @param {Filter} filter */
  show(filter) {
    this.#shown = true;
    if (!this.#filter || !isSame(filter, this.#filter)) this.#begin(filter);
    this.reload();
  }

  /** Nobody looks at it any more: what happens meanwhile is read when somebody does. */
  rest() {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#asked += 1;
    this.#shown = this.reading = false;
  }

  /** Reads as far as was read before, so that nothing a person looks at goes away. */
  async reload() {
    const { filter } = this;
    await this.#read(async () => {
      const { body, at } = await this.#pages(filter, Math.max(PAGE, this.ids.length));
      return () => this.#replace(body.data, body.next_cursor, body.total, at);
    });
  }

  async more() {
    if (!this.next || this.reading) return;
    const { filter, next } = this;
    await this.#read(async () => {
      const { body } = await this.api.list(wanted(filter), { limit: MORE, cursor: next });
      return () => this.#append(body.data, body.next_cursor);
    });
  }

  /** @param {LedgerEvent} event */
  hear(event) {
    if (!this.#shown) return;
    if (event.type === "job") this.#take(event.job);
    // After a gap nobody knows what was missed.
    else if (event.type === "snapshot") this.readSoon();
  }

  readSoon() {
    this.#pause ??= window.setTimeout(() => {
      this.#pause = undefined;
      this.reload();
    }, PAUSE);
  }

  /** @param {Job} job as somebody was just told */
  put(job) {
    this.#take(job);
  }

  /** @param {Job} job */
  #take(job) {
    const held = this.#jobs.get(job.job_id);
    if (held) return this.#update(held, job);
    if (!this.loaded || !fits(this.filter, job)) return;
    // Whether its words match only the server knows; and of an old one not where it stands.
    if (this.filter.text || (this.next && job.job_id < (this.ids.at(-1) ?? ""))) return this.#toldOf(job);
    const at = this.ids.findIndex((id) => id < job.job_id);
    this.#jobs.set(job.job_id, job);
    this.ids = at < 0 ? [...this.ids, job.job_id] : this.ids.toSpliced(at, 0, job.job_id);
    if (this.total !== null) this.total += 1;
    this.#tell();
  }

  /** A change of an unlisted job may bring it into the list only where its status has just become so. @param {Job} job */
  #toldOf(job) {
    const isNews = job.status === "pending" || isOver(job) || (this.filter.tab === "running" && job.progress === 0);
    if (isNews) this.readSoon();
  }

  /** @param {Job} held @param {Job} job */
  #update(held, job) {
    if (held.version >= job.version) return;
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

  /** @param {Filter} filter */
  #begin(filter) {
    this.#filter = filter;
    this.#jobs.clear();
    this.ids = [];
    this.next = this.total = null;
    this.loaded = false;
    this.selection.clear();
  }

  /** @param {() => Promise<() => void>} ask what is asked, and then done with the answer if nothing else was asked meanwhile */
  async #read(ask) {
    const asked = ++this.#asked;
    this.reading = true;
    this.#tell();
    try {
      const take = await ask();
      if (asked !== this.#asked) return;
      take();
      this.problem = null;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.problem = asProblem(error);
    }
    this.reading = false;
    this.#tell();
  }

  /** @param {Filter} filter @param {number} many */
  async #pages(filter, many) {
    const asked = wanted(filter);
    const limit = Math.min(many, MOST);
    const page = await this.api.list(asked, { limit, count: true });
    while (page.body.next_cursor && page.body.data.length < many) {
      const { body } = await this.api.list(asked, { limit, cursor: page.body.next_cursor });
      page.body = { ...page.body, data: [...page.body.data, ...body.data], next_cursor: body.next_cursor };
    }
    return page;
  }

  /** What was heard meanwhile may be newer than what was read. @param {Job[]} jobs @param {string | null} next @param {number | null} total @param {string | null} at */
  #replace(jobs, next, total, at) {
    const held = this.#jobs;
    this.#jobs = new Map();
    this.ids = [];
    this.#append(jobs, next, held);
    this.total = total;
    this.seenAt = at;
    this.loaded = true;
    this.selection.drop(this.selection.ids.filter((id) => !this.#jobs.has(id)));
  }

  /** @param {Job[]} jobs @param {string | null} next */
  #append(jobs, next, held = this.#jobs) {
    const fresh = jobs.filter(({ job_id }) => !this.#jobs.has(job_id));
    for (const job of fresh) this.#jobs.set(job.job_id, newer(held.get(job.job_id), job));
    this.ids = [...this.ids, ...fresh.map(({ job_id }) => job_id)];
    this.next = next;
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {Job | undefined} held @param {Job} job */
function newer(held, job) {
  return held && held.version > job.version ? held : job;
}
