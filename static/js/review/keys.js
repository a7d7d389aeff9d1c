/** Which key does what in a list; a key means nothing where a person is typing. */

/** @typedef {"next" | "previous" | "pageDown" | "pageUp" | "first" | "last" | "select" | "extendDown" | "extendUp" | "selectLoaded" | "category" | "approve" | "undo" | "open" | "search" | "arrivals" | "help" | "escape"} Command */

/** @typedef {[keys: string[], command: string, words: string][]} Keys as the help lists them */

/** @type {[keys: string[], command: Command, words: string][]} */
export const KEYS = [
  [["j", "ArrowDown"], "next", "Next line"],
  [["k", "ArrowUp"], "previous", "Line before"],
  [["x", " "], "select", "Select or deselect the line"],
  [["J", "Shift+ArrowDown"], "extendDown", "Select on, downwards"],
  [["K", "Shift+ArrowUp"], "extendUp", "Select on, upwards"],
  [["Ctrl+a"], "selectLoaded", "Select all loaded lines"],
  [["c"], "category", "Change the category"],
  [["a"], "approve", "Approve what is selected, or the line"],
  [["u"], "undo", "Undo the last act"],
  [["Enter"], "open", "Open the details"],
  [["n"], "arrivals", "Show the new lines"],
  [["/"], "search", "Search"],
  [["Escape"], "escape", "Close, then clear the selection"],
  [["?"], "help", "Show these keys"],
];
/** Not listed in the help: everybody expects them. @type {Record<string, Command>} */
const EXPECTED = { Home: "first", End: "last", PageDown: "pageDown", PageUp: "pageUp", "Meta+a": "selectLoaded" };
/** Keys with a letter or sign of their own, which a person may want to switch off. */
const SINGLE = /^.$/u;
const OFF = "ledgerwire.single-keys-off";

const COMMANDS = commandsOf(KEYS, EXPECTED);

/** @template {string} C @param {[keys: string[], command: C, words: string][]} listed @param {Record<string, C>} [expected] @returns {Record<string, C>} */
export function commandsOf(listed, expected = {}) {
  return { ...expected, ...Object.fromEntries(listed.flatMap(([keys, command]) => keys.map((key) => [key, command]))) };
}

/** @param {KeyboardEvent} event @returns {Command | null} */
export function commandOf(event) {
  return commandIn(COMMANDS, event);
}

/** @template {string} C @param {Record<string, C>} commands by key @param {KeyboardEvent} event @returns {C | null} */
export function commandIn(commands, event) {
  if (event.altKey || event.isComposing) return null;
  const name = `${event.ctrlKey ? "Ctrl+" : ""}${event.metaKey ? "Meta+" : ""}${event.shiftKey && event.key.length > 1 ? "Shift+" : ""}${event.key}`;
  const command = commands[name] ?? null;
  return command && SINGLE.test(name) && name !== " " && !singleKeys() ? null : command;
}

/** Whether single keys act; those who speak to their computer would set them off by words. */
export function singleKeys() {
  return localStorage.getItem(OFF) === null;
}

/** @param {boolean} on */
export function setSingleKeys(on) {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

/** For the help. @param {Keys} listed @returns {{keys: string[], words: string}[]} */
export function listedKeys(listed) {
  const shown = /** @type {Record<string, string>} */ ({ " ": "Space", ArrowDown: "↓", ArrowUp: "↑", "Shift+ArrowDown": "⇧↓", "Shift+ArrowUp": "⇧↑", J: "⇧j", K: "⇧k", Escape: "Esc", "Ctrl+a": "Ctrl a" });
  return listed.map(([keys, , words]) => ({ keys: keys.map((key) => shown[key] ?? key), words }));
}

/** Whether this place takes text or keys of its own. @param {EventTarget | null} target */
export function takesKeys(target) {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input:not([type=checkbox]), select, textarea") !== null;
}

/** Whether a button, a box or a link takes this key for itself. @param {KeyboardEvent} event */
export function keepsKey({ key, target }) {
  const own = { Enter: "a, button", " ": "button, input" }[key];
  return Boolean(own && target instanceof Element && target.closest(own));
}

/** Whether something lies over the page, and the keys are its own. */
export function isCovered() {
  return document.querySelector("dialog[open], [popover]:popover-open") !== null;
}
