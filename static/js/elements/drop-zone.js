/**
 * Takes bank files: dropped anywhere on the page, picked, or the sample. Sends them one after another.
 * Tells `job-accepted` (detail: {job, name}).
 * @import { BankAccount, Company } from "../contract-books.js"
 * @import { ColumnMapping } from "../contract-statements.js"
 * @import { Problem } from "../contract.js"
 * @import { Api } from "../api.js"
 * @import { Upload } from "../upload.js"
 */
import { asProblem, freshKey } from "../api.js";
import { problemView } from "../problem-view.js";
import { send } from "../upload.js";
import { clone, part, show, text } from "../view.js";
import { accountName } from "../words.js";

/** Files of the last jobs, kept so that one that asks for its account can be sent again. */
const KEPT = 10;
const SAMPLE = { url: "sample/june.csv", name: "june.csv" };

export class DropZone extends HTMLElement {
  #root = clone("drop-zone");
  #how = clone("how-it-goes");
  /** @type {Api | null} */
  #api = null;
  /** @type {Company | null} */
  #company = null;
  /** What a person has said about the file that they are choosing. @type {{accountId?: string, mapping?: ColumnMapping}} */
  #answer = {};
  /** @type {Promise<void>} one upload after the other */
  #queue = Promise.resolve();
  /** @type {Map<string, Upload>} by the job it became */
  #kept = new Map();
  /** @type {HTMLElement | null} */
  #problem = null;
  #depth = 0;

  connectedCallback() {
    this.replaceChildren(this.#root, this.#how);
    const input = part(this.#root, "input", HTMLInputElement);
    part(this.#root, "choose", HTMLButtonElement).addEventListener("click", () => this.choose());
    part(this.#root, "sample", HTMLButtonElement).addEventListener("click", () => this.#trySample());
    input.addEventListener("change", () => {
      this.#take([...(input.files ?? [])]);
      input.value = "";
    });
    this.#listenForDrops();
  }

  /** @param {Api} api @param {Company} company */
  serve(api, company) {
    this.#api = api;
    this.#company = company;
    this.#answer = {};
    this.#clearProblem();
    this.hidden = company.role === "viewer";
    this.offer([]);
  }

  choose() {
    part(this.#root, "input", HTMLInputElement).click();
  }

  /**
   * Sends the file of a job again, with what a person has said about it; asks for the file where it is not at hand.
   * @param {string} jobId
   * @param {string} name what the file is called
   * @param {{accountId?: string, mapping?: ColumnMapping}} answer
   */
  sendAgain(jobId, name, answer) {
    const upload = this.#kept.get(jobId);
    if (upload) return this.#again({ ...upload, ...answer, key: freshKey() });
    this.#answer = answer;
    const detail = "It was sent from another page or some time ago, so this page does not have it any more.";
    this.#show({ title: `Choose ${name} once more`, detail }, [
      { label: "Choose the file", act: () => this.choose(), primary: true },
      { label: "Never mind", act: () => this.#forget() },
    ], "warning");
    this.#problem?.scrollIntoView({ block: "nearest" });
  }

  /** Steps back where there is work to look at. @param {boolean} compact */
  set compact(compact) {
    part(this, "zone", HTMLElement).toggleAttribute("data-compact", compact);
    show(this.#how, !compact);
    text(part(this, "title", HTMLElement), compact ? "Categorize another file" : "Categorize a bank file");
    text(
      part(this, "hint", HTMLElement),
      compact ? "Drop it anywhere on this page." : "Drop an export from your bank here: CSV, OFX, QFX, QIF, MT940 or CAMT. You watch every line being read, matched and booked.",
    );
  }

  /** @param {BankAccount[]} accounts to choose from, where there are several */
  offer(accounts) {
    const select = part(this.#root, "account", HTMLSelectElement);
    select.replaceChildren(new Option("From the file", ""), ...accounts.map((one) => new Option(accountName(one), one.account_id)));
    show(part(this.#root, "account-label", HTMLElement), accounts.length > 1);
  }

  async #trySample() {
    try {
      const response = await fetch(SAMPLE.url);
      if (!response.ok) throw new Error(String(response.status));
      this.#take([new File([await response.blob()], SAMPLE.name, { type: "text/csv" })]);
    } catch {
      this.#show({ title: "The sample file could not be fetched", detail: "Check that the server is running, then try again." });
    }
  }

  /** @param {File[]} files */
  #take(files) {
    const company = this.#company;
    if (!company || company.role === "viewer") return;
    const accountId = part(this.#root, "account", HTMLSelectElement).value || null;
    const answer = this.#answer;
    this.#forget();
    for (const file of files) this.#enqueue({ file, companyId: company.company_id, accountId, ...answer, key: freshKey() });
  }

  #forget() {
    this.#answer = {};
    this.#clearProblem();
  }

  /** @param {Upload} upload */
  #enqueue(upload) {
    this.#queue = this.#queue.then(() => this.#send(upload));
  }

  /** @param {Upload} upload */
  async #send(upload) {
    if (!this.#api) return;
    this.#sending(upload.file.name, 0);
    try {
      const job = await send(this.#api, upload, (sent) => this.#sending(upload.file.name, sent));
      this.#keep(job.job_id, upload);
      this.dispatchEvent(new CustomEvent("job-accepted", { detail: { job, name: upload.file.name } }));
    } catch (error) {
      this.#refused(upload, asProblem(error));
    }
    show(part(this.#root, "sending", HTMLElement), false);
  }

  /** @param {string} jobId @param {Upload} upload */
  #keep(jobId, upload) {
    this.#kept.set(jobId, upload);
    const [oldest] = this.#kept.keys();
    if (oldest && this.#kept.size > KEPT) this.#kept.delete(oldest);
  }

  /** @param {string} name @param {number} sent */
  #sending(name, sent) {
    show(part(this.#root, "sending", HTMLElement), true);
    text(part(this.#root, "sending-name", HTMLElement), sent < 1 ? `Sending ${name}` : `Checking ${name}`);
    part(this.#root, "sent", HTMLProgressElement).value = sent;
  }

  /** @param {Upload} upload @param {Problem} problem */
  #refused(upload, problem) {
    const passing = !problem.status || problem.status >= 500 || problem.status === 429;
    const told = problem.status === 400 ? { ...problem, title: `${upload.file.name} was not accepted`, detail: null } : problem;
    this.#show(told, [
      ...(passing ? [{ label: "Try again", act: () => this.#again(upload), primary: true }] : []),
      { label: "Dismiss", act: () => this.#clearProblem() },
    ]);
  }

  /** @param {Upload} upload */
  #again(upload) {
    this.#clearProblem();
    this.#enqueue(upload);
  }

  /** @param {Problem} problem @param {import("../problem-view.js").Action[]} [actions] @param {"error" | "warning"} [level] */
  #show(problem, actions = [], level = "error") {
    this.#clearProblem();
    this.#problem = problemView(problem, { actions, level });
    this.#root.after(this.#problem);
  }

  #clearProblem() {
    this.#problem?.remove();
    this.#problem = null;
  }

  /** The whole window is the target, so that a file that misses the zone does not replace the page. */
  #listenForDrops() {
    window.addEventListener("dragenter", (event) => holdsFiles(event) && this.#over(this.#depth + 1));
    window.addEventListener("dragleave", (event) => holdsFiles(event) && this.#over(this.#depth - 1));
    window.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
    window.addEventListener("drop", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.#over(0);
      // There, what is dropped is receipts.
      if (document.body.dataset["page"] === "receipts") return;
      this.#take([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** @param {number} depth how many nested elements the pointer has entered */
  #over(depth) {
    this.#depth = Math.max(0, depth);
    part(this, "zone", HTMLElement).toggleAttribute("data-over", this.#depth > 0);
  }
}

/** @param {DragEvent} event */
function holdsFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

customElements.define("drop-zone", DropZone);
