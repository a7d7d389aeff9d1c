/**
 * Which lines are under review: tabs, search and conditions. Tells what ListHead does.
 *
 * @import { Chart } from "../chart.js"
 * @import { Tab } from "../review/filter.js"
 * @import { Review } from "../review/review.js"
 */
import { conditionWords } from "../review/conditions.js";
import { conditionCount, TABS, wanted, writeFilter } from "../review/filter.js";
import { address } from "../route.js";
import { part } from "../view.js";
import { ListHead } from "./list-head.js";
import { ReviewFilters } from "./review-filters.js";

/** @type {Record<string, string>} */
const WORDS = { review: "To review", ready: "Ready", approved: "Approved", all: "All" };

export class ReviewHead extends ListHead {
  constructor() {
    super({ template: "review-head", tabs: TABS, tabWord: (tab) => WORDS[tab] ?? tab });
  }

  /** @param {Review} review @param {Chart} chart */
  draw(review, chart) {
    const { filter, counts, books } = review;
    this.drawHead({ ...filter }, {
      href: (tab) => address({ companyId: books.companyId, page: "review", rest: writeFilter({ ...filter, tab: /** @type {Tab} */ (tab) }) }),
      counted: (tab) => counts.tabs[/** @type {Tab} */ (tab)],
      conditions: conditionWords(filter, chart, (jobId) => review.titleOf(jobId)),
      given: conditionCount(filter),
    });
    part(this.root, "form", ReviewFilters).draw(filter, chart, books.exportAddress(wanted(filter)));
    this.toggleAttribute("data-counting", counts.toReview === null);
  }
}

customElements.define("review-head", ReviewHead);
