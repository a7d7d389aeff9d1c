/**
 * The work at large: the last hour, what waits, and who works.
 * @import { Pulse } from "../activity/pulse.js"
 * @import { Activity, Pace, WorkerSeen } from "../contract-activity.js"
 */
import { count, counted, duration } from "../format.js";
import { inUtc } from "../moment.js";
import { clone, hold, part, show, text } from "../view.js";
import { drawChart, hourWords } from "./activity-chart.js";

/** Seconds without a life sign, after which a worker is spoken of as silent; it beats every few seconds. */
const SILENT_AFTER = 12;

export class ActivityOverview extends HTMLElement {
  #root = clone("activity-overview");
  /** @type {Map<string, HTMLElement>} */
  #workers = new Map();
  #drawn = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
  }

  /** @param {Pulse} pulse */
  draw(pulse) {
    const { activity, isOld, now } = pulse;
    this.#root.toggleAttribute("data-old", isOld);
    show(part(this.#root, "old", HTMLElement), isOld);
    if (!activity) return;
    this.#hour(activity);
    text(part(this.#root, "waiting", HTMLElement), count(activity.counts.pending));
    text(part(this.#root, "waiting-words", HTMLElement), waitingWords(activity, now));
    text(part(this.#root, "running", HTMLElement), count(activity.counts.running));
    text(part(this.#root, "running-words", HTMLElement), placesWords(activity.workers));
    this.#drawWorkers(activity.workers, now);
  }

  /** @param {Activity} activity */
  #hour(activity) {
    text(part(this.#root, "hour-words", HTMLElement), hourWords(activity));
    text(part(this.#root, "pace", HTMLElement), paceWords(activity.pace));
    const look = JSON.stringify([activity.minutes, Math.floor(Date.parse(activity.at) / 60_000)]);
    if (look === this.#drawn) return;
    this.#drawn = look;
    drawChart(part(this.#root, "chart", SVGElement), activity);
  }

  /** @param {WorkerSeen[]} workers @param {number} now */
  #drawWorkers(workers, now) {
    show(part(this.#root, "no-workers", HTMLElement), workers.length === 0);
    const ids = new Set(workers.map(({ worker_id }) => worker_id));
    for (const id of this.#workers.keys()) if (!ids.has(id)) this.#workers.delete(id);
    hold(part(this.#root, "workers", HTMLElement), workers.map((worker) => this.#worker(worker, now)));
  }

  /** @param {WorkerSeen} worker @param {number} now */
  #worker(worker, now) {
    const row = this.#workers.get(worker.worker_id) ?? clone("worker-row");
    this.#workers.set(worker.worker_id, row);
    const silence = worker.beat_at ? Math.max(0, (now - Date.parse(worker.beat_at)) / 1000) : null;
    row.dataset["tone"] = silence !== null && silence > SILENT_AFTER ? "silent" : worker.busy ? "busy" : "idle";
    text(part(row, "name", HTMLElement), worker.worker_id);
    part(row, "name", HTMLElement).title = `${worker.worker_id}, since ${inUtc(worker.started_at)}`;
    text(part(row, "busy", HTMLElement), `${counted(worker.busy, "jobs")}, ${counted(worker.slots, "places")}`);
    const beat = part(row, "beat", HTMLElement);
    text(beat, beatWords(silence));
    beat.title = worker.beat_at ? `Heartbeat at ${inUtc(worker.beat_at)}` : "";
    return row;
  }
}

/** @param {number | null} silence seconds */
function beatWords(silence) {
  if (silence === null) return "no heartbeat told";
  return silence > SILENT_AFTER ? `silent for ${duration(silence)}` : `heartbeat ${Math.round(silence)} s ago`;
}

/** @param {Activity} activity @param {number} now */
function waitingWords({ counts, waiting_since }, now) {
  if (!counts.pending) return "Nothing waits";
  if (!waiting_since) return "waiting for another try";
  return `waiting, the oldest for ${duration(Math.max(0, (now - Date.parse(waiting_since)) / 1000))}`;
}

/** Workers serve every company, so some places may be taken by work that is not told of here. @param {WorkerSeen[]} workers */
function placesWords(workers) {
  const places = workers.reduce((sum, { slots }) => sum + slots, 0);
  return places ? `running · ${counted(places, "places")} for all companies` : "running";
}

/** @param {Pace} pace */
function paceWords({ wait_p50, run_p50, run_p95 }) {
  if (run_p50 === null || run_p95 === null || wait_p50 === null) return "";
  return `Half took up to ${duration(run_p50)}, 95% up to ${duration(run_p95)}, after waiting ${duration(wait_p50)}`;
}

customElements.define("activity-overview", ActivityOverview);
