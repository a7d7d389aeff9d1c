/**
 * Takes receipts: dropped anywhere on the page, picked, or photographed; a pile goes out as one job.
 * Tells `pile-accepted` (detail: the job).
 * @import { Api } from "../api.js"
 * @import { Problem } from "../contract.js"
 */
import { asProblem, freshKey } from "../api.js";
import { counted } from "../format.js";
import { problemView } from "../problem-view.js";
import { sendPile } from "../upload.js";
import { clone, part, show, text } from "../view.js";

/** One job takes no more (client/ledgerwire/submissions.py). */
const MOST = 100;
/** As the server has it where nobody has set it otherwise. */
const LARGEST = 25 * 2 ** 20;
const READABLE = /\.(jpe?g|png|webp|tiff?|gif|bmp|hei[cf]|pdf)$/i;

export class ReceiptDrop extends HTMLElement {
  #root = clone("receipt-drop");
  /** @type {Api | null} */
  #api = null;
  #companyId = "";
  /** @type {Promise<void>} one pile after the other */
  #queue = Promise.resolve();
  #depth = 0;

  connectedCallback() {
    this.replaceChildren(this.#root);
    for (const [button, input] of [["choose", "input"], ["photograph", "camera"]]) {
      const picker = part(this.#root, String(input), HTMLInputElement);
      part(this.#root, String(button), HTMLButtonElement).addEventListener("click", () => picker.click());
      picker.addEventListener("change", () => {
        this.take([...(picker.files ?? [])]);
        picker.value = "";
      });
    }
  }

  /** @param {Api} api @param {string} companyId */
  serve(api, companyId) {
    this.#api = api;
    this.#companyId = companyId;
    this.#explain(null);
  }

  /** Steps back where there are receipts to look at. @param {boolean} compact */
  set compact(compact) {
    part(this.#root, "zone", HTMLElement).toggleAttribute("data-compact", compact);
    text(part(this.#root, "title", HTMLElement), compact ? "Read more receipts" : "Drop a pile of receipts");
    const hint = compact ? "Drop them anywhere on this page." : "Photos, scans and PDFs, up to a hundred at once. Each is read, compared with your bank lines and kept.";
    text(part(this.#root, "hint", HTMLElement), hint);
  }

  /** Sends what can be read, and says what was left out and why. @param {File[]} files */
  take(files) {
    if (files.length > MOST) return this.#explain(tooMany(files.length));
    const fit = files.filter((file) => reasonAgainst(file) === null);
    this.#explain(fit.length < files.length ? left(files) : null);
    if (fit.length) this.#enqueue(fit, freshKey());
  }

  /** The whole window is the target. @param {() => boolean} isHere whether what is dropped now is receipts */
  listenForDrops(isHere) {
    /** @param {DragEvent} event */
    const mine = (event) => isHere() && (event.dataTransfer?.types.includes("Files") ?? false);
    window.addEventListener("dragenter", (event) => mine(event) && this.#over(this.#depth + 1));
    window.addEventListener("dragleave", (event) => mine(event) && this.#over(this.#depth - 1));
    window.addEventListener("drop", (event) => {
      if (!mine(event)) return;
      this.#over(0);
      this.take([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** @param {number} depth how many nested elements the pointer has entered */
  #over(depth) {
    this.#depth = Math.max(0, depth);
    part(this.#root, "zone", HTMLElement).toggleAttribute("data-over", this.#depth > 0);
  }

  /** @param {File[]} files @param {string} key */
  #enqueue(files, key) {
    this.#queue = this.#queue.then(() => this.#send(files, key));
  }

  /** @param {File[]} files @param {string} key */
  async #send(files, key) {
    if (!this.#api) return;
    const name = files.length === 1 ? (files[0]?.name ?? "") : counted(files.length, "files");
    const sending = (/** @type {number} */ sent) => this.#sending(name, sent);
    sending(0);
    try {
      const job = await sendPile(this.#api, { files, companyId: this.#companyId, key }, sending);
      this.dispatchEvent(new CustomEvent("pile-accepted", { detail: job }));
    } catch (error) {
      this.#explain(asProblem(error), () => this.#enqueue(files, key));
    }
    show(part(this.#root, "sending", HTMLElement), false);
  }

  /** @param {string} name @param {number} sent */
  #sending(name, sent) {
    show(part(this.#root, "sending", HTMLElement), true);
    text(part(this.#root, "sending-name", HTMLElement), sent < 1 ? `Sending ${name}` : `Checking ${name}`);
    part(this.#root, "sent", HTMLProgressElement).value = sent;
  }

  /** @param {Problem | null} problem @param {() => void} [again] */
  #explain(problem, again) {
    const passing = !problem?.status || problem.status >= 500 || problem.status === 429;
    const actions = [{ label: "Dismiss", act: () => this.#explain(null) }];
    if (again && passing) actions.unshift({ label: "Try again", act: () => (this.#explain(null), again()) });
    part(this.#root, "problem", HTMLElement).replaceChildren(...(problem ? [problemView(problem, { actions, level: again ? "error" : "warning" })] : []));
  }
}

/** Why a file cannot be a receipt; null where it may be one. @param {File} file */
function reasonAgainst({ name, type, size }) {
  if (!READABLE.test(name) && !type.startsWith("image/")) return "receipts are read from JPEG, PNG, WebP, TIFF, GIF, BMP, HEIC and PDF";
  return size > LARGEST ? `it is larger than ${LARGEST / 2 ** 20} MB` : null;
}

/** @param {File[]} files @returns {Problem} */
function left(files) {
  const errors = files.flatMap((file) => {
    const detail = reasonAgainst(file);
    return detail ? [{ pointer: "", detail: `${file.name}: ${detail}` }] : [];
  });
  return { title: `${counted(errors.length, "files")} not sent`, detail: null, errors };
}

/** @param {number} many @returns {Problem} */
function tooMany(many) {
  return { title: `These are ${counted(many, "files")}: a pile takes ${MOST} at most`, detail: "Nothing was sent. Choose fewer, and the others once these are read." };
}

customElements.define("receipt-drop", ReceiptDrop);
