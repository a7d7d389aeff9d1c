/** Which key does what in the list of receipts. */
import { commandsOf } from "../review/keys.js";

/** @typedef {"next" | "previous" | "first" | "last" | "select" | "extendDown" | "extendUp" | "selectLoaded" | "open" | "search" | "help" | "escape"} Command */

/** @type {[keys: string[], command: Command, words: string][]} */
export const KEYS = [
  [["j", "ArrowDown"], "next", "Next receipt"],
  [["k", "ArrowUp"], "previous", "Receipt before"],
  [["x", " "], "select", "Select or deselect the receipt"],
  [["J", "Shift+ArrowDown"], "extendDown", "Select on, downwards"],
  [["K", "Shift+ArrowUp"], "extendUp", "Select on, upwards"],
  [["Ctrl+a"], "selectLoaded", "Select all that are shown"],
  [["Enter"], "open", "Open the receipt"],
  [["/"], "search", "Search"],
  [["Escape"], "escape", "Close, then clear the selection"],
  [["?"], "help", "Show these keys"],
];

/** By key; beside those listed, what everybody expects. */
export const COMMANDS = commandsOf(KEYS, { Home: "first", End: "last", "Meta+a": "selectLoaded" });
