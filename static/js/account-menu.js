/** The menu behind the initial: who you are, how the page looks, and the way out. */
import { chooseTheme, readTheme } from "./theme.js";
import { part, show } from "./view.js";

/** @param {() => void} signOut */
export function setUpAccountMenu(signOut) {
  const theme = part(document, "theme", HTMLElement);
  for (const input of theme.querySelectorAll("input")) input.checked = input.value === readTheme();
  theme.addEventListener("change", ({ target }) => target instanceof HTMLInputElement && chooseTheme(target.value));
  part(document, "sign-out", HTMLButtonElement).addEventListener("click", signOut);
}

/** @param {string | null} name null where nobody is signed in */
export function showAccount(name) {
  show(part(document, "avatar", HTMLElement), name !== null);
  part(document, "initial", HTMLElement).textContent = (name ?? "").trim().charAt(0).toUpperCase() || "·";
  part(document, "name", HTMLElement).textContent = name ?? "";
  if (name === null) document.getElementById("account-menu")?.hidePopover();
}
