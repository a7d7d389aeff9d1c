/**
 * What an empty list of receipts says, and what to do about it.
 * @import { Filter, Tab } from "../receipts/filter.js"
 */
import { counted } from "../format.js";
import { conditionCount, EMPTY } from "../receipts/filter.js";
import { clone, element } from "../view.js";

/** @typedef {{title: string, detail: string, label?: string, act?: () => void}} Words */

/**
 * @param {Filter} filter
 * @param {Partial<Record<Tab, number>>} tabs how many receipts there are under each tab
 * @param {{mayAct: boolean, refine: (change: Partial<Filter>) => void}} ways
 */
export function emptyView(filter, tabs, ways) {
  if (isWhole(filter) && ways.mayAct) return clone("how-receipts-go");
  const { title, detail, label, act } = words(filter, tabs, ways);
  const root = element("div", "nothing", element("h2", "", title), element("p", "", detail));
  if (!label || !act) return root;
  const button = element("button", "button", label);
  button.addEventListener("click", act);
  root.append(button);
  return root;
}

/** Whether nothing narrows it: what it does not show is not there. @param {Filter} filter */
export function isWhole(filter) {
  return filter.tab === "all" && filter.text === "" && conditionCount(filter) === 0;
}

/** @param {Filter} filter @param {Partial<Record<Tab, number>>} tabs @param {{refine: (change: Partial<Filter>) => void}} ways @returns {Words} */
function words(filter, tabs, { refine }) {
  if (isWhole(filter)) return { title: "No receipts yet", detail: "They appear here once somebody drops some." };
  if (conditionCount(filter) > 0 || filter.text) {
    const act = () => refine({ ...EMPTY, tab: filter.tab });
    return { title: "No receipt matches", detail: "Nothing under this tab fits all conditions.", label: "Clear the conditions", act };
  }
  if (filter.tab === "review") return nothingToReview(tabs.ready ?? 0, refine);
  if (filter.tab === "ready") return { title: "Nothing is ready", detail: "Receipts whose vendor, date and total are sure come here until a person confirms them." };
  return { title: "Nothing is confirmed yet", detail: "Confirm receipts under To review and Ready, one by one or many at once." };
}

/** @param {number} ready @param {(change: Partial<Filter>) => void} refine @returns {Words} */
function nothingToReview(ready, refine) {
  const title = "All reviewed";
  if (!ready) return { title, detail: "Every receipt has been looked at." };
  return { title, detail: "What was read of every other receipt is sure.", label: `Look at ${counted(ready, "receipts")} ready`, act: () => refine({ tab: "ready" }) };
}
