/**
 * The receipts: piles being read, the list and what is done to many of them, and one in full.
 * Tells `receipts-go` (detail: what stands in the address beside the page) and `pile-cancel` (detail: the job).
 *
 * @import { Receipt } from "../contract-receipts.js"
 * @import { ReceiptRoom } from "../receipts/room.js"
 * @import { Filter } from "../receipts/filter.js"
 * @import { Outcome } from "../receipts/acts.js"
 */
import { asProblem } from "../api.js";
import { count, counted } from "../format.js";
import { problemView } from "../problem-view.js";
import { ask } from "../question.js";
import { attachAll, confirmAll, removeAll, surelyMatched } from "../receipts/acts.js";
import { conditionCount, EMPTY, readFilter, TABS, writeFilter } from "../receipts/filter.js";
import { isCovered, singleKeys, takesKeys } from "../review/keys.js";
import { address } from "../route.js";
import { clone, element, hold, oncePerFrame, part, show, text } from "../view.js";
import { plainLink } from "./page-links.js";
import { ReceiptDrop } from "./receipt-drop.js";
import { ReceiptList, STATES } from "./receipt-list.js";
import { ReceiptPile } from "./receipt-pile.js";
import { ReceiptView } from "./receipt-view.js";

/** The list follows when writing pauses. */
const PAUSE = 250;

export class ReceiptsPage extends HTMLElement {
  #root = clone("receipts-page");
  /** @type {ReceiptRoom | null} */
  #room = null;
  /** @type {string | null} */
  #opened = null;
  /** @type {Map<string, ReceiptPile>} by job */
  #piles = new Map();
  /** @type {number | undefined} */
  #pause;
  #depth = 0;
  #draw = oncePerFrame(() => this.#drawNow());

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#listen(this.#list, {
      "receipt-open": (id) => this.#openReceipt(id),
      "receipt-pick": ({ id, extend }) => this.#pick(id, extend),
      "pick-loaded": () => this.#shelf?.selection.choose(this.#shelf.ids),
      "pick-none": () => this.#shelf?.selection.clear(),
      more: () => this.#shelf?.more(),
    });
    this.#listen(part(this.#root, "piles", HTMLElement), {
      "pile-close": (job) => this.#room?.piles.dismiss(job.job_id),
      "receipt-open": (id) => this.#openReceipt(id),
    });
    this.#listen(this.#drop, { "pile-accepted": (job) => this.#room?.piles.add(job) });
    this.#listen(this.#view, {
      "receipt-changed": (receipt) => this.#shelf?.put(receipt),
      "receipt-removed": ({ receiptId }) => this.#shelf?.forget(receiptId),
      "receipt-next": () => this.#step(1),
      "receipt-previous": () => this.#step(-1),
      "receipt-closed": () => this.#go(writeFilter(this.#filter)),
      "receipt-open": (id) => this.#openReceipt(id),
    });
    this.#listenToHead();
    this.#listenForDrops();
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => !this.hidden && document.visibilityState === "visible" && this.#shelf?.reload());
  }

  /** @param {ReceiptRoom} room */
  serve(room) {
    this.#room = room;
    this.#piles.clear();
    this.#drop.serve(room.api.api, room.api.companyId);
    this.#view.serve(room);
    for (const thing of [room.shelf, room.piles]) thing.addEventListener("change", () => room === this.#room && this.#draw());
  }

  /** @param {Record<string, string>} rest what the address says */
  open({ receipt = "", ...rest }) {
    if (!receipt || !this.#shelf?.loaded) this.#shelf?.show(readFilter(rest));
    const changed = (receipt || null) !== this.#opened;
    this.#opened = receipt || null;
    if (receipt && changed) this.#view.open(receipt);
    if (!receipt) this.#view.leave();
    this.#drawNow();
  }

  get #shelf() {
    return this.#room?.shelf;
  }

  get #filter() {
    return this.#shelf?.filter ?? EMPTY;
  }

  get #list() {
    return part(this.#root, "list", ReceiptList);
  }

  get #drop() {
    return part(this.#root, "drop", ReceiptDrop);
  }

  get #view() {
    return part(this.#root, "view", ReceiptView);
  }

  // --- what is heard --------------------------------------------------------------------------------

  #listenToHead() {
    part(this.#root, "tabs", HTMLElement).addEventListener("click", (event) => {
      const link = plainLink(event);
      if (!link) return;
      event.preventDefault();
      this.#refine({ tab: /** @type {Filter["tab"]} */ (link.dataset["tab"]) });
    });
    const search = part(this.#root, "text", HTMLInputElement);
    search.addEventListener("input", () => {
      clearTimeout(this.#pause);
      this.#pause = window.setTimeout(() => this.#refine({ text: search.value.trim() }), PAUSE);
    });
    const form = part(this.#root, "form", HTMLFormElement);
    form.addEventListener("change", () => this.#refine(/** @type {Partial<Filter>} */ (Object.fromEntries(new FormData(form)))));
    form.addEventListener("reset", () => this.#refine({ ...EMPTY, tab: this.#filter.tab, text: this.#filter.text }));
    const filters = part(this.#root, "filters", HTMLButtonElement);
    filters.addEventListener("click", () => {
      show(form, Boolean(form.hidden));
      filters.setAttribute("aria-expanded", String(!form.hidden));
    });
    for (const [name, act] of Object.entries({ confirm: confirmAll, attach: attachAll })) {
      part(this.#root, name, HTMLButtonElement).addEventListener("click", () => this.#act(act));
    }
    part(this.#root, "remove", HTMLButtonElement).addEventListener("click", () => this.#remove());
    part(this.#root, "clear", HTMLButtonElement).addEventListener("click", () => this.#shelf?.selection.clear());
  }

  /** @param {HTMLElement} place @param {Record<string, (detail: any) => void>} acts */
  #listen(place, acts) {
    for (const [name, act] of Object.entries(acts)) {
      place.addEventListener(name, (event) => act(event instanceof CustomEvent ? event.detail : undefined));
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.hidden || this.#opened || event.defaultPrevented || isCovered() || takesKeys(event.target)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || !singleKeys()) return;
    const acts = /** @type {Record<string, () => void>} */ ({
      j: () => this.#list.move(this.#shelf?.ids ?? [], 1),
      k: () => this.#list.move(this.#shelf?.ids ?? [], -1),
      x: () => this.#list.at && this.#pick(this.#list.at, false),
      "/": () => part(this.#root, "text", HTMLInputElement).focus(),
    });
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  // --- going ----------------------------------------------------------------------------------------

  /** @param {Partial<Filter>} change */
  #refine(change) {
    this.#go(writeFilter({ ...this.#filter, ...change }));
  }

  /** @param {string} id */
  #openReceipt(id) {
    this.#go({ ...writeFilter(this.#filter), receipt: id });
  }

  /** @param {number} by */
  #step(by) {
    const next = this.#opened && this.#shelf?.neighbour(this.#opened, by);
    this.#go(next ? { ...writeFilter(this.#filter), receipt: next } : writeFilter(this.#filter));
  }

  /** @param {Record<string, string>} rest */
  #go(rest) {
    this.dispatchEvent(new CustomEvent("receipts-go", { detail: rest }));
  }

  // --- acts on many ---------------------------------------------------------------------------------

  /** @param {string} id @param {boolean} extend */
  #pick(id, extend) {
    const shelf = this.#shelf;
    if (!shelf?.mayAct) return;
    if (extend) shelf.selection.extend(id, shelf.ids);
    else shelf.selection.toggle(id, shelf.ids);
  }

  /** @returns {Receipt[]} */
  get #chosen() {
    const shelf = this.#shelf;
    return shelf ? shelf.receipts.filter((one) => shelf.selection.has(one.receipt_id)) : [];
  }

  /** @param {(shelf: any, receipts: Receipt[]) => Promise<Outcome>} act */
  async #act(act) {
    const chosen = this.#chosen;
    part(this.#root, "chosen", HTMLElement).toggleAttribute("inert", true);
    try {
      this.#say(await act(this.#shelf, chosen));
      this.#shelf?.selection.clear();
    } catch (error) {
      this.#say({ said: asProblem(error).title, failures: [] });
    }
    part(this.#root, "chosen", HTMLElement).toggleAttribute("inert", false);
  }

  async #remove() {
    const chosen = this.#chosen;
    const detail = "The files are deleted with what was read of them. Bank lines stay as they are. This cannot be taken back.";
    const many = counted(chosen.length, "receipts");
    if (await ask({ title: `Delete ${many}?`, detail, yes: `Delete ${many}`, no: "Keep them" })) await this.#act(removeAll);
  }

  /** @param {Outcome} outcome */
  #say({ said, failures }) {
    text(part(this.#root, "said", HTMLElement), said);
    const view = failures.length ? [problemView({ title: said, errors: failures.map(({ name, why }) => ({ pointer: name, detail: why })) }, { level: "warning", actions: [{ label: "Dismiss", act: () => this.#say({ said: "", failures: [] }) }] })] : [];
    part(this.#root, "outcome", HTMLElement).replaceChildren(...view);
  }

  // --- drawing --------------------------------------------------------------------------------------

  #drawNow() {
    const room = this.#room;
    const shelf = room?.shelf;
    if (!room || !shelf) return;
    show(part(this.#root, "overview", HTMLElement), this.#opened === null);
    show(this.#view, this.#opened !== null);
    if (this.#opened !== null) return;
    show(this.#drop, shelf.mayAct);
    this.#drop.compact = Boolean(shelf.counts.all) || room.piles.all.length > 0 || isNarrowed(this.#filter);
    this.#drawPiles(room);
    this.#drawHead(shelf.filter, shelf.counts);
    this.#list.draw(shelf);
    this.#drawChosen();
    this.#explain();
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

  /** @param {Filter} filter @param {Partial<Record<Filter["tab"], number>>} counts */
  #drawHead(filter, counts) {
    show(part(this.#root, "head", HTMLElement), Boolean(counts.all) || isNarrowed(filter));
    const links = TABS.map((tab) => {
      const link = Object.assign(document.createElement("a"), { href: this.#address({ ...filter, tab }) });
      link.dataset["tab"] = tab;
      link.append(tab === "all" ? "All" : (STATES[tab] ?? tab), " ", element("b", "", counts[tab] === undefined ? "" : count(counts[tab] ?? 0)));
      if (tab === filter.tab) link.setAttribute("aria-current", "true");
      return link;
    });
    const tabs = part(this.#root, "tabs", HTMLElement);
    if (tabs.textContent !== links.map((one) => one.textContent).join("") || tabs.querySelector("[aria-current]")?.getAttribute("data-tab") !== filter.tab) tabs.replaceChildren(...links);
    const search = part(this.#root, "text", HTMLInputElement);
    if (document.activeElement !== search) search.value = filter.text;
    for (const field of part(this.#root, "form", HTMLFormElement).elements) {
      const named = /** @type {HTMLInputElement} */ (field);
      if (named.name in filter && document.activeElement !== named) named.value = filter[/** @type {keyof Filter} */ (named.name)];
    }
    const conditions = conditionCount(filter);
    text(part(this.#root, "filter-count", HTMLElement), conditions ? String(conditions) : "");
  }

  /** @param {Filter} filter */
  #address(filter) {
    return address({ companyId: this.#room?.api.companyId ?? "", page: "receipts", rest: writeFilter(filter) });
  }

  #drawChosen() {
    const chosen = this.#chosen;
    show(part(this.#root, "chosen", HTMLElement), chosen.length > 0);
    text(part(this.#root, "chosen-count", HTMLElement), `${counted(chosen.length, "receipts")} selected`);
    const open = chosen.filter(({ state }) => state !== "confirmed").length;
    const confirm = part(this.#root, "confirm", HTMLButtonElement);
    text(confirm, `Confirm ${count(open)}`);
    confirm.disabled = open === 0;
    const sure = surelyMatched(chosen).length;
    const attach = part(this.#root, "attach", HTMLButtonElement);
    text(attach, `Attach ${counted(sure, "sure matches").replace(/matche$/, "match")}`);
    show(attach, sure > 0);
  }

  #explain() {
    const shelf = this.#shelf;
    if (!shelf) return;
    const { problem, loaded, reading, receipts } = shelf;
    const actions = [{ label: "Try again", act: () => void shelf.reload(), primary: true }];
    const empty = loaded && !reading && receipts.length === 0 && !problem && isNarrowed(this.#filter);
    const place = part(this.#root, "problem", HTMLElement);
    const key = problem ? JSON.stringify(problem) : empty ? "empty" : "";
    if (place.dataset["key"] === key) return;
    place.dataset["key"] = key;
    const none = element("p", "empty", this.#filter.tab === "review" ? "Nothing waits for your review." : "No receipt is like that. ");
    place.replaceChildren(...(problem ? [problemView(problem, { actions })] : empty ? [none] : []));
  }

  // --- files over the page --------------------------------------------------------------------------

  #listenForDrops() {
    const mine = (/** @type {DragEvent} */ event) => !this.hidden && (this.#shelf?.mayAct ?? false) && (event.dataTransfer?.types.includes("Files") ?? false);
    const over = (/** @type {number} */ depth) => {
      this.#depth = Math.max(0, depth);
      this.#drop.over = this.#depth > 0;
    };
    window.addEventListener("dragenter", (event) => mine(event) && over(this.#depth + 1));
    window.addEventListener("dragleave", (event) => mine(event) && over(this.#depth - 1));
    window.addEventListener("drop", (event) => {
      if (!mine(event)) return;
      over(0);
      this.#drop.take([...(event.dataTransfer?.files ?? [])]);
    });
  }
}

/** @param {Filter} filter */
function isNarrowed(filter) {
  return filter.tab !== "all" || filter.text !== "" || conditionCount(filter) > 0;
}

customElements.define("receipts-page", ReceiptsPage);
