/**
 * One line under review as a row of the grid.
 * @import { Line } from "../review/ordered-lines.js"
 */
import { bankDay, money } from "../format.js";
import { part, show, text } from "../view.js";
import { reasonWords, sourceWord, stateWord, sureWords } from "../words.js";

/** @typedef {{chosen: boolean, current: boolean, busy: boolean, mayAct: boolean, account: string}} Look */

/** @param {HTMLElement} row @param {Line} line @param {Look} look */
export function drawRow(row, line, look) {
  const drawn = JSON.stringify([line.revision, line.state, line.category, line.reason, line.description, look]);
  if (row.dataset["drawn"] === drawn) return;
  row.dataset["drawn"] = drawn;
  row.id = `line-${line.transaction_id}`;
  row.dataset["id"] = line.transaction_id;
  row.dataset["state"] = line.state;
  row.setAttribute("aria-selected", String(look.chosen));
  row.toggleAttribute("data-current", look.current);
  row.toggleAttribute("data-busy", look.busy);
  drawMoney(row, line);
  drawCategory(row, line, look.mayAct);
  drawGrounds(row, line);
  drawControls(row, line, look);
  text(part(row, "account", HTMLElement), look.account);
  row.setAttribute("aria-label", spoken(row, line));
}

/** The row in one breath, without the names of its buttons. @param {HTMLElement} row @param {Line} line */
function spoken(row, line) {
  const words = ["date", "description", "amount", "source", "sure", "reason"].map((name) => part(row, name, HTMLElement).textContent);
  return [...words.slice(0, 3), line.category ?? "no category", ...words.slice(3)].filter(Boolean).join(", ");
}

/** @param {HTMLElement} row @param {Line} line */
function drawMoney(row, line) {
  text(part(row, "date", HTMLElement), bankDay(line.date));
  const description = part(row, "description", HTMLElement);
  text(description, line.description);
  description.title = line.description;
  const amount = part(row, "amount", HTMLElement);
  text(amount, money(line.amount, line.currency));
  amount.toggleAttribute("data-in", isIn(line.amount));
}

/** @param {HTMLElement} row @param {Line} line @param {boolean} mayAct */
function drawCategory(row, line, mayAct) {
  const chip = part(row, "category", HTMLButtonElement);
  const none = mayAct ? "Choose a category" : "No category yet";
  text(chip, line.category ?? none);
  chip.title = line.category ?? "";
  chip.setAttribute("aria-label", line.category ? `${line.category}. Change the category` : none);
  chip.toggleAttribute("data-none", !line.category);
  chip.toggleAttribute("data-unsure", line.state === "review");
  chip.disabled = !mayAct || isClosed(line);
}

/** Who decided, how sure that is, and why. @param {HTMLElement} row @param {Line} line */
function drawGrounds(row, line) {
  const source = part(row, "source", HTMLElement);
  text(source, isClosed(line) ? stateWord(line.state) : sourceWord(line.source));
  source.dataset["source"] = isClosed(line) ? line.state : (line.source ?? "");
  show(source, source.textContent !== "");
  text(part(row, "sure", HTMLElement), isClosed(line) ? "" : sureWords(line));
  const reason = part(row, "reason", HTMLElement);
  text(reason, whyWords(line));
  reason.title = reason.textContent ?? "";
}

/** @param {HTMLElement} row @param {Line} line @param {Look} look */
function drawControls(row, line, { chosen, mayAct }) {
  const pick = part(row, "pick", HTMLInputElement);
  pick.checked = chosen;
  pick.setAttribute("aria-label", `Select ${line.description}`);
  show(pick, mayAct);
  const tick = part(row, "approve", HTMLButtonElement);
  tick.setAttribute("aria-label", isClosed(line) ? "Approved" : `Approve ${line.description}`);
  tick.title = isClosed(line) ? "Approved" : "Approve (a)";
  tick.disabled = !mayAct || isClosed(line);
}

/** @param {Line} line */
function whyWords(line) {
  if (isClosed(line)) return line.approved_by ? `by ${line.approved_by}` : "";
  return line.state === "imported" ? "waits to be categorized" : reasonWords(line);
}

/** Whether nobody can change it but by reopening it. @param {Line} line */
export function isClosed({ state }) {
  return state === "approved" || state === "exported";
}

/** @param {string} amount */
export function isIn(amount) {
  return !amount.startsWith("-") && Number(amount) !== 0;
}
