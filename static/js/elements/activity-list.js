/**
 * The jobs of a filter: how each stands, live.
 * Tells `job-open` (detail: its id), `job-pick` (detail: {id, extend}), `pick-loaded`, `pick-none`, `more`.
 * @import { Job } from "../contract.js"
 * @import { Board } from "../activity/board.js"
 */
import { ago, count, duration } from "../format.js";
import { isOver } from "../jobs.js";
import { moment } from "../moment.js";
import { address } from "../route.js";
import { clone, hold, part, show, text } from "../view.js";
import { kindWord, messageWords, resultWords, standing, statusWord, stepWord, tone, unitsWords } from "../words.js";
import { mark } from "./job-list.js";
import { plainLink } from "./page-links.js";

/** A row is written anew this often at the least: "3 minutes ago" grows old. */
const GROWS_OLD = 30_000;

export class ActivityList extends HTMLElement {
  #root = clone("activity-list");
  /** @type {Map<string, HTMLElement>} */
  #rows = new Map();
  /** @type {string | null} where the keys are */
  #at = null;

  connectedCallback() {
    this.replaceChildren(this.#root);
    part(this.#root, "rows", HTMLElement).addEventListener("click", (event) => this.#click(event));
    part(this.#root, "more", HTMLElement).addEventListener("click", () => this.#tell("more"));
    const all = part(this.#root, "all", HTMLInputElement);
    all.addEventListener("change", () => this.#tell(all.checked ? "pick-loaded" : "pick-none"));
  }

  get at() {
    return this.#at;
  }

  /** @param {string[]} ids @param {number} by how many further down */
  move(ids, by) {
    const now = this.#at === null ? -1 : ids.indexOf(this.#at);
    const next = ids[Math.min(Math.max(now + by, 0), ids.length - 1)];
    if (next) this.goTo(next);
  }

  /** @param {string} id where keys go on from */
  goTo(id) {
    this.#at = id;
    this.#mark();
    const row = this.#rows.get(id);
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector("a")?.focus({ preventScroll: true });
  }

  /** @param {Board} board @param {(job: Job) => string} titleOf */
  draw(board, titleOf) {
    const { jobs, selection, mayAct, next, reading, total } = board;
    const known = new Set(board.ids);
    for (const id of this.#rows.keys()) if (!known.has(id)) this.#rows.delete(id);
    hold(part(this.#root, "rows", HTMLElement), jobs.map((job) => this.#row(job, titleOf(job), selection.has(job.job_id), mayAct)));
    show(this.#root, jobs.length > 0);
    const all = part(this.#root, "all", HTMLInputElement);
    all.checked = selection.size > 0 && jobs.every((job) => selection.has(job.job_id));
    all.indeterminate = selection.size > 0 && !all.checked;
    show(/** @type {HTMLElement} */ (all.closest("label")), mayAct);
    const more = part(this.#root, "more", HTMLButtonElement);
    show(more, next !== null);
    text(more, total && total > jobs.length ? `Show more · ${count(jobs.length)} of ${count(total)} shown` : "Show more");
    more.disabled = reading;
    this.#mark();
  }

  #mark() {
    for (const [id, row] of this.#rows) row.toggleAttribute("data-current", id === this.#at);
  }

  /** @param {Job} job @param {string} title @param {boolean} chosen @param {boolean} mayAct */
  #row(job, title, chosen, mayAct) {
    const row = this.#rows.get(job.job_id) ?? clone("activity-row");
    this.#rows.set(job.job_id, row);
    const look = [job.version, title, chosen, mayAct, Math.floor(Date.now() / GROWS_OLD)].join("\n");
    if (row.dataset["look"] === look) return row;
    row.dataset["look"] = look;
    row.dataset["id"] = job.job_id;
    drawRow(row, job, title);
    const box = part(row, "pick", HTMLInputElement);
    show(/** @type {HTMLElement} */ (box.closest("label")), mayAct);
    box.checked = chosen;
    box.setAttribute("aria-label", `Select ${title}`);
    return row;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = event.target instanceof Element ? event.target : null;
    const row = target?.closest(".activity-row");
    const id = row instanceof HTMLElement ? row.dataset["id"] : undefined;
    if (!id || !target) return;
    if (target instanceof HTMLInputElement) return this.#tell("job-pick", { id, extend: event.shiftKey });
    if (target.closest("label")) return;
    const link = target.closest("a");
    if (link && !plainLink(event)) return;
    event.preventDefault();
    this.#at = id;
    this.#tell("job-open", id);
  }

  /** @param {string} name @param {unknown} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** @param {HTMLElement} row @param {Job} job @param {string} title */
function drawRow(row, job, title) {
  mark(part(row, "mark", HTMLElement), job);
  const link = part(row, "link", HTMLAnchorElement);
  link.href = address({ companyId: job.company_id, jobId: job.job_id });
  text(link, title);
  link.title = title;
  text(part(row, "kind", HTMLElement), [title === kindWord(job.kind) ? "" : kindWord(job.kind), job.submitted_by ?? ""].filter(Boolean).join(" · "));
  const now = part(row, "now", HTMLElement);
  text(now, nowWords(job));
  now.title = now.textContent ?? "";
  part(row, "created", HTMLElement).replaceChildren(moment(job.created_at, ago));
  text(part(row, "took", HTMLElement), took(job));
  const pill = part(row, "pill", HTMLElement);
  text(pill, statusWord(job));
  pill.dataset["tone"] = tone(job);
}

/** What it does, found, or failed by. @param {Job} job */
function nowWords(job) {
  const again = job.attempt > 1 ? [`attempt ${job.attempt}`] : [];
  if (job.status === "complete") return [resultWords(job.result) || job.message, ...again].filter(Boolean).join(" · ");
  if (isOver(job)) return [job.error?.title ?? job.message, ...again].filter(Boolean).join(" · ");
  if (job.status === "pending") return [job.retry_at ? standing(job) : "", job.error?.title ?? "", ...again].filter(Boolean).join(" · ");
  const step = job.step ? stepWord(job.step) : "";
  return [`${job.progress}%`, step, unitsWords(job) || messageWords(job), ...again].filter(Boolean).join(" · ");
}

/** @param {Job} job */
function took({ started_at, finished_at }) {
  if (!started_at || !finished_at) return "";
  return duration(Math.max(0, (Date.parse(finished_at) - Date.parse(started_at)) / 1000));
}

customElements.define("activity-list", ActivityList);
