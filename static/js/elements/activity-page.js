/**
 * All jobs of a company: the work at large, the list with its filter, and what is done to one or to many.
 * Tells `activity-go` (detail: {rest, replace}: what stands in the address beside the page, and whether in the place of
 * what stands there now) and `job-select` (detail: its id).
 *
 * @import { Verb, Wanted } from "../activity-api.js"
 * @import { Outcome } from "../activity/acts.js"
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
import { LOOK_ONLY } from "../words.js";
import { ActivityDock } from "./activity-dock.js";
import { ActivityHead } from "./activity-head.js";
import { ActivityList } from "./activity-list.js";
import { ActivityOverview } from "./activity-overview.js";
import { emptyJobs } from "./activity-empty.js";
import { showKeys } from "./key-help.js";
import { Picker } from "./picker.js";

/** Life signs grow older every second. */
const TICK = 1_000;

export class ActivityPage extends HTMLElement {
  #root = clone("activity-page");
  /** @type {ActivityRoom | null} */
  #room = null;
  #isOpen = false;
  #stop = false;
  #explained = "";
  #picker = new Picker(() => this.#list, () => this.#board);
  #draw = oncePerFrame(() => this.#drawNow());

  connectedCallback() {
    this.replaceChildren(this.#root);
    listen(this.#list, {
      "row-open": (id) => this.#open(id),
      "row-pick": ({ id, extend }) => this.#picker.pick(id, extend),
      "pick-loaded": () => this.#picker.pickLoaded(),
      "pick-none": () => this.#picker.pickNone(),
      more: () => this.#board?.more(),
    });
    listen(this.#head, { "filter-change": (change) => this.#refine(change), help: () => showKeys(KEYS) });
    listen(this.#dock, {
      "dock-cancel": () => this.#act("cancel"),
      "dock-retry": () => this.#act("retry"),
      "dock-all": () => this.#board?.chooseAll(),
      "dock-clear": () => this.#picker.pickNone(),
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
    this.#dock.end();
    for (const thing of [room.board, room.pulse]) thing.addEventListener("change", () => room === this.#room && this.#draw());
  }

  /** @param {Record<string, string>} rest what the address says */
  open(rest) {
    const arrives = !this.#isOpen;
    this.#isOpen = true;
    this.#board?.show(readFilter(rest));
    this.#room?.pulse.watch();
    this.#drawNow();
    // Who only refines the filter is typing.
    if (arrives && this.#list.at) this.#list.goTo(this.#list.at);
  }

  /** Nobody looks. */
  rest() {
    this.#isOpen = false;
    this.#room?.rest();
  }

  search() {
    this.#head.search();
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
    next: () => this.#picker.move(1),
    previous: () => this.#picker.move(-1),
    first: () => this.#picker.move(-Infinity),
    last: () => this.#picker.move(Infinity),
    select: () => this.#picker.pickCurrent(),
    extendDown: () => this.#picker.extend(1),
    extendUp: () => this.#picker.extend(-1),
    selectLoaded: () => this.#picker.pickLoaded(),
    open: () => this.#list.at && this.#open(this.#list.at),
    retry: () => this.#act("retry"),
    cancel: () => this.#act("cancel"),
    search: () => this.#head.search(),
    help: () => showKeys(KEYS),
    escape: () => this.#picker.escape(() => this.#dock.dismiss()),
  };

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.hidden || event.defaultPrevented || isCovered()) return;
    const command = commandIn(COMMANDS, event);
    if (!command || (takesKeys(event.target) && command !== "escape") || keepsKey(event)) return;
    event.preventDefault();
    this.#commands[command]();
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

  // --- doing ----------------------------------------------------------------------------------------

  /** To what is selected, else to the job where the keys are. @param {Verb} verb */
  async #act(verb) {
    const room = this.#room;
    if (!room || this.#dock.isGoing) return;
    if (!room.mayAct) return this.#dock.say(LOOK_ONLY);
    const { selection, filter } = room.board;
    if (selection.all) return this.#actOnAll(room, verb, ofAll(verb, wanted(filter), selection.all.seenAt));
    const chosen = selection.size ? room.board.chosen : [room.board.get(this.#list.at)];
    const ids = chosen.flatMap((job) => (job && isFor(verb, job) ? job.job_id : []));
    if (ids.length) return this.#change(room, verb, ofIds(verb, ids), ids.length);
    if (selection.size || this.#list.at) this.#sayNothing(verb);
  }

  /** @param {ActivityRoom} room @param {Verb} verb @param {Partial<JobFilter>[]} filters */
  async #actOnAll(room, verb, filters) {
    try {
      // How many of all that match it can be done to is known to the server only.
      const counts = await Promise.all(filters.map((filter) => room.api.count(/** @type {Wanted} */ (filter))));
      const many = counts.reduce((sum, one) => sum + one, 0);
      if (room === this.#room) await (many ? this.#change(room, verb, filters, many) : this.#sayNothing(verb));
    } catch (error) {
      if (room === this.#room) this.#dock.explain(asProblem(error));
    }
  }

  /** @param {Verb} verb */
  #sayNothing(verb) {
    this.#dock.say(outcomeWords(verb, { matched: 0, changed: 0, stopped: false }));
  }

  /** @param {ActivityRoom} room @param {Verb} verb @param {Partial<JobFilter>[]} filters @param {number} many */
  async #change(room, verb, filters, many) {
    // One that is retried can be cancelled again: only that asks which is not easily taken back.
    if ((verb === "cancel" || many !== 1) && !(await ask(question(verb, many)))) return;
    if (room !== this.#room) return;
    this.#stop = false;
    const { ids, all } = room.board.selection;
    const told = (/** @type {{matched: number}} */ { matched }) => {
      if (room === this.#room) this.#dock.going(verb, matched, many);
      return !this.#stop && room === this.#room;
    };
    told({ matched: 0 });
    const outcome = await changeAll(room.api, verb, filters, told);
    // Ticks that were set meanwhile are for the next act.
    if (all === room.board.selection.all && all) room.board.selection.clear();
    else room.board.selection.drop(ids);
    room.board.readSoon();
    if (room === this.#room) this.#tellOutcome(verb, outcome);
  }

  /** @param {Verb} verb @param {Outcome} outcome */
  #tellOutcome(verb, outcome) {
    const said = outcomeWords(verb, outcome);
    if (outcome.problem) this.#dock.explain({ ...outcome.problem, title: `${said}: ${outcome.problem.title}` });
    else this.#dock.say(said);
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
    part(this.#root, "instead", HTMLElement).replaceChildren(...words);
  }
}

customElements.define("activity-page", ActivityPage);
