/**
 * A job's progress, live, on any page of the same origin:
 *
 *     <script type="module" src="/js/elements/job-progress.js"></script>
 *     <job-progress job-id="0198…"></job-progress>
 *
 * Attributes: `job-id`, `base-url` (the page's own origin if left out), `label` (the bar's accessible name).
 * Property `job`: hand it a job and it draws that one and opens no connection.
 * Events (bubbling, composed; `detail` is the job): `job-progress`, `job-complete`, `job-error` (failed or cancelled).
 * Parts: `head` (of `label` and `count`: the present step), `label`, `count`, `track`, `bar`, `message`, `percent` (of the
 * whole job). Attribute `status` mirrors the job's.
 *
 * @import { Job, Problem } from "../contract.js"
 */
import { remaining } from "../format.js";
import { isOver } from "../jobs.js";
import { watchJob } from "../watching.js";
import { messageWords, statusWord, stepWord, tookWords, unitsWords } from "../words.js";
import { sheet } from "./job-progress.css.js";

/** How often, at most, a screen reader is told. */
const ANNOUNCE_EVERY = 5_000;

export class JobProgress extends HTMLElement {
  static observedAttributes = ["job-id", "base-url", "label"];

  /** @type {Job | null} */
  #job = null;
  #stop = () => {};
  #announced = 0;
  #parts = parts();

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(...this.#parts.roots);
  }

  get job() {
    return this.#job;
  }

  set job(job) {
    this.#stop();
    this.#take(job);
  }

  connectedCallback() {
    this.#watch();
  }

  disconnectedCallback() {
    this.#stop();
  }

  attributeChangedCallback() {
    this.#parts.track.setAttribute("aria-label", this.getAttribute("label") ?? "Job progress");
    if (this.isConnected) this.#watch();
  }

  #watch() {
    this.#stop();
    const jobId = this.getAttribute("job-id");
    if (!jobId) return;
    this.#stop = watchJob(this.getAttribute("base-url") ?? "", jobId, {
      job: (job) => this.#take(job),
      problem: (problem) => this.#explain(problem),
    });
  }

  /** @param {Job | null} job */
  #take(job) {
    const before = this.#job;
    if (job === before) return;
    this.#job = job;
    if (!job) return;
    this.#draw(job);
    this.#announce(job, before);
    this.#tell("job-progress", job);
    if (isOver(job) && before?.version !== job.version) this.#tell(job.status === "complete" ? "job-complete" : "job-error", job);
  }

  /** @param {Job} job */
  #draw(job) {
    const { label, step, percent, track, bar, message, units, eta } = this.#parts;
    if (this.getAttribute("status") !== job.status) this.setAttribute("status", job.status);
    label.textContent = isOver(job) || !job.step || job.status === "pending" ? statusWord(job) : stepWord(job.step);
    step.textContent = !isOver(job) && job.step ? `Step ${job.step.index} of ${job.step.count}` : "";
    percent.textContent = job.status === "complete" || (isOver(job) && job.progress === 0) ? "" : `${job.progress}%${isOver(job) ? "" : " of the whole job"}`;
    bar.style.setProperty("--_progress", String(job.progress));
    track.setAttribute("aria-valuenow", String(job.progress));
    track.setAttribute("aria-valuetext", spoken(job));
    message.textContent = messageWords(job);
    units.textContent = isOver(job) ? "" : unitsWords(job);
    this.toggleAttribute("empty", isOver(job) && job.progress === 0);
    eta.textContent = isOver(job) ? tookWords(job) : job.eta_seconds === null ? "" : remaining(job.eta_seconds);
  }

  /** @param {Job} job @param {Job | null} before */
  #announce(job, before) {
    const ended = isOver(job) && before !== null && !isOver(before);
    if (!ended && performance.now() - this.#announced < ANNOUNCE_EVERY) return;
    this.#announced = performance.now();
    const { polite, urgent } = this.#parts;
    if (ended && job.status === "failed") urgent.textContent = `${spoken(job)}. ${job.error?.title ?? ""}`;
    else polite.textContent = spoken(job);
  }

  /** @param {Problem} problem */
  #explain(problem) {
    this.setAttribute("status", "unknown");
    this.#parts.label.textContent = problem.title;
    this.#parts.message.textContent = problem.detail ?? "";
  }

  /** @param {string} name @param {Job} job */
  #tell(name, job) {
    this.dispatchEvent(new CustomEvent(name, { detail: job, bubbles: true, composed: true }));
  }
}

/** @param {Job} job */
function spoken(job) {
  const step = !isOver(job) && job.step ? `${stepWord(job.step)}, step ${job.step.index} of ${job.step.count}, ` : "";
  return `${statusWord(job)}, ${step}${job.progress} percent`;
}

function parts() {
  const label = piece("span", "label", "label");
  const step = piece("span", "step");
  const percent = piece("span", "percent", "percent");
  const bar = piece("div", "bar", "bar");
  const track = piece("div", "track", "track");
  const message = piece("span", "message", "message");
  const units = piece("span", "units", "count");
  const eta = piece("span", "eta");
  const polite = piece("p", "unseen");
  const urgent = piece("p", "unseen");
  for (const [name, value] of Object.entries({ role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": "Job progress" })) {
    track.setAttribute(name, value);
  }
  polite.setAttribute("aria-live", "polite");
  urgent.setAttribute("role", "alert");
  track.append(bar);
  const head = piece("div", "row", "head");
  head.append(holding("words", label, step), units);
  const foot = piece("div", "row foot");
  foot.append(holding("whole", percent, eta), message);
  return { label, step, percent, bar, track, message, units, eta, polite, urgent, roots: [head, track, foot, polite, urgent] };
}

/** @param {string} name @param {...HTMLElement} children */
function holding(name, ...children) {
  const element = piece("div", name);
  element.append(...children);
  return element;
}

/** @param {string} tag @param {string} className @param {string} [part] */
function piece(tag, className, part) {
  const element = document.createElement(tag);
  element.className = className;
  if (part) element.setAttribute("part", part);
  return element;
}

customElements.define("job-progress", JobProgress);
