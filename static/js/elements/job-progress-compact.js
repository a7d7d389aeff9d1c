/**
 * A job's progress in one line, to stand in a row of a table or a sentence:
 *
 *     <script type="module" src="/js/elements/job-progress-compact.js"></script>
 *     <job-progress-compact job-id="0198…"></job-progress-compact>
 *
 * See job-element.js for its attributes, properties and events. Parts: `icon`, `label`, `track`, `bar`, `percent`.
 *
 * @import { Job, Problem } from "../contract.js"
 */
import { isOver } from "../jobs.js";
import { statusWord, stepWord } from "../words.js";
import { JobElement, piece, progressBar } from "./job-element.js";
import { sheet } from "./job-progress.css.js";

export class JobProgressCompact extends JobElement {
  #parts;

  constructor() {
    const icon = piece("span", "icon", "icon");
    icon.setAttribute("aria-hidden", "true");
    const [label, percent, bar] = [piece("span", "label", "label"), piece("span", "percent", "percent"), progressBar()];
    const line = piece("span", "line");
    line.append(icon, label, bar.track, percent);
    super([sheet], [line]);
    this.#parts = { label, percent, bar };
  }

  /** @override @param {string} label */
  name(label) {
    this.#parts.bar.track.setAttribute("aria-label", label);
  }

  /** @override @param {Job} job */
  draw(job) {
    const { label, percent, bar } = this.#parts;
    label.textContent = isOver(job) || !job.step ? statusWord(job) : stepWord(job.step);
    percent.textContent = isOver(job) ? "" : `${job.progress}%`;
    bar.show(job);
    this.title = job.error ? `${job.error.title}. ${job.error.detail ?? ""}` : job.message;
  }

  /** @override */
  clear() {
    for (const place of [this.#parts.label, this.#parts.percent]) place.textContent = "";
    this.title = "";
  }

  /** @override @param {Problem | null} problem */
  explain(problem) {
    if (!problem) return;
    this.#parts.label.textContent = problem.title;
    this.title = problem.detail ?? "";
  }
}

customElements.define("job-progress-compact", JobProgressCompact);
