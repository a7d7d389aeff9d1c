/**
 * Which receipts are listed: tabs, search and conditions. Tells what ListHead does.
 *
 * @import { Tab } from "../receipts/filter.js"
 * @import { Shelf } from "../receipts/shelf.js"
 */
import { conditionWords } from "../receipts/conditions.js";
import { conditionCount, EMPTY, TABS, writeFilter } from "../receipts/filter.js";
import { address } from "../route.js";
import { receiptStateWord } from "../words.js";
import { FormHead } from "./form-head.js";

export class ReceiptsHead extends FormHead {
  constructor() {
    const fields = ["attached", "duplicate", "date_from", "date_to"];
    const tabWord = (/** @type {string} */ tab) => (tab === "all" ? "All" : receiptStateWord(tab));
    super({ template: "receipts-head", tabs: TABS, tabWord, fields, empty: { ...EMPTY } });
  }

  /** @param {Shelf} shelf @param {(jobId: string) => string} jobTitle */
  draw({ filter, counts, api }, jobTitle) {
    this.drawHead({ ...filter }, {
      href: (tab) => address({ companyId: api.companyId, page: "receipts", rest: writeFilter({ ...filter, tab: /** @type {Tab} */ (tab) }) }),
      counted: (tab) => counts[/** @type {Tab} */ (tab)],
      conditions: conditionWords(filter, jobTitle),
      given: conditionCount(filter),
    });
  }
}

customElements.define("receipts-head", ReceiptsHead);
