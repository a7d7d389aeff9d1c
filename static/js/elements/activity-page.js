/**
 * All jobs of a company: the work at large, the list with its filter, and what is done to one or to many.
 * Tells `activity-go` (detail: {rest, replace}: what stands in the address beside the page, and whether in the place of
 * what stands there now) and `job-select` (detail: its id).
 *
 * @import { Verb } from "../activity-api.js"
 * @import { Filter } from "../activity/filter.js"
 * @import { Command } from "../activity/keys.js"
 * @import { ActivityRoom } from "../activity/room.js"
 * @import { JobFilter } from "../contract-activity.js"
 */
import { changeAll, isFor, ofAll, ofIds, outcomeWords, question } from "../activity/acts.js";
import { conditionCount, EMPTY, readFilter, wanted, writeFilter } from "../activity/filter.js";
import { COMMANDS, KEYS } from "../activity/keys.js";
import { asProblem } from "../api.js";
import { problemView } from "../problem-view.js";
import { ask } from "../question.js";
import { commandIn, isCovered, keepsKey, takesKeys } from "../review/keys.js";
import { clone, listen, oncePerFrame, part, show } from "../view.js";
import { ActivityDock } from "./activity-dock.js";
import { ActivityHead } from "./activity-head.js";
import { ActivityList } from "./activity-list.js";
import { ActivityOverview } from "./activity-overview.js";
import { emptyJobs } from "./activity-empty.js";
import { showKeys } from "./key-help.js";

/** Life signs grow older every second. */
const TICK = 1_000;

export class ActivityPage extends HTMLElement {
  #root = clone("activity-page");
  /** @type {ActivityRoom | null} */
  #room = null;
  #stop = false;
  #explained = "";
  #draw = oncePerFrame(() => this.#drawNow());

  connectedCallback() {
    this.replaceChildren(this.#root);
    listen(this.#list, {
      "job-open": (id) => this.#open(id),
      "job-pick": ({ id, extend }) => this.#pick(id, extend),
      "pick-loaded": () => this.#chooseLoaded(),
      "pick-none": () => this.#board?.selection.clear(),
      more: () => this.#board?.more(),
    });
    listen(this.#head, { "filter-change": (change) => this.#refine(change), help: () => showKeys(KEYS) });
    listen(this.#dock, {
      "dock-cancel": () => this.#act("cancel"),
      "dock-retry": () => this.#act("retry"),
      "dock-all": () => this.#chooseAll(),
      "dock-clear": () => this.#board?.selection.clear(),
      "dock-stop": () => (this.#stop = true),
    });
    document.addEventListener("keydown", (event) => this.#key(event));
    setInterval(() => !this.hidden && document.visibilityState === "visible" && this.#draw(), TICK);
  }

  /** @param {ActivityRoom} room */
  serve(room) {
    this.#room = room;
    this.#stop = true;
    this.#explained = "";
    this.#dock.dismiss();
    for (const thing of [room.board, room.pulse]) thing.addEventListener("change", () => room === this.#room && this.#draw());
  }

  /** @param {Record<string, string>} rest what the address says */
  open(rest) {
    this.#board?.show(readFilter(rest));
    this.#room?.pulse.watch();
    this.#drawNow();
    if (this.#list.at) this.#list.goTo(this.#list.at);
  }

  get #board() {
    return this.#room?.board;
  }

  get #head() {
    return part(this.#root, "head", ActivityHead);
  }

  get #list() {
    return part(this.#root, "list", ActivityList);
  }

  get #dock() {
    return part(this.#root, "dock", ActivityDock);
  }

  // --- keys -----------------------------------------------------------------------------------------

  /** @type {Record<Command, () => void>} */
  #commands = {
    next: () => this.#move(1),
    previous: () => this.#move(-1),
    first: () => this.#move(-Infinity),
    last: () => this.#move(Infinity),
    select: () => this.#list.at && this.#pick(this.#list.at, false),
    extendDown: () => this.#extend(1),
    extendUp: () => this.#extend(-1),
    selectLoaded: () => this.#chooseLoaded(),
    open: () => this.#list.at && this.#open(this.#list.at),
    retry: () => this.#act("retry"),
    cancel: () => this.#act("cancel"),
    search: () => this.#head.search(),
    help: () => showKeys(KEYS),
    escape: () => this.#escape(),
  };

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.hidden || event.defaultPrevented || isCovered()) return;
    const command = commandIn(COMMANDS, event);
    if (!command || (takesKeys(event.target) && command !== "escape") || keepsKey(event)) return;
    event.preventDefault();
    this.#commands[command]();
  }

  /** @param {number} by */
  #move(by) {
    this.#list.move(this.#board?.ids ?? [], by);
  }

  /** Closes what is open, one thing at a time; the selection goes last. */
  #escape() {
    const typing = document.activeElement instanceof HTMLElement && takesKeys(document.activeElement);
    if (typing) /** @type {HTMLElement} */ (document.activeElement).blur();
    else if (!this.#dock.dismiss()) this.#board?.selection.clear();
  }

  // --- going and choosing ---------------------------------------------------------------------------

  /** @param {Partial<Filter>} change */
  #refine(change) {
    const rest = writeFilter({ ...(this.#board?.filter ?? EMPTY), ...change });
    // A filter is gone to; what is being typed only follows.
    this.dispatchEvent(new CustomEvent("activity-go", { detail: { rest, replace: "text" in change && !("tab" in change) } }));
  }

  /** @param {string} id */
  #open(id) {
    this.dispatchEvent(new CustomEvent("job-select", { detail: id }));
  }

  /** @param {string} id @param {boolean} extend */
  #pick(id, extend) {
    const board = this.#board;
    if (!board?.mayAct) return;
    if (extend) board.selection.extend(id, board.ids);
    else board.selection.toggle(id, board.ids);
  }

  /** @param {number} by */
  #extend(by) {
    const { at } = this.#list;
    if (at && !this.#board?.selection.has(at)) this.#pick(at, true);
    this.#move(by);
    if (this.#list.at) this.#pick(this.#list.at, true);
  }

  #chooseLoaded() {
    if (this.#board?.mayAct) this.#board.selection.choose(this.#board.ids);
  }

  #chooseAll() {
    const board = this.#board;
    if (board && board.total !== null) board.selection.chooseAll(board.total, board.seenAt);
  }

  // --- doing ----------------------------------------------------------------------------------------

  /** To what is selected, else to the job where the keys are. @param {Verb} verb */
  async #act(verb) {
    const room = this.#room;
    if (!room?.mayAct || this.#dock.isGoing) return;
    const { selection, filter } = room.board;
    if (selection.all) return this.#change(room, verb, ofAll(verb, wanted(filter), selection.all.seenAt), null);
    const chosen = selection.size ? room.board.chosen : [room.board.get(this.#list.at)];
    const ids = chosen.flatMap((job) => (job && isFor(verb, job) ? job.job_id : []));
    if (ids.length) return this.#change(room, verb, ofIds(verb, ids), ids.length);
    if (selection.size || this.#list.at) this.#dock.say(outcomeWords(verb, { matched: 0, changed: 0, stopped: false }));
  }

  /** @param {ActivityRoom} room @param {Verb} verb @param {Partial<JobFilter>[]} filters @param {number | null} many */
  async #change(room, verb, filters, many) {
    // One that is retried can be cancelled again: only that asks which is not easily taken back.
    if ((verb === "cancel" || many !== 1) && !(await ask(question(verb, many)))) return;
    if (room !== this.#room) return;
    this.#stop = false;
    const told = (/** @type {{matched: number}} */ { matched }) => {
      if (room === this.#room) this.#dock.going(verb, matched, many);
      return !this.#stop && room === this.#room;
    };
    told({ matched: 0 });
    try {
      const outcome = await changeAll(room.api, verb, filters, told);
      if (room !== this.#room) return;
      room.board.selection.clear();
      this.#dock.say(outcomeWords(verb, outcome));
    } catch (error) {
      if (room === this.#room) this.#dock.explain(asProblem(error));
    }
    room.board.readSoon();
    this.#draw();
  }

  // --- drawing --------------------------------------------------------------------------------------

  #drawNow() {
    const room = this.#room;
    if (!room || this.hidden) return;
    const { board, pulse, workspace } = room;
    part(this.#root, "overview", ActivityOverview).draw(pulse);
    this.#head.draw(room);
    this.#list.draw(board, (job) => workspace.titles.of(job));
    this.#dock.draw(board);
    show(part(this.#root, "reading", HTMLElement), !board.loaded && !board.problem);
    this.#explain(room);
  }

  /** What stands in the place of a list, or above it. @param {ActivityRoom} room */
  #explain({ board, mayAct }) {
    const { problem, loaded, ids, filter } = board;
    const isEmpty = loaded && ids.length === 0;
    const said = JSON.stringify([problem, isEmpty, isEmpty && filter]);
    if (said === this.#explained) return;
    this.#explained = said;
    const again = { label: "Try again", act: () => void board.reload() };
    const clear = () => this.#refine({ ...EMPTY });
    const words = [
      ...(problem ? [problemView(problem, { actions: [again], level: "warning" })] : []),
      ...(isEmpty && !problem ? [emptyJobs({ isNarrowed: filter.tab !== "all" || Boolean(filter.text) || conditionCount(filter) > 0, mayAct, clear })] : []),
    ];
    part(this.#root, "words", HTMLElement).replaceChildren(...words);
  }
}

customElements.define("activity-page", ActivityPage);
