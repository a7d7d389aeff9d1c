/** Asks before something that is not easily taken back; resolves to whether it should be done. */
import { part, text } from "./view.js";

/**
 * @param {{title: string, detail: string, yes: string, no?: string, danger?: boolean}} question
 * @param {AbortSignal} [over] aborts when there is nothing left to ask
 * @returns {Promise<boolean>}
 */
export function ask({ title, detail, yes, no = "Keep it as it is", danger = true }, over) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("question"));
  text(part(dialog, "title", HTMLElement), title);
  text(part(dialog, "detail", HTMLElement), detail);
  text(part(dialog, "yes", HTMLElement), yes);
  text(part(dialog, "no", HTMLElement), no);
  part(dialog, "yes", HTMLElement).className = danger ? "button danger" : "button primary";
  dialog.returnValue = "no";
  return new Promise((resolve) => {
    const close = () => dialog.close("no");
    over?.addEventListener("abort", close, { once: true });
    dialog.addEventListener(
      "close",
      () => {
        over?.removeEventListener("abort", close);
        resolve(dialog.returnValue === "yes");
      },
      { once: true },
    );
    dialog.showModal();
  });
}
