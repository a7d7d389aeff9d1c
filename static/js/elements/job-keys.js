/**
 * Keys beside an open job: on to the next, retry, cancel.
 * @import { JobCommand } from "../activity/keys.js"
 */
import { JOB_COMMANDS, JOB_KEYS } from "../activity/keys.js";
import { commandIn, isCovered, takesKeys } from "../review/keys.js";
import { showKeys } from "./key-help.js";

/** @param {() => boolean} isOpen @param {Omit<Record<JobCommand, () => void>, "help">} acts */
export function listenForJobKeys(isOpen, acts) {
  const commands = { ...acts, help: () => showKeys(JOB_KEYS) };
  document.addEventListener("keydown", (event) => {
    if (!isOpen() || event.defaultPrevented || isCovered() || takesKeys(event.target)) return;
    const command = commandIn(JOB_COMMANDS, event);
    if (!command) return;
    event.preventDefault();
    commands[command]();
  });
}
