/** What an empty list of jobs says, and what to do about it. */
import { element } from "../view.js";

/** @param {{isNarrowed: boolean, mayAct: boolean, clear: () => void}} look */
export function emptyJobs({ isNarrowed, mayAct, clear }) {
  if (!isNarrowed) {
    const detail = mayAct ? "Each file you drop on the first page becomes one, and stays here." : "They appear here once somebody drops a file.";
    return element("div", "nothing", element("h2", "", "No jobs yet"), element("p", "", detail));
  }
  const button = element("button", "button", "Show all jobs");
  button.addEventListener("click", clear);
  return element("div", "nothing", element("h2", "", "No job matches"), element("p", "", "None is in this state and fits all conditions."), button);
}
