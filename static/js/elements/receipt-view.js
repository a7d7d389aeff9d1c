/**
 * One receipt: its picture with what was read on it, what a person says about it, and its bank line.
 * Tells `receipt-changed` (detail: the receipt), `receipt-removed` (detail: {receiptId}), `receipt-open` (detail: an
 * id), `receipt-next`, `receipt-previous` and `receipt-closed`.
 *
 * @import { Receipt } from "../contract-receipts.js"
 * @import { Problem } from "../contract.js"
 * @import { ReceiptRoom } from "../receipts/room.js"
 * @import { Correction } from "../receipts-api.js"
 */
import { ApiError, asProblem } from "../api.js";
import { moment } from "../moment.js";
import { problemView } from "../problem-view.js";
import { ask } from "../question.js";
import { Draft } from "../receipts/draft.js";
import { isCovered, singleKeys, takesKeys } from "../review/keys.js";
import { address } from "../route.js";
import { clone, listen, part, phrase, show, text } from "../view.js";
import { receiptStateWord } from "../words.js";
import { plainLink } from "./page-links.js";
import { LABELS, ReceiptFields } from "./receipt-fields.js";
import { ReceiptMatches } from "./receipt-matches.js";
import { ReceiptPicture } from "./receipt-picture.js";
import { ReceiptText } from "./receipt-text.js";

export class ReceiptView extends HTMLElement {
  #root = clone("receipt-view");
  /** @type {ReceiptRoom | null} */
  #room = null;
  /** @type {string | null} */
  #id = null;
  /** @type {Draft | null} */
  #draft = null;
  /** What was typed where somebody went Back without saving: it is there when they return. @type {Map<string, Draft>} */
  #kept = new Map();
  #busy = false;

  connectedCallback() {
    this.replaceChildren(this.#root);
    const acts = { save: () => this.#save(), confirm: () => this.#confirm(false), "confirm-next": () => this.#confirm(true), remove: () => this.#remove(), discard: () => this.#discard(), before: () => this.#leaveFor("receipt-previous"), after: () => this.#leaveFor("receipt-next"), "keep-both": () => this.#keepBoth(), "remove-duplicate": () => this.#remove() };
    for (const [name, act] of Object.entries(acts)) part(this.#root, name, HTMLElement).addEventListener("click", act);
    part(this.#root, "back", HTMLElement).addEventListener("click", (event) => plainLink(event) && (event.preventDefault(), this.#leaveFor("receipt-closed")));
    part(this.#root, "earlier", HTMLElement).addEventListener("click", (event) => plainLink(event) && (event.preventDefault(), this.#leaveFor("receipt-open", this.#draft?.receipt.duplicate_of)));
    listen(this.#fields, {
      "draft-change": () => this.#draw(),
      "field-light": (name) => this.#picture.light(name),
      "field-point": (box) => this.#picture.point(box),
    });
    listen(this.#picture, { "box-pick": (name) => this.#fields.focusOn(name) });
    listen(this.#matches, {
      "line-attach": (id) => this.#change((room, receipt) => room.api.attach(receipt.receipt_id, id), "Attached"),
      "line-detach": (id) => this.#change((room, receipt) => room.api.detach(receipt.receipt_id, id), "Detached"),
      "line-book": (line) => this.#book(line),
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    window.addEventListener("beforeunload", (event) => (this.#draft?.isDirty || this.#kept.size) && event.preventDefault());
  }

  /** @param {ReceiptRoom} room */
  serve(room) {
    this.#room = room;
    this.leave();
    this.#kept.clear();
    // Opened by its address, it is there before its neighbours are known.
    for (const thing of [room.chart, room.shelf]) thing.addEventListener("change", () => room === this.#room && this.#id && this.#draw());
  }

  /** @param {string} id */
  async open(id) {
    if (id === this.#id) return;
    this.leave();
    this.#id = id;
    this.#draft = this.#kept.get(id) ?? null;
    this.#kept.delete(id);
    this.#explain(null);
    this.#say("");
    this.#fields.clear();
    // Where the one before was left, this one is not begun.
    window.scrollTo(0, 0);
    const known = this.#room?.shelf.receipts.find((one) => one.receipt_id === id);
    if (known) this.#take(known);
    else this.#draw();
    await this.#reload();
    if (id === this.#id && document.activeElement === document.body) part(this.#root, "title", HTMLElement).focus();
  }

  leave() {
    if (this.#id && this.#draft?.isDirty) this.#kept.set(this.#id, this.#draft);
    this.#id = null;
    this.#draft = null;
  }

  get #fields() {
    return part(this.#root, "form", ReceiptFields);
  }

  get #picture() {
    return part(this.#root, "picture", ReceiptPicture);
  }

  get #matches() {
    return part(this.#root, "matches", ReceiptMatches);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#id || this.hidden || this.closest("[hidden]") || event.defaultPrevented || isCovered()) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && takesKeys(event.target)) return /** @type {HTMLElement} */ (event.target).blur();
    if (event.key === "Enter" && this.#fields.contains(/** @type {Node} */ (event.target)) && event.target instanceof HTMLInputElement) return void this.#save();
    const acts = /** @type {Record<string, () => void>} */ ({ Escape: () => this.#leaveFor("receipt-closed"), j: () => this.#leaveFor("receipt-next"), k: () => this.#leaveFor("receipt-previous"), c: () => this.#mayAct && this.#confirmByKey() });
    const act = acts[event.key];
    if (!act || takesKeys(event.target) || (event.key !== "Escape" && !singleKeys())) return;
    event.preventDefault();
    act();
  }

  get #mayAct() {
    return this.#room?.mayAct ?? false;
  }

  // --- what is done ---------------------------------------------------------------------------------

  async #save() {
    if (this.#draft?.isDirty && this.#fields.isWhole) await this.#correct({}, "Saved");
  }

  /** @param {boolean} next */
  async #confirm(next) {
    const before = this.#id;
    if (!this.#fields.isWhole) return;
    const done = await this.#correct({ confirm: true }, "Confirmed", next);
    if (done && next && before === this.#id) this.#tell("receipt-next");
    if (done) this.#tell("receipt-changed", done);
  }

  /** What is confirmed already is not confirmed again, as its button says. */
  #confirmByKey() {
    if (this.#draft && isSettled(this.#draft)) this.#tell("receipt-next");
    else this.#confirm(true);
  }

  async #keepBoth() {
    await this.#correct({ duplicate_of: null }, "It is a receipt of its own now");
  }

  /** @param {Correction} more @param {string} said @param {boolean} [quiet] the list is told later @returns {Promise<Receipt | null>} null where it was refused */
  async #correct(more, said, quiet = false) {
    const draft = this.#draft;
    if (!draft) return null;
    const correction = { ...draft.correction, ...more, revision: draft.receipt.revision };
    return this.#change((room, receipt) => room.api.correct(receipt.receipt_id, correction), said, { taken: draft.correction, quiet });
  }

  /** @param {{account_id: string, category: string | null}} line */
  async #book(line) {
    await this.#change(async (room, receipt) => {
      await room.api.book(receipt.receipt_id, line);
      return room.api.one(receipt.receipt_id);
    }, "Booked: the new line waits in the review");
  }

  async #remove() {
    const room = this.#room;
    const receipt = this.#draft?.receipt;
    if (!room || !receipt) return;
    const name = receipt.vendor ?? receipt.name;
    const detail = "The file is deleted with what was read of it. Bank lines stay as they are. This cannot be taken back.";
    if (!(await ask({ title: `Delete the receipt of ${name}?`, detail, yes: "Delete it" }))) return;
    try {
      await room.api.remove(receipt.receipt_id);
      this.#draft = null;
      this.#tell("receipt-next");
      this.#tell("receipt-removed", { receiptId: receipt.receipt_id });
    } catch (error) {
      this.#refused(asProblem(error));
    }
  }

  #discard() {
    this.#draft?.discard();
    this.#fields.clear();
    this.#explain(null);
    this.#draw();
  }

  /** @param {(room: ReceiptRoom, receipt: Receipt) => Promise<Receipt>} act @param {string} said @param {{taken?: Correction, quiet?: boolean}} [how] @returns {Promise<Receipt | null>} */
  async #change(act, said, { taken = {}, quiet = false } = {}) {
    const room = this.#room;
    const draft = this.#draft;
    if (!room || !draft || this.#busy) return null;
    this.#busy = true;
    this.#draw();
    try {
      const receipt = await act(room, draft.receipt);
      draft.settle(taken);
      draft.rebase(receipt);
      this.#fields.blame([]);
      this.#explain(null);
      this.#say(said);
      if (!quiet) this.#tell("receipt-changed", receipt);
      return receipt;
    } catch (error) {
      await this.#refused(asProblem(error), error instanceof ApiError && error.problem.type?.endsWith("/changed"));
      return null;
    } finally {
      this.#busy = false;
      this.#draw();
    }
  }

  /** @param {Problem} problem @param {boolean} [moved] */
  async #refused(problem, moved = false) {
    const rest = this.#fields.blame(problem.errors ?? []);
    const told = { ...problem, errors: rest };
    if (moved) {
      await this.#reload();
      told.detail = "It is shown as it is now, with what you typed on top. Look at it again, then save.";
    }
    this.#explain(told, moved ? "warning" : "error");
  }

  async #reload() {
    const id = this.#id;
    if (!id || !this.#room) return;
    try {
      const receipt = await this.#room.api.one(id);
      if (id === this.#id) this.#take(receipt);
    } catch (error) {
      if (id !== this.#id) return;
      const problem = asProblem(error);
      if (problem.status === 404) this.#draft = null;
      this.#explain(problem.status === 404 ? { title: "This receipt is not known here", detail: "It may have been deleted, or belong to another company." } : problem);
      this.#draw();
    }
  }

  /** @param {Receipt} receipt */
  #take(receipt) {
    if (this.#draft) this.#draft.rebase(receipt);
    else this.#draft = new Draft(receipt);
    this.#draw();
  }

  /** Asks before what was typed is lost. @param {string} name @param {unknown} [detail] */
  async #leaveFor(name, detail) {
    if (this.#draft?.isDirty && !(await ask({ title: "Leave without saving?", detail: "What you typed about this receipt is not saved yet.", yes: "Leave it", no: "Stay here" }))) return;
    this.#draft?.discard();
    this.#tell(name, detail);
  }

  // --- drawing --------------------------------------------------------------------------------------

  #draw() {
    const room = this.#room;
    const draft = this.#draft;
    if (!room) return;
    part(this.#root, "back", HTMLAnchorElement).href = address({ companyId: room.api.companyId, page: "receipts" });
    show(part(this.#root, "body", HTMLElement), draft !== null);
    show(part(this.#root, "foot", HTMLElement), draft !== null && room.mayAct);
    for (const [name, by] of /** @type {const} */ ([["before", -1], ["after", 1]])) {
      part(this.#root, name, HTMLButtonElement).disabled = !this.#id || room.shelf.neighbour(this.#id, by) === null;
    }
    text(part(this.#root, "title", HTMLElement), draft ? (draft.receipt.vendor ?? draft.receipt.name) : "Receipt");
    if (!draft) return;
    this.#drawReceipt(room, draft.receipt);
    this.#picture.draw(draft.receipt, room.api, LABELS);
    this.#fields.draw(draft, room.mayAct);
    this.#matches.draw(room, draft.receipt);
    this.#drawFoot(draft);
  }

  /** @param {ReceiptRoom} room @param {Receipt} receipt */
  #drawReceipt(room, receipt) {
    const state = part(this.#root, "state", HTMLElement);
    text(state, receiptStateWord(receipt.state));
    state.dataset["state"] = receipt.state;
    const since = receipt.confirmed_at ? ["Confirmed ", moment(receipt.confirmed_at), ` by ${receipt.confirmed_by ?? "somebody"}`] : ["Read ", moment(receipt.created_at)];
    phrase(part(this.#root, "meta", HTMLElement), `${receipt.name} · `, ...since);
    part(this.#root, "download", HTMLAnchorElement).href = room.api.fileAddress(receipt.receipt_id);
    show(part(this.#root, "remove", HTMLElement), room.mayAct);
    part(this.#root, "text", ReceiptText).draw(room.api, receipt.receipt_id);
    this.#drawDuplicate(room, receipt);
  }

  /** @param {ReceiptRoom} room @param {Receipt} receipt */
  #drawDuplicate(room, { duplicate_of }) {
    show(part(this.#root, "duplicate", HTMLElement), duplicate_of !== null);
    if (!duplicate_of) return;
    part(this.#root, "earlier", HTMLAnchorElement).href = address({ companyId: room.api.companyId, page: "receipts", rest: { receipt: duplicate_of } });
    const image = part(this.#root, "earlier-image", HTMLImageElement);
    const source = room.api.pageAddress(duplicate_of, 1);
    if (image.src !== source) image.src = source;
    for (const name of ["keep-both", "remove-duplicate"]) show(part(this.#root, name, HTMLElement), room.mayAct);
  }

  /** @param {Draft} draft */
  #drawFoot(draft) {
    show(part(this.#root, "dirty", HTMLElement), draft.isDirty);
    part(this.#root, "save", HTMLButtonElement).disabled = !draft.isDirty || this.#busy;
    show(part(this.#root, "discard", HTMLElement), draft.isDirty);
    for (const name of ["confirm", "confirm-next"]) part(this.#root, name, HTMLButtonElement).disabled = this.#busy || isSettled(draft);
  }

  /** @param {Problem | null} problem @param {"error" | "warning"} [level] */
  #explain(problem, level = "error") {
    const actions = problem && this.#draft === null ? [{ label: "Try again", act: () => void (this.#explain(null), this.#reload()), primary: true }] : [];
    part(this.#root, "problem", HTMLElement).replaceChildren(...(problem ? [problemView(problem, { level, actions })] : []));
  }

  /** @param {string} words */
  #say(words) {
    text(part(this.#root, "said", HTMLElement), words);
  }

  /** @param {string} name @param {unknown} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** Whether there is nothing to confirm. @param {Draft} draft */
function isSettled(draft) {
  return draft.receipt.state === "confirmed" && !draft.isDirty;
}

customElements.define("receipt-view", ReceiptView);
