/** Asks before a job is cancelled; resolves to whether it should be. */
import { part } from "./view.js";

/** @param {string} name @param {AbortSignal} over aborts when the job ends while the question stands @returns {Promise<boolean>} */
export function confirmCancel(name, over) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("confirm-cancel"));
  part(dialog, "title", HTMLElement).textContent = `Cancel ${name}?`;
  part(dialog, "detail", HTMLElement).textContent =
    "It stops after the present batch. What is already booked stays, and a retry goes on from there.";
  dialog.returnValue = "keep";
  return new Promise((resolve) => {
    const close = () => dialog.close("keep");
    over.addEventListener("abort", close, { once: true });
    dialog.addEventListener(
      "close",
      () => {
        over.removeEventListener("abort", close);
        resolve(dialog.returnValue === "cancel");
      },
      { once: true },
    );
    dialog.showModal();
  });
}
