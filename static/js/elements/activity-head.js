/**
 * Which jobs are listed: by status, words, kind and time. Tells what ListHead does.
 *
 * @import { Tab } from "../activity/filter.js"
 * @import { ActivityRoom } from "../activity/room.js"
 * @import { Status } from "../contract.js"
 */
import { conditionWords, SPAN_WORDS } from "../activity/conditions.js";
import { conditionCount, EMPTY, TABS, writeFilter } from "../activity/filter.js";
import { address } from "../route.js";
import { KIND_NAMES, kindWord, statusName } from "../words.js";
import { FormHead } from "./form-head.js";

export class ActivityHead extends FormHead {
  constructor() {
    const tabWord = (/** @type {string} */ tab) => (tab === "all" ? "All" : statusName(/** @type {Status} */ (tab)));
    super({ template: "activity-head", tabs: TABS, tabWord, fields: ["kind", "within", "from", "to"], empty: { ...EMPTY } });
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    this.#offer("kind", KIND_NAMES.map((name) => [name, kindWord(name)]));
    this.#offer("within", Object.entries(SPAN_WORDS));
  }

  /** @param {ActivityRoom} room */
  draw({ board: { filter, counts }, api }) {
    this.drawHead({ ...filter }, {
      href: (tab) => address({ companyId: api.companyId, page: "activity", rest: writeFilter({ ...filter, tab: /** @type {Tab} */ (tab) }) }),
      counted: (tab) => (counts ? (tab === "all" ? sum(counts) : counts[/** @type {Status} */ (tab)]) : undefined),
      conditions: conditionWords(filter),
      given: conditionCount(filter),
    });
  }

  /** @param {string} name @param {string[][]} choices */
  #offer(name, choices) {
    const select = this.form.elements.namedItem(name);
    if (select instanceof HTMLSelectElement) select.append(...choices.map(([value, words]) => new Option(words, value)));
  }
}

/** @param {import("../contract-activity.js").JobCounts} counts */
function sum(counts) {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

customElements.define("activity-head", ActivityHead);
