/**
 * A problem as a person meets it: what went wrong, where, and what to do next.
 * @import { FieldError, Problem } from "./contract.js"
 */
import { clone, part, show } from "./view.js";

/** @typedef {{label: string, act: () => void, primary?: boolean}} Action */

/** More faults than these are counted, not listed. */
const LISTED = 12;

/**
 * @param {Problem} problem
 * @param {{actions?: Action[], level?: "error" | "warning"}} [options]
 */
export function problemView(problem, { actions = [], level = "error" } = {}) {
  const root = clone("problem");
  root.dataset["level"] = level;
  if (level === "warning") root.setAttribute("role", "status");
  part(root, "title", HTMLElement).textContent = problem.title;
  const detail = part(root, "detail", HTMLElement);
  detail.textContent = problem.detail ?? "";
  show(detail, Boolean(problem.detail));
  part(root, "errors", HTMLElement).append(...faults(unsaid(problem)));
  part(root, "actions", HTMLElement).append(...actions.map(button));
  return root;
}

/** The faults that the detail does not tell already. @param {Problem} problem */
function unsaid({ detail, errors = [] }) {
  return errors.filter((fault) => !detail?.includes(fault.detail.replace(/\.$/, "")));
}

/** @param {FieldError[]} errors */
function faults(errors) {
  const items = errors.slice(0, LISTED).map(({ pointer, detail }) => item(place(pointer), detail));
  if (errors.length > LISTED) items.push(item("", `and ${errors.length - LISTED} more`));
  return items;
}

/** `/account_id` is a program's word for a place; `line 17` is a person's. @param {string} pointer */
function place(pointer) {
  const name = pointer.replace(/^\//, "").replaceAll("_", " ").replace(/ id$/, "");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** @param {string} where @param {string} what */
function item(where, what) {
  const element = document.createElement("li");
  if (where) element.append(Object.assign(document.createElement("strong"), { textContent: where }));
  element.append(Object.assign(document.createElement("span"), { textContent: what }));
  return element;
}

/** @param {Action} action */
function button({ label, act, primary = false }) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = primary ? "button small primary" : "button small";
  element.textContent = label;
  element.addEventListener("click", act);
  return element;
}
