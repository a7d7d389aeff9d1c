/**
 * The receipts: piles being read, the list and what is done to many of them, and one in full.
 * Tells `receipts-go` (detail: {rest, replace}: what stands in the address beside the page, and whether in the place of
 * what stands there now) and `pile-cancel` (detail: the job).
 *
 * @import { Receipt } from "../contract-receipts.js"
 * @import { Outcome } from "../receipts/acts.js"
 * @import { ReceiptViewDetails } from "../receipts/events.js"
 * @import { Filter } from "../receipts/filter.js"
 * @import { Command } from "../receipts/keys.js"
 * @import { ReceiptRoom } from "../receipts/room.js"
 * @import { Shelf } from "../receipts/shelf.js"
 */
import { asProblem } from "../api.js";
import { problemView } from "../problem-view.js";
import { ask } from "../question.js";
import { attachAll, confirmAll, removeAll } from "../receipts/acts.js";
import { EMPTY, readFilter, writeFilter } from "../receipts/filter.js";
import { COMMANDS, KEYS } from "../receipts/keys.js";
import { commandIn, isCovered, keepsKey, takesKeys } from "../review/keys.js";
import { clone, hold, listen, oncePerFrame, part, show, text } from "../view.js";
import { showKeys } from "./key-help.js";
import { Picker } from "./picker.js";
import { ReceiptDrop } from "./receipt-drop.js";
import { ReceiptList } from "./receipt-list.js";
import { ReceiptPile } from "./receipt-pile.js";
import { ReceiptView } from "./receipt-view.js";
import { ReceiptsDock, removeQuestion } from "./receipts-dock.js";
import { emptyView, isWhole } from "./receipts-empty.js";
import { ReceiptsHead } from "./receipts-head.js";

export class ReceiptsPage extends HTMLElement {
  #root = clone("receipts-page");
  /** @type {ReceiptRoom | null} */
  #room = null;
  /** @type {string | null} */
  #opened = null;
  /** @type {Map<string, ReceiptPile>} by job */
  #piles = new Map();
  #explained = "";
  #picker = new Picker(() => this.#list, () => this.#shelf);
  #draw = oncePerFrame(() => this.#drawNow());

  connectedCallback() {
    this.replaceChildren(this.#root);
    listen(this.#list, {
      "row-open": (id) => this.#openReceipt(id),
      "row-pick": ({ id, extend }) => this.#picker.pick(id, extend),
      "pick-loaded": () => this.#picker.pickLoaded(),
      "pick-none": () => this.#picker.pickNone(),
      more: () => this.#shelf?.more(),
    });
    listen(part(this.#root, "piles", HTMLElement), {
      "pile-close": (job) => this.#room?.piles.dismiss(job.job_id),
      "receipt-open": (id) => this.#openReceipt(id),
    });
    listen(this.#drop, { "pile-accepted": (job) => this.#room?.piles.add(job) });
    listen(this.#head, { "filter-change": (change) => this.#refine(change), help: () => showKeys(KEYS) });
    listen(this.#view, this.#viewActs);
    listen(this.#dock, this.#dockActs);
    this.#drop.listenForDrops(() => !this.hidden && Boolean(this.#shelf?.mayAct));
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#lookAgain());
    window.addEventListener("focus", () => this.#lookAgain());
  }

  /** @param {ReceiptRoom} room */
  serve(room) {
    this.#room = room;
    this.#piles.clear();
    this.#explained = "";
    this.#dock.dismiss();
    this.#drop.serve(room.api.api, room.api.companyId);
    this.#view.serve(room);
    for (const thing of [room.shelf, room.piles]) thing.addEventListener("change", () => room === this.#room && this.#draw());
  }

  /** @param {Record<string, string>} rest what the address says */
  open({ receipt = "", ...rest }) {
    if (!receipt || !this.#shelf?.loaded) this.#shelf?.show(readFilter(rest));
    const before = this.#opened;
    this.#opened = receipt || null;
    if (receipt && receipt !== before) this.#view.open(receipt);
    if (!receipt) this.#view.leave();
    this.#drawNow();
    if (!receipt && before) this.#list.goTo(before);
  }

  get #shelf() {
    return this.#room?.shelf;
  }

  get #filter() {
    return this.#shelf?.filter ?? EMPTY;
  }

  get #head() {
    return part(this.#root, "head", ReceiptsHead);
  }

  get #list() {
    return part(this.#root, "list", ReceiptList);
  }

  get #drop() {
    return part(this.#root, "drop", ReceiptDrop);
  }

  get #dock() {
    return part(this.#root, "dock", ReceiptsDock);
  }

  get #view() {
    return part(this.#root, "view", ReceiptView);
  }

  // --- what is heard --------------------------------------------------------------------------------

  /** @type {{[Name in keyof ReceiptViewDetails]: (detail: ReceiptViewDetails[Name]) => void}} */
  #viewActs = {
    "receipt-changed": (receipt) => this.#shelf?.put(receipt),
    "receipt-removed": ({ receiptId }) => this.#shelf?.forget(receiptId),
    "receipt-next": () => this.#step(1),
    "receipt-previous": () => this.#step(-1),
    "receipt-closed": () => this.#go(writeFilter(this.#filter)),
    "receipt-open": (id) => this.#openReceipt(id),
  };

  /** @type {Record<string, (detail: any) => void>} */
  #dockActs = {
    "dock-confirm": () => this.#act(confirmAll),
    "dock-attach": () => this.#act(attachAll),
    "dock-remove": () => this.#remove(),
    "dock-clear": () => this.#picker.pickNone(),
  };

  /** @type {Record<Command, () => void>} */
  #commands = {
    next: () => this.#picker.move(1),
    previous: () => this.#picker.move(-1),
    first: () => this.#picker.move(-Infinity),
    last: () => this.#picker.move(Infinity),
    select: () => this.#picker.pickCurrent(),
    extendDown: () => this.#picker.extend(1),
    extendUp: () => this.#picker.extend(-1),
    selectLoaded: () => this.#picker.pickLoaded(),
    open: () => this.#list.at && this.#openReceipt(this.#list.at),
    search: () => this.#head.search(),
    help: () => showKeys(KEYS),
    escape: () => this.#picker.escape(() => this.#dock.dismiss()),
  };

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.hidden || this.#opened || event.defaultPrevented || isCovered()) return;
    const command = commandIn(COMMANDS, event);
    if (!command || (takesKeys(event.target) && command !== "escape") || keepsKey(event)) return;
    event.preventDefault();
    this.#commands[command]();
  }

  /** Other people may have worked on them. */
  #lookAgain() {
    if (!this.hidden && this.#opened === null) this.#shelf?.lookAgain();
  }

  // --- going ----------------------------------------------------------------------------------------

  /** @param {Partial<Filter>} change */
  #refine(change) {
    // A filter is gone to; what is being typed only follows.
    this.#go(writeFilter({ ...this.#filter, ...change }), "text" in change && !("tab" in change));
  }

  /** @param {string} id */
  #openReceipt(id) {
    this.#go({ ...writeFilter(this.#filter), receipt: id });
  }

  /** @param {number} by how many further down; beyond the last one the list is next */
  #step(by) {
    const next = this.#opened && this.#shelf?.neighbour(this.#opened, by);
    this.#go(next ? { ...writeFilter(this.#filter), receipt: next } : writeFilter(this.#filter), Boolean(next));
  }

  /** @param {Record<string, string>} rest @param {boolean} [replace] */
  #go(rest, replace = false) {
    this.dispatchEvent(new CustomEvent("receipts-go", { detail: { rest, replace } }));
  }

  // --- doing ----------------------------------------------------------------------------------------

  /** @param {(shelf: Shelf, receipts: Receipt[]) => Promise<Outcome>} act what is done to all that are chosen */
  async #act(act) {
    const shelf = this.#shelf;
    if (!shelf) return;
    this.#dock.busy = true;
    try {
      const outcome = await act(shelf, shelf.chosen);
      if (shelf !== this.#shelf) return;
      // What stayed as it was may have been changed by somebody else.
      if (outcome.failures.length) await shelf.reload();
      else shelf.selection.clear();
      this.#dock.say(outcome);
      text(part(this.#root, "spoken", HTMLElement), outcome.said);
    } catch (error) {
      this.#dock.explain(asProblem(error));
    } finally {
      this.#dock.busy = false;
    }
  }

  async #remove() {
    const chosen = this.#shelf?.chosen ?? [];
    if (chosen.length && (await ask(removeQuestion(chosen)))) await this.#act(removeAll);
  }

  // --- drawing --------------------------------------------------------------------------------------

  #drawNow() {
    const room = this.#room;
    if (!room || this.hidden) return;
    show(part(this.#root, "overview", HTMLElement), this.#opened === null);
    show(this.#view, this.#opened !== null);
    if (this.#opened !== null) return;
    const { shelf, piles } = room;
    const none = shelf.loaded && shelf.receipts.length === 0;
    show(this.#drop, shelf.mayAct);
    this.#drop.compact = !none || !isWhole(shelf.filter) || piles.all.length > 0;
    this.#drawPiles(room);
    show(this.#head, !isWhole(shelf.filter) || (shelf.loaded && !none));
    this.#head.draw(shelf, room.jobTitle);
    this.#list.draw(shelf);
    this.#dock.draw(shelf.mayAct ? shelf.chosen : []);
    this.#explain(shelf, none && !(isWhole(shelf.filter) && piles.all.length > 0));
  }

  /** @param {ReceiptRoom} room */
  #drawPiles({ piles, shelf }) {
    const drawn = piles.all.map((pile) => {
      const view = this.#piles.get(pile.job.job_id) ?? new ReceiptPile();
      this.#piles.set(pile.job.job_id, view);
      return { pile, view };
    });
    hold(part(this.#root, "piles", HTMLElement), drawn.map(({ view }) => view));
    for (const { pile, view } of drawn) view.draw(pile, shelf.mayAct);
  }

  /** What is wrong with the list, or what to do where it is empty. @param {Shelf} shelf @param {boolean} none */
  #explain({ problem, reading, filter, counts, mayAct }, none) {
    const empty = none && !reading && !problem;
    const said = JSON.stringify([problem, empty, filter, empty && counts, mayAct]);
    if (said === this.#explained) return;
    this.#explained = said;
    const actions = [{ label: "Try again", act: () => void this.#shelf?.reload(), primary: true }];
    const views = problem ? [problemView(problem, { actions })] : empty ? [emptyView(filter, counts, { mayAct, refine: (change) => this.#refine(change) })] : [];
    part(this.#root, "list-problem", HTMLElement).replaceChildren(...views);
  }
}

customElements.define("receipts-page", ReceiptsPage);
