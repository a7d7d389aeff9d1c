/**
 * What an empty list says, and what to do about it.
 * @import { Filter, Tab } from "../review/filter.js"
 */
import { counted } from "../format.js";
import { conditionCount, EMPTY } from "../review/filter.js";
import { element } from "../view.js";

/** @typedef {{refine: (change: Partial<Filter>) => void, choose: () => void}} Ways */
/** @typedef {{title: string, detail: string, label?: string, act?: () => void}} Words */

/**
 * @param {Filter} filter
 * @param {Partial<Record<Tab, number>>} tabs how many lines there are under each tab
 * @param {boolean} mayAct
 * @param {Ways} ways
 */
export function emptyView(filter, tabs, mayAct, ways) {
  const { title, detail, label, act } = words(filter, tabs, mayAct, ways);
  const root = element("div", "nothing", element("h2", "", title), element("p", "", detail));
  if (!label || !act) return root;
  const button = element("button", "button", label);
  button.addEventListener("click", act);
  root.append(button);
  return root;
}

/** @param {Filter} filter @param {Partial<Record<Tab, number>>} tabs @param {boolean} mayAct @param {Ways} ways @returns {Words} */
function words(filter, tabs, mayAct, ways) {
  if (conditionCount(filter) > 0 || filter.text) {
    const act = () => ways.refine({ ...EMPTY, tab: filter.tab });
    return { title: "No line matches", detail: "Nothing under this tab fits all conditions.", label: "Clear the conditions", act };
  }
  if (tabs.all === 0) return noLines(mayAct, ways);
  if (filter.tab === "review") return nothingToReview(tabs.ready ?? 0, ways);
  if (filter.tab === "ready") return { title: "Nothing is ready for approval", detail: "Lines that rules or your past approvals decide come here, and those you give a category." };
  return { title: "Nothing is approved yet", detail: "Approve lines under To review and Ready, one by one or many at once." };
}

/** @param {boolean} mayAct @param {Ways} ways @returns {Words} */
function noLines(mayAct, ways) {
  if (!mayAct) return { title: "No lines yet", detail: "They appear here once somebody imports a bank file." };
  return { title: "No lines yet", detail: "Drop a bank file anywhere on this page. What needs a person comes here.", label: "Choose a file", act: ways.choose };
}

/** @param {number} ready @param {Ways} ways @returns {Words} */
function nothingToReview(ready, ways) {
  const title = "All reviewed";
  if (!ready) return { title, detail: "Every line has been looked at." };
  const act = () => ways.refine({ tab: "ready" });
  return { title, detail: "Every line has found its category.", label: `Look at ${counted(ready, "lines")} ready for approval`, act };
}
