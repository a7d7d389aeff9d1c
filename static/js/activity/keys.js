/** Which key does what in the list of jobs, and beside the one that is open. */
import { commandsOf } from "../review/keys.js";

/** @typedef {"next" | "previous" | "first" | "last" | "select" | "extendDown" | "extendUp" | "selectLoaded" | "open" | "retry" | "cancel" | "search" | "help" | "escape"} Command */

/** @type {[keys: string[], command: Command, words: string][]} */
export const KEYS = [
  [["j", "ArrowDown"], "next", "Next job"],
  [["k", "ArrowUp"], "previous", "Job before"],
  [["x", " "], "select", "Select or deselect the job"],
  [["J", "Shift+ArrowDown"], "extendDown", "Select on, downwards"],
  [["K", "Shift+ArrowUp"], "extendUp", "Select on, upwards"],
  [["Ctrl+a"], "selectLoaded", "Select all that are shown"],
  [["r"], "retry", "Retry what is selected, or the job"],
  [["c"], "cancel", "Cancel what is selected, or the job"],
  [["Enter"], "open", "Open the job"],
  [["/"], "search", "Search"],
  [["Escape"], "escape", "Close, then clear the selection"],
  [["?"], "help", "Show these keys"],
];

/** By key; beside those listed, what everybody expects. */
export const COMMANDS = commandsOf(KEYS, { Home: "first", End: "last", "Meta+a": "selectLoaded" });

/** @typedef {"next" | "previous" | "retry" | "cancel" | "list" | "help"} JobCommand */

/** Where one job is open. @type {[keys: string[], command: JobCommand, words: string][]} */
export const JOB_KEYS = [
  [["j"], "next", "Next of the recent jobs"],
  [["k"], "previous", "The one before"],
  [["r"], "retry", "Retry the job"],
  [["c"], "cancel", "Cancel the job"],
  [["/"], "list", "Search all jobs"],
  [["?"], "help", "Show these keys"],
];

export const JOB_COMMANDS = commandsOf(JOB_KEYS);
