/**
 * What every element that shows one job shares: whose job, how it is followed, what is told of it, and what is done.
 *
 * Attributes: `job-id`, `base-url` (the page's own origin if left out), `label` (the accessible name).
 * Properties: `job` (hand it one and it draws that and opens no connection), `client` (a JobsClient of yours, where
 * tokens are needed). Attribute `status` mirrors the job's; `reconnecting`
 * stands while the server is out of reach.
 * Events (bubbling, composed; `detail` is the job): `job-progress`, `job-complete`, `job-error` (failed or cancelled).
 *
 * @import { JobsClient } from "../client.js"
 * @import { Job, Problem } from "../contract.js"
 */
import { asProblem } from "../api.js";
import { clientOf } from "../clients.js";
import { isOver } from "../jobs.js";
import { statusWord, stepWord } from "../words.js";

/** How often, at most, a screen reader is told. */
const ANNOUNCE_EVERY = 5_000;
/** A connection that is made within this time is not spoken of. */
const LOST_AFTER = 2_000;

export class JobElement extends HTMLElement {
  static observedAttributes = ["job-id", "base-url", "label"];

  /** @type {Job | null} */
  #job = null;
  /** @type {JobsClient | null} */
  #client = null;
  #stop = () => {};
  #announced = 0;
  /** @type {number | undefined} */
  #lost;
  #polite = piece("p", "unseen");
  #urgent = piece("p", "unseen");

  /** @param {CSSStyleSheet[]} sheets @param {HTMLElement[]} roots */
  constructor(sheets, roots) {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = sheets;
    this.#polite.setAttribute("aria-live", "polite");
    this.#urgent.setAttribute("role", "alert");
    root.append(...roots, this.#polite, this.#urgent);
  }

  get job() {
    return this.#job;
  }

  set job(job) {
    this.#stop();
    this.#take(job);
  }

  get client() {
    return this.#client ?? clientOf(this.getAttribute("base-url") ?? "");
  }

  set client(client) {
    this.#client = client;
    if (this.isConnected) this.#watch();
  }

  connectedCallback() {
    this.#watch();
  }

  disconnectedCallback() {
    this.#stop();
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === "label") return this.name(now ?? "Job progress");
    if (name === "job-id") this.#forget();
    if (this.isConnected) this.#watch();
  }

  // --- what a kind of element adds ----------------------------------------------------------------------

  /** @param {string} _label */
  name(_label) {}

  /** @param {Job} _job */
  draw(_job) {}

  /** Nothing is known yet. */
  clear() {}

  /** What stands in the way of showing it, or of what was asked for. @param {Problem | null} _problem */
  explain(_problem) {}

  // --- what is done -------------------------------------------------------------------------------------

  cancel() {
    return this.#act((jobId) => this.client.cancel(jobId));
  }

  retry() {
    return this.#act((jobId) => this.client.retry(jobId));
  }

  /** @param {(jobId: string) => Promise<Job>} act */
  async #act(act) {
    const asked = this.#job;
    if (!asked) return;
    this.explain(null);
    try {
      const job = await act(asked.job_id);
      const held = /** @type {Job | null} */ (this.#job);
      // What was told live meanwhile is newer, or of another job.
      if (held?.job_id !== job.job_id || held.version >= job.version) return;
      const ended = isOver(held) && !isOver(job);
      this.#take(job);
      // A job that had ended was followed no more.
      if (ended) this.#watch();
    } catch (error) {
      this.explain(asProblem(error));
    }
  }

  /** Of another job nothing is to be seen, and nothing is to be cancelled. */
  #forget() {
    this.#job = null;
    this.removeAttribute("status");
    this.explain(null);
    this.clear();
  }

  #watch() {
    this.#stop();
    const jobId = this.getAttribute("job-id");
    if (!jobId) return;
    const { client } = this;
    const state = () => this.#awaitLine(client);
    client.addEventListener("state", state);
    const leave = client.subscribe(jobId, {
      job: (job) => this.#take(job),
      error: (problem) => {
        this.setAttribute("status", "unknown");
        this.explain(problem);
      },
    });
    this.#stop = () => {
      client.removeEventListener("state", state);
      clearTimeout(this.#lost);
      this.removeAttribute("reconnecting");
      leave();
    };
  }

  /** What is shown may be old by now. @param {JobsClient} client */
  #awaitLine({ state }) {
    clearTimeout(this.#lost);
    if (state !== "connecting") this.removeAttribute("reconnecting");
    else this.#lost = window.setTimeout(() => this.toggleAttribute("reconnecting", this.#job !== null && !isOver(this.#job)), LOST_AFTER);
  }

  /** @param {Job | null} job */
  #take(job) {
    const before = this.#job;
    if (job === before) return;
    this.#job = job;
    if (!job) return;
    if (this.getAttribute("status") !== job.status) this.setAttribute("status", job.status);
    this.draw(job);
    this.#announce(job, before);
    this.#tell("job-progress", job);
    if (isOver(job) && before?.version !== job.version) this.#tell(job.status === "complete" ? "job-complete" : "job-error", job);
  }

  /** @param {Job} job @param {Job | null} before */
  #announce(job, before) {
    const ended = isOver(job) && before !== null && !isOver(before);
    if (!ended && performance.now() - this.#announced < ANNOUNCE_EVERY) return;
    this.#announced = performance.now();
    if (ended && job.status === "failed") this.#urgent.textContent = `${spoken(job)}. ${job.error?.title ?? ""}`;
    else this.#polite.textContent = spoken(job);
  }

  /** @param {string} name @param {Job} job */
  #tell(name, job) {
    this.dispatchEvent(new CustomEvent(name, { detail: job, bubbles: true, composed: true }));
  }
}

/** @param {Job} job */
export function spoken(job) {
  const step = !isOver(job) && job.step ? `${stepWord(job.step)}, step ${job.step.index} of ${job.step.count}, ` : "";
  return `${statusWord(job)}, ${step}${job.progress} percent`;
}

/** A bar in its track, for people and for screen readers. */
export function progressBar() {
  const bar = piece("div", "bar", "bar");
  const track = piece("div", "track", "track");
  for (const [name, value] of Object.entries({ role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100", "aria-label": "Job progress" })) {
    track.setAttribute(name, value);
  }
  track.append(bar);
  return {
    track,
    /** @param {Job} job */
    show(job) {
      bar.style.setProperty("--_progress", String(job.progress));
      track.setAttribute("aria-valuenow", String(job.progress));
      track.setAttribute("aria-valuetext", spoken(job));
    },
  };
}

/** @param {string} name @param {...HTMLElement} children */
export function holding(name, ...children) {
  const element = piece("div", name);
  element.append(...children);
  return element;
}

/** @param {string} tag @param {string} className @param {string} [part] */
export function piece(tag, className, part) {
  const element = document.createElement(tag);
  element.className = className;
  if (part) element.setAttribute("part", part);
  return element;
}
