/**
 * The review: which lines, the lines, what is done to them by pointer and keys, and what became of it.
 * Tells `filter-choose` (detail: the filter) and `choose-file`, and passes on `job-select` (detail: its id).
 *
 * @import { Chart } from "../chart.js"
 * @import { Filter } from "../review/filter.js"
 * @import { Command } from "../review/keys.js"
 * @import { Line } from "../review/ordered-lines.js"
 * @import { Review } from "../review/review.js"
 */
import { counted } from "../format.js";
import { problemView } from "../problem-view.js";
import { commandOf, isCovered, KEYS, takesKeys } from "../review/keys.js";
import { clone, oncePerFrame, part, show, text } from "../view.js";
import { LOOK_ONLY } from "../words.js";
import { CategoryPicker } from "./category-picker.js";
import { FollowedJob } from "./followed-job.js";
import { showKeys } from "./key-help.js";
import { LineDetails } from "./line-details.js";
import { chooseCategory, chooseForMany, makeRule, undoApproval } from "./review-asking.js";
import { emptyView } from "./review-empty.js";
import { ReviewDock } from "./review-dock.js";
import { ReviewGrid } from "./review-grid.js";
import { ReviewHead } from "./review-head.js";
import { isClosed } from "./review-row.js";

/** What is more than looking. @type {ReadonlySet<Command>} */
const CHANGES = new Set(/** @type {Command[]} */ (["category", "approve", "undo"]));

export class ReviewPage extends HTMLElement {
  #root = clone("review-page");
  /** @type {Review | null} */
  #review = null;
  /** @type {Chart | null} */
  #chart = null;
  #showsDetails = false;
  #explained = "";
  #draw = oncePerFrame(() => this.#drawNow());

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.#listen(this.#grid, this.#lineActs);
    this.#listen(this.#details, this.#lineActs);
    this.#listen(this.#dock, this.#dockActs);
    this.#listen(part(this.#root, "head", HTMLElement), { "filter-change": (change) => this.#refine(change), help: () => showKeys(KEYS) });
    this.#listen(part(this.#root, "followed", HTMLElement), {
      "followed-close": () => this.#review?.leaveBulk(),
      "bulk-retry": () => this.#review?.retryFailed(),
      "bulk-undo": (job) => this.#review && undoApproval(this.#review, job),
    });
    part(this.#root, "arrivals", HTMLElement).addEventListener("click", () => this.#admit());
    document.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("visibilitychange", () => !this.hidden && document.visibilityState === "visible" && this.#review?.lookAgain());
  }

  /** @param {Review} review @param {Chart} chart */
  serve(review, chart) {
    this.#review = review;
    this.#chart = chart;
    this.#grid.accountName = (id) => chart.nameWhereSeveral(id);
    review.addEventListener("change", () => review === this.#review && this.#draw());
    review.acts.addEventListener("category-wanted", (event) => event instanceof CustomEvent && this.#choose(event.detail, true));
    review.confirmUndo = (job) => undoApproval(review, job);
    chart.addEventListener("change", this.#draw);
  }

  /** @param {Filter} filter */
  open(filter) {
    this.#review?.show(filter);
    this.#draw();
    // Keys act at once, but a focus that somebody set is theirs.
    if (document.activeElement === document.body) this.#grid.takeFocus();
  }

  get #grid() {
    return part(this.#root, "grid", ReviewGrid);
  }

  get #details() {
    return part(this.#root, "details", LineDetails);
  }

  get #dock() {
    return part(this.#root, "dock", ReviewDock);
  }

  get #picker() {
    return /** @type {CategoryPicker} */ (document.querySelector("category-picker"));
  }

  get #mayAct() {
    return this.#review?.mayAct ?? false;
  }

  // --- what is heard --------------------------------------------------------------------------------

  /** @type {Record<string, (detail: any) => void>} */
  #lineActs = {
    "line-go": (id) => this.#review?.cursor.goTo(id),
    "line-pick": ({ id, extend }) => this.#pick(id, extend),
    "line-approve": (id) => this.#with(id, (line) => this.#review?.approveOne(line)),
    "line-category": (id) => this.#with(id, (line) => this.#choose(line)),
    "line-reopen": (id) => this.#with(id, (line) => this.#review?.reopen(line)),
    "line-open": (id) => this.#openDetails(id),
    "details-close": () => this.#closeDetails(),
    "pick-loaded": () => this.#review?.chooseLoaded(),
    "pick-none": () => this.#review?.selection.clear(),
    more: () => this.#review?.ledger.more(),
    hold: () => this.#hold(),
  };

  /** @type {Record<string, (detail: any) => void>} */
  #dockActs = {
    "dock-undo": () => this.#review?.undo(),
    "dock-dismiss": () => this.#review?.acts.dismiss(),
    "dock-fade": () => this.#review?.acts.fade(),
    "dock-make-rule": () => this.#makeRule(),
    "dock-apply-alike": () => this.#review?.acts.applyToAlike(),
    "dock-approve": () => this.#review?.approve(),
    "dock-categorize": () => this.#chooseForMany(),
    "dock-clear": () => this.#review?.selection.clear(),
    "dock-choose-all": () => this.#review?.chooseAll(),
  };

  /** @type {Record<Command, () => void>} */
  #commands = {
    next: () => this.#move(1),
    previous: () => this.#move(-1),
    pageDown: () => this.#move(this.#grid.pageSize),
    pageUp: () => this.#move(-this.#grid.pageSize),
    first: () => this.#move(-Infinity),
    last: () => this.#move(Infinity),
    select: () => this.#with(this.#review?.cursor.id, (line) => this.#pick(line.transaction_id, false)),
    extendDown: () => this.#extend(1),
    extendUp: () => this.#extend(-1),
    selectLoaded: () => this.#mayAct && this.#review?.chooseLoaded(),
    category: () => (this.#review?.selection.size ? this.#chooseForMany() : this.#with(this.#review?.cursor.id, (line) => this.#choose(line))),
    approve: () => this.#mayAct && this.#review?.approve(),
    undo: () => this.#mayAct && this.#review?.undo(),
    open: () => this.#openDetails(this.#review?.cursor.id ?? null),
    search: () => part(this.#root, "head", ReviewHead).search(),
    arrivals: () => this.#admit(),
    help: () => showKeys(KEYS),
    escape: () => this.#escape(),
  };

  /** @param {HTMLElement} place @param {Record<string, (detail: any) => void>} acts */
  #listen(place, acts) {
    for (const [name, act] of Object.entries(acts)) {
      place.addEventListener(name, (event) => act(event instanceof CustomEvent ? event.detail : undefined));
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.hidden || !this.#review || event.defaultPrevented || isCovered()) return;
    const command = commandOf(event);
    if (!command || (takesKeys(event.target) && command !== "escape")) return;
    // A button or a link keeps its own keys.
    if ((event.key === "Enter" || event.key === " ") && event.target instanceof Element && event.target.closest("a, button")) return;
    event.preventDefault();
    if (CHANGES.has(command) && !this.#mayAct) this.#review.acts.say(LOOK_ONLY);
    else this.#commands[command]();
  }

  // --- moving ---------------------------------------------------------------------------------------

  /** @param {number} by */
  #move(by) {
    if (!this.#details.contains(document.activeElement)) this.#grid.takeFocus();
    this.#review?.cursor.move(by);
    this.#grid.reveal();
  }

  /** @param {number} by */
  #extend(by) {
    const review = this.#review;
    if (!review || !this.#mayAct) return;
    const { cursor, selection } = review;
    if (cursor.id && !selection.has(cursor.id)) review.extendTo(cursor.id);
    this.#move(by);
    if (cursor.id) review.extendTo(cursor.id);
  }

  /** @param {string} id @param {boolean} extend */
  #pick(id, extend) {
    if (!this.#mayAct) return;
    if (extend) this.#review?.extendTo(id);
    else this.#review?.toggle(id);
  }

  #admit() {
    this.#review?.cursor.reset();
    this.#grid.toTop();
    this.#review?.ledger.showNew();
  }

  #hold() {
    const ledger = this.#review?.ledger;
    if (ledger) ledger.hold(this.#grid.isHeld || this.#picker.isOpen);
  }

  /** Closes what is open, one thing at a time; the selection goes last. */
  #escape() {
    const typing = document.activeElement instanceof HTMLInputElement && document.activeElement.type !== "checkbox";
    if (typing) this.#grid.takeFocus();
    else if (this.#showsDetails) this.#closeDetails();
    else if (this.#review?.selection.size) this.#review.selection.clear();
    else this.#review?.acts.dismiss();
  }

  /** @param {string | null} id */
  #openDetails(id) {
    if (!id) return;
    this.#review?.cursor.goTo(id);
    this.#showsDetails = true;
    this.#drawNow();
    this.#details.takeFocus();
  }

  #closeDetails() {
    this.#showsDetails = false;
    this.#drawNow();
    this.#grid.takeFocus();
  }

  // --- doing ----------------------------------------------------------------------------------------

  /** @param {string | null | undefined} id @param {(line: Line) => void} act */
  #with(id, act) {
    const line = id && this.#review?.ledger.get(id);
    if (line) act(line);
  }

  /** @param {Line} line @param {boolean} [thenApprove] */
  async #choose(line, thenApprove = false) {
    if (!this.#review || !this.#chart || !this.#mayAct || isClosed(line)) return;
    const inDetails = this.#details.contains(document.activeElement);
    const cell = this.#grid.rowOf(line.transaction_id)?.querySelector(".category") ?? null;
    const back = () => (inDetails ? this.#details : this.#grid).takeFocus();
    await chooseCategory(this.#review, this.#chart, line, { anchor: inDetails ? this.#details.anchor : cell, thenApprove, back });
  }

  async #chooseForMany() {
    if (!this.#review || !this.#chart || !this.#mayAct) return;
    await chooseForMany(this.#review, this.#chart, { anchor: this.#dock.anchor, back: () => this.#grid.takeFocus() });
  }

  async #makeRule() {
    if (this.#review && this.#chart) await makeRule(this.#review, this.#chart, () => this.#grid.takeFocus());
  }

  /** @param {Partial<Filter>} change */
  #refine(change) {
    if (!this.#review) return;
    this.dispatchEvent(new CustomEvent("filter-choose", { detail: { ...this.#review.filter, ...change } }));
  }

  // --- drawing --------------------------------------------------------------------------------------

  #drawNow() {
    const [review, chart] = [this.#review, this.#chart];
    if (!review || !chart || this.hidden) return;
    part(this.#root, "head", ReviewHead).draw(review, chart);
    part(this.#root, "followed", FollowedJob).draw(review.bulk, {
      title: review.bulk ? review.titleOf(review.bulk.job.job_id) : "",
      mayAct: review.mayAct,
    });
    this.#grid.draw(review);
    this.#hold();
    this.#drawDetails(review, chart);
    this.#dock.draw(review);
    this.#announce(review);
    this.#explain(review);
  }

  /** @param {Review} review @param {Chart} chart */
  #drawDetails(review, chart) {
    const { line } = review.cursor;
    if (line) this.#details.draw(review.books, line, { account: chart.nameOf(line.account_id), mayAct: review.mayAct });
    show(this.#details, this.#showsDetails && line !== undefined);
  }

  /** New lines that are held back, shown; and for those who do not see, what was done and what is selected. @param {Review} review */
  #announce({ ledger: { waiting }, acts: { said }, selection: { size } }) {
    const pill = part(this.#root, "arrivals", HTMLElement);
    const words = waiting ? counted(waiting, "new lines") : "";
    show(pill, waiting > 0);
    text(pill, words && `↑ ${words}`);
    const selected = size ? `${counted(size, "lines")} selected` : "";
    text(part(this.#root, "spoken", HTMLElement), [said?.text, selected, words].filter(Boolean).join(". "));
  }

  /** What is wrong with the list, or what to do where it is empty. @param {Review} review */
  #explain({ ledger, filter, counts: { tabs } }) {
    const { problem, loaded, reading } = ledger;
    const empty = loaded && !reading && ledger.lines.length === 0 && !problem;
    const said = JSON.stringify([problem, empty, filter, empty && tabs]);
    if (said === this.#explained) return;
    this.#explained = said;
    show(this.#grid, !empty);
    const actions = [{ label: "Try again", act: () => this.#review?.reload(), primary: true }];
    const views = problem ? [problemView(problem, { actions })] : empty ? [emptyView(filter, tabs, this.#mayAct, { refine: (change) => this.#refine(change), choose: () => this.dispatchEvent(new Event("choose-file")) })] : [];
    part(this.#root, "problem", HTMLElement).replaceChildren(...views);
  }
}

customElements.define("review-page", ReviewPage);
