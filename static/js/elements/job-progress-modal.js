/**
 * A job's progress over all of the page, in the browser's own dialog:
 *
 *     <script type="module" src="/js/elements/job-progress-modal.js"></script>
 *     <job-progress-modal job-id="0198…" open></job-progress-modal>
 *
 * See job-element.js for its attributes, properties and events; `open` and `heading` are its own, and `close` is told when it
 * is closed. Closing it cancels nothing: the job runs on the server and goes on. Parts: `dialog`, `heading`, `close`.
 *
 * @import { JobsClient } from "../client.js"
 * @import { Job } from "../contract.js"
 */
import { piece } from "./job-element.js";
import { JobProgress } from "./job-progress.js";
import { modalSheet } from "./job-progress.css.js";

const PASSED_ON = ["job-id", "base-url", "label"];

export class JobProgressModal extends HTMLElement {
  static observedAttributes = [...PASSED_ON, "open", "heading"];

  #dialog = /** @type {HTMLDialogElement} */ (piece("dialog", "dialog", "dialog"));
  #heading = piece("h2", "heading", "heading");
  #progress = new JobProgress();
  #close = /** @type {HTMLButtonElement} */ (piece("button", "button", "close"));

  constructor() {
    super();
    this.#heading.id = "heading";
    this.#dialog.setAttribute("aria-labelledby", "heading");
    this.#close.type = "button";
    this.#close.textContent = "Close";
    this.#close.addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => {
      this.removeAttribute("open");
      this.dispatchEvent(new Event("close"));
    });
    this.#dialog.append(this.#heading, this.#progress, this.#close);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [modalSheet];
    root.append(this.#dialog);
  }

  get job() {
    return this.#progress.job;
  }

  /** @param {Job | null} job */
  set job(job) {
    this.#progress.job = job;
  }

  get client() {
    return this.#progress.client;
  }

  /** @param {JobsClient} client */
  set client(client) {
    this.#progress.client = client;
  }

  connectedCallback() {
    this.#draw();
  }

  /** @param {string} name @param {string | null} _before @param {string | null} value */
  attributeChangedCallback(name, _before, value) {
    if (PASSED_ON.includes(name)) {
      if (value === null) this.#progress.removeAttribute(name);
      else this.#progress.setAttribute(name, value);
    }
    this.#draw();
  }

  #draw() {
    this.#heading.textContent = this.getAttribute("heading") ?? "Working on it";
    if (!this.isConnected) return;
    if (!this.hasAttribute("open")) this.#dialog.close();
    else if (!this.#dialog.open) this.#dialog.showModal();
  }
}

customElements.define("job-progress-modal", JobProgressModal);
