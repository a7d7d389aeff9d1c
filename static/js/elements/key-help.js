/**
 * The keys of a page, listed; and a switch for single keys.
 * @import { Keys } from "../review/keys.js"
 */
import { listedKeys, setSingleKeys, singleKeys } from "../review/keys.js";
import { clone, element, part } from "../view.js";

/** @param {Keys} listed */
export function showKeys(listed) {
  const dialog = /** @type {HTMLDialogElement} */ (clone("key-help"));
  part(dialog, "keys", HTMLElement).append(...listedKeys(listed).flatMap(({ keys, words }) => [element("dt", "", ...keys.map(key)), element("dd", "", words)]));
  const enabled = part(dialog, "enabled", HTMLInputElement);
  enabled.checked = singleKeys();
  enabled.addEventListener("change", () => setSingleKeys(enabled.checked));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** @param {string} name */
function key(name) {
  return element("kbd", "", name);
}
