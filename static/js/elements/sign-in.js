/**
 * The page of someone who is not signed in: how to get a link.
 * @import { Problem } from "../contract.js"
 */
import { clone, part } from "../view.js";

const WELCOME = "Open the sign-in link that was printed when the server started, or make a new one:";

export class SignIn extends HTMLElement {
  #root = clone("sign-in");

  connectedCallback() {
    this.replaceChildren(this.#root);
    const copy = part(this.#root, "copy", HTMLButtonElement);
    copy.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(part(this.#root, "command", HTMLElement).textContent ?? "");
      copy.textContent = "Copied";
    });
    // The clipboard exists in secure contexts only.
    copy.hidden = !navigator.clipboard;
  }

  /** Why the visitor stands here; nothing for a first visit. @param {Problem | null} problem */
  explain(problem) {
    part(this.#root, "title", HTMLElement).textContent = problem?.title ?? "Sign in to Ledgerwire";
    part(this.#root, "detail", HTMLElement).textContent = problem ? "Make a new sign-in link:" : WELCOME;
    part(this.#root, "copy", HTMLButtonElement).textContent = "Copy";
  }
}

customElements.define("sign-in", SignIn);
