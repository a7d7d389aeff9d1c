/**
 * The jobs of a filter: how each stands, live. Tells what PickList does.
 * @import { Job } from "../contract.js"
 * @import { Board } from "../activity/board.js"
 */
import { ago, duration } from "../format.js";
import { isOver } from "../jobs.js";
import { moment } from "../moment.js";
import { address } from "../route.js";
import { part, text } from "../view.js";
import { kindWord, messageWords, resultWords, standing, statusWord, stepWord, tone, unitsWords } from "../words.js";
import { mark } from "./job-list.js";
import { PickList } from "./pick-list.js";

/** A row is written anew this often at the least: "3 minutes ago" grows old. */
const GROWS_OLD = 30_000;

export class ActivityList extends PickList {
  constructor() {
    super({ template: "activity-list", row: "activity-row" });
  }

  /** @param {Board} board @param {(job: Job) => string} titleOf */
  draw(board, titleOf) {
    const { ids, selection, mayAct, total } = board;
    const shown = { ids, selection, isChosen: (/** @type {string} */ id) => board.isChosen(id), mayAct, hasMore: board.next !== null, total };
    this.drawRows(shown, (row, id) => {
      const job = /** @type {Job} */ (board.get(id));
      const title = titleOf(job);
      const look = [job.version, title, Math.floor(Date.now() / GROWS_OLD)].join("\n");
      if (row.dataset["look"] !== look) drawRow(row, job, title);
      row.dataset["look"] = look;
      return title;
    });
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
  // What it said last was said of a step on its way.
  if (job.status === "complete") return [resultWords(job.result) || (isEmpty(job) ? "Nothing to do" : ""), ...again].filter(Boolean).join(" · ");
  if (isOver(job)) return [job.error?.title ?? job.message, ...again].filter(Boolean).join(" · ");
  if (job.status === "pending") return [job.retry_at ? standing(job) : "", job.error?.title ?? "", ...again].filter(Boolean).join(" · ");
  const step = job.step ? stepWord(job.step) : "";
  return [`${job.progress}%`, step, unitsWords(job) || messageWords(job), ...again].filter(Boolean).join(" · ");
}

/** @param {Job} job that is complete */
function isEmpty({ result }) {
  const counts = Object.values(result ?? {}).filter((value) => typeof value === "number");
  return counts.length > 0 && counts.every((value) => value === 0);
}

/** @param {Job} job */
function took({ started_at, finished_at }) {
  if (!started_at || !finished_at) return "";
  return duration(Math.max(0, (Date.parse(finished_at) - Date.parse(started_at)) / 1000));
}

customElements.define("activity-list", ActivityList);
