/**
 * The demo page: each kind of job with a button, its progress and its code, and what ran lately. Made of nothing but what any
 * page may import: the client and the elements.
 * @import { Job } from "../contract.js"
 * @import { Company } from "../contract-books.js"
 * @import { Kind } from "./kinds.js"
 */
import { Api, ApiError, asProblem } from "../api.js";
import { isOver, JobsClient } from "../client.js";
import { JobProgress } from "../elements/job-progress.js";
import { JobProgressCompact } from "../elements/job-progress-compact.js";
import { ago } from "../format.js";
import { moment } from "../moment.js";
import { problemView } from "../problem-view.js";
import { clone, part, show, text } from "../view.js";
import { kindWord, resultWords } from "../words.js";
import { codeOf, KINDS } from "./kinds.js";

const RECENT = 12;
const STATES = { connected: "Live", connecting: "Connecting…", disconnected: "" };

const client = new JobsClient();
/** The last job of each kind that this page has started. @type {Map<string, Job>} */
const started = new Map();
/** Each writes a card's code anew. @type {(() => void)[]} */
const drawings = [];
let company = "";
let mayAct = false;
let leave = () => {};

/** @param {string} id */
function at(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

async function begin() {
  client.addEventListener("state", () => (at("state").textContent = STATES[client.state]));
  try {
    const { companies } = await new Api().session();
    const select = /** @type {HTMLSelectElement} */ (at("company"));
    select.replaceChildren(...companies.map(({ company_id, name }) => new Option(name, company_id)));
    select.addEventListener("change", () => companies.filter(({ company_id }) => company_id === select.value).forEach(open));
    show(/** @type {HTMLElement} */ (select.closest("label")), companies.length > 0);
    const wanted = new URLSearchParams(location.search).get("company");
    const first = companies.find(({ company_id }) => company_id === wanted) ?? companies[0];
    if (!first) return explain(new ApiError({ title: "You see no company yet", detail: "Ask an administrator for a sign-in link." }));
    select.value = first.company_id;
    open(first);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) at("notice").replaceChildren(signIn());
    else explain(error);
  }
}

function signIn() {
  const link = document.createElement("a");
  link.href = "/";
  link.textContent = "Sign in first";
  return link;
}

/** @param {unknown} error */
function explain(error) {
  at("notice").replaceChildren(problemView(asProblem(error)));
}

/** @param {Company} chosen */
function open({ company_id: companyId, role }) {
  company = companyId;
  mayAct = role !== "viewer";
  show(at("looking"), !mayAct);
  started.clear();
  drawings.length = 0;
  at("notice").replaceChildren();
  at("kinds").replaceChildren(...KINDS.map(card));
  leave();
  at("history").replaceChildren();
  leave = client.subscribe({ companyId }, { job: remember, snapshot: ({ jobs }) => jobs.forEach(remember), error: (problem) => explain(new ApiError(problem)) });
  void recent();
}

// --- a kind -------------------------------------------------------------------------------------------

/** @param {Kind} kind */
function card(kind) {
  const root = clone("kind");
  part(root, "title", HTMLElement).textContent = kind.title;
  part(root, "about", HTMLElement).textContent = kind.about;
  const place = part(root, "job", HTMLElement);
  const button = element("button", kind.button);
  button.className = "button primary";
  button.addEventListener("click", () => start(kind, place, null));
  const begin = [button, ...(kind.accept ? [picker(kind, place)] : [])];
  if (!mayAct) begin.forEach(forbid);
  part(root, "start", HTMLElement).append(...begin, ...(kind.sample ? [saver(kind.sample)] : []));
  drawCode(root, kind);
  return root;
}

/** The sentence that says why stands once, above the cards. @param {HTMLElement} control */
function forbid(control) {
  control.toggleAttribute("disabled", true);
  control.setAttribute("aria-describedby", "looking");
}

/** For the code that names a file. @param {() => Promise<File>} sample */
function saver(sample) {
  const button = element("button", "Save the sample");
  button.className = "demo-saver";
  button.addEventListener("click", async () => {
    const file = await sample();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = file.name;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  return button;
}

/** @param {Kind} kind @param {HTMLElement} place */
function picker(kind, place) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = kind.accept ?? "";
  input.setAttribute("aria-label", `A file of yours: ${kind.title}`);
  input.addEventListener("change", () => input.files?.[0] && start(kind, place, input.files[0]));
  return input;
}

/** @param {Kind} kind @param {HTMLElement} place @param {File | null} file */
async function start(kind, place, file) {
  try {
    const fields = await kind.fields(company, file, (name) => started.get(name) ?? null);
    const job = await client.submit(kind.name, fields);
    started.set(kind.name, job);
    drawings.forEach((draw) => draw());
    remember(job);
    const progress = new JobProgress();
    progress.client = client;
    progress.setAttribute("label", kind.title);
    progress.setAttribute("job-id", job.job_id);
    place.replaceChildren(progress);
  } catch (error) {
    const problem = error instanceof ApiError ? error.problem : { title: error instanceof Error ? error.message : "It could not be started" };
    place.replaceChildren(problemView(problem));
  }
}

/** @param {HTMLElement} root @param {Kind} kind */
function drawCode(root, kind) {
  const samples = () => codeOf(kind, location.origin, company, (name) => started.get(name) ?? null);
  const code = part(root, "code", HTMLElement);
  let chosen = "curl";
  const tabs = Object.keys(samples()).map((language) => {
    const tab = element("button", language);
    tab.addEventListener("click", () => choose(language));
    return tab;
  });
  /** @param {string} language */
  const choose = (language) => {
    chosen = language;
    text(code, samples()[language] ?? "");
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.textContent === language));
  };
  part(root, "tabs", HTMLElement).append(...tabs);
  const copy = part(root, "copy", HTMLButtonElement);
  copy.addEventListener("click", async () => {
    // Out of a secure context there is no clipboard.
    const done = await Promise.resolve(navigator.clipboard?.writeText(code.textContent ?? "")).then(() => Boolean(navigator.clipboard), () => false);
    copy.textContent = done ? "Copied" : "Select it and copy";
  });
  choose(chosen);
  // What undoes a job names it once there is one.
  drawings.push(() => choose(chosen));
}

// --- what ran lately ----------------------------------------------------------------------------------

async function recent() {
  const wanted = company;
  /** @type {Job[]} */
  const found = [];
  try {
    for await (const job of client.list(wanted)) if (found.push(job) >= RECENT) break;
  } catch (error) {
    explain(error);
  }
  if (wanted === company) found.reverse().forEach(remember);
}

/** The newest stands first, each once; its own element follows it. @param {Job} job */
function remember(job) {
  const list = at("history");
  if (job.company_id !== company) return;
  const known = list.querySelector(`[data-job="${CSS.escape(job.job_id)}"] job-progress-compact`);
  // A job that had ended is followed no more; tried again, it is.
  if (known instanceof JobProgressCompact) return void (known.job && isOver(known.job) && !isOver(job) && (known.client = client));
  const last = /** @type {HTMLElement | null} */ (list.lastElementChild);
  if (list.children.length >= RECENT && (last?.dataset["at"] ?? "") > job.created_at) return;
  const row = document.createElement("li");
  row.dataset["job"] = job.job_id;
  const link = document.createElement("a");
  link.href = `/?company=${encodeURIComponent(company)}&job=${encodeURIComponent(job.job_id)}`;
  link.textContent = job.title ?? kindWord(job.kind);
  const progress = new JobProgressCompact();
  progress.client = client;
  progress.setAttribute("label", `Progress of ${kindWord(job.kind)}`);
  progress.setAttribute("job-id", job.job_id);
  row.append(link, progress, moment(job.created_at, ago), outcome(progress));
  const older = [...list.children].find((other) => /** @type {HTMLElement} */ (other).dataset["at"]?.localeCompare(job.created_at) === -1);
  row.dataset["at"] = job.created_at;
  list.insertBefore(row, older ?? null);
  while (list.children.length > RECENT) list.lastElementChild?.remove();
  show(at("none"), false);
}

/** What came of a job, or why nothing did. @param {JobProgressCompact} progress */
function outcome(progress) {
  const note = element("p", "");
  note.className = "demo-outcome";
  progress.addEventListener("job-progress", () => text(note, progress.job?.status === "complete" ? resultWords(progress.job.result) : ""));
  return note;
}

/** @param {string} tag @param {string} words */
function element(tag, words) {
  const made = document.createElement(tag);
  if (made instanceof HTMLButtonElement) made.type = "button";
  made.textContent = words;
  return made;
}

void begin();
