/**
 * A job's progress, live, on any page:
 *
 *     <script type="module" src="/js/elements/job-progress.js"></script>
 *     <job-progress job-id="0198…"></job-progress>
 *
 * See job-element.js for its attributes, properties and events. `bare` leaves out the error, the result and the buttons.
 * Parts: `icon`, `head` (of `label` and `count`: the present step), `label`, `count`, `track`, `bar`, `message`, `percent`
 * (of the whole job), `error`, `result`, `actions`, `button`. Variables: see job-progress.css.js.
 *
 * @import { Job, Problem } from "../contract.js"
 */
import { remaining } from "../format.js";
import { isOver } from "../jobs.js";
import { messageWords, resultWords, statusWord, stepWord, tookWords, unitsWords } from "../words.js";
import { holding, JobElement, piece, progressBar } from "./job-element.js";
import { sheet } from "./job-progress.css.js";

export class JobProgress extends JobElement {
  #parts;

  constructor() {
    const made = parts();
    super([sheet], made.roots);
    this.#parts = made;
    made.cancel.addEventListener("click", () => this.cancel());
    made.retry.addEventListener("click", () => this.retry());
  }

  /** @override @param {string} label */
  name(label) {
    this.#parts.bar.track.setAttribute("aria-label", label);
  }

  /** @override @param {Job} job */
  draw(job) {
    const { label, step, percent, bar, message, units, eta, result, cancel, retry } = this.#parts;
    label.textContent = isOver(job) || !job.step || job.status === "pending" ? statusWord(job) : stepWord(job.step);
    step.textContent = !isOver(job) && job.step ? `Step ${job.step.index} of ${job.step.count}` : "";
    percent.textContent = job.status === "complete" || (isOver(job) && job.progress === 0) ? "" : `${job.progress}%${isOver(job) ? "" : " of the whole job"}`;
    bar.show(job);
    message.textContent = messageWords(job);
    units.textContent = isOver(job) ? "" : unitsWords(job);
    this.toggleAttribute("empty", isOver(job) && job.progress === 0);
    eta.textContent = isOver(job) ? tookWords(job) : job.eta_seconds === null ? "" : remaining(job.eta_seconds);
    result.textContent = job.status === "complete" ? resultWords(job.result) : "";
    cancel.hidden = isOver(job) || job.cancel_requested;
    retry.hidden = job.status !== "failed" && job.status !== "cancelled";
    this.#complain(job.error);
  }

  /** @override */
  clear() {
    const { label, step, percent, message, units, eta, result, cancel, retry } = this.#parts;
    for (const place of [label, step, percent, message, units, eta, result]) place.textContent = "";
    for (const button of [cancel, retry]) button.hidden = true;
  }

  /** @override @param {Problem | null} problem */
  explain(problem) {
    if (problem && !this.job) this.#parts.label.textContent = problem.title;
    this.#complain(problem);
  }

  /** @param {Problem | null} problem */
  #complain(problem) {
    const { error } = this.#parts;
    const said = [piece("strong", "title"), piece("span", "detail"), ...(problem?.errors ?? []).slice(0, 3).map(() => piece("span", "detail"))];
    const words = problem ? [problem.title, problem.detail ?? "", ...(problem.errors ?? []).slice(0, 3).map(({ pointer, detail }) => `${pointer}: ${detail}`)] : [];
    words.forEach((text, at) => said[at] && (said[at].textContent = text));
    error.replaceChildren(...(problem ? said : []));
  }
}

function parts() {
  const icon = piece("span", "icon", "icon");
  icon.setAttribute("aria-hidden", "true");
  const label = piece("span", "label", "label");
  const step = piece("span", "step");
  const percent = piece("span", "percent", "percent");
  const bar = progressBar();
  const message = piece("span", "message", "message");
  const units = piece("span", "units", "count");
  const eta = piece("span", "eta");
  const head = piece("div", "row", "head");
  head.append(holding("words", icon, label, step), units);
  const foot = piece("div", "row foot");
  const away = piece("span", "away", "away");
  away.textContent = "Connecting again …";
  foot.append(holding("whole", percent, eta), message, away);
  const error = piece("div", "error", "error");
  const result = piece("p", "result", "result");
  const [cancel, retry] = [button("Cancel"), button("Try again")];
  const actions = piece("div", "actions", "actions");
  actions.append(cancel, retry);
  return { label, step, percent, bar, message, units, eta, error, result, cancel, retry, roots: [head, bar.track, foot, error, result, actions] };
}

/** @param {string} words */
function button(words) {
  const made = /** @type {HTMLButtonElement} */ (piece("button", "button", "button"));
  made.type = "button";
  made.textContent = words;
  made.hidden = true;
  return made;
}

customElements.define("job-progress", JobProgress);
