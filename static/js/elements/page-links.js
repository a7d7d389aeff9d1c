/**
 * The pages of a company, by real addresses. Tells `page-choose` (detail: its name) for a plain click.
 * @import { Page } from "../route.js"
 */
import { count, counted } from "../format.js";
import { address } from "../route.js";
import { clone, part, show, text } from "../view.js";

export class PageLinks extends HTMLElement {
  #root = clone("page-links");
  #look = "";

  connectedCallback() {
    this.replaceChildren(this.#root);
    this.addEventListener("click", (event) => {
      const link = plainLink(event);
      if (!link) return;
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("page-choose", { detail: link.dataset["page"] }));
    });
  }

  /** @param {string} companyId @param {Page} page @param {{lines: number | null, receipts: number | null}} toReview */
  draw(companyId, page, toReview) {
    for (const link of this.#root.querySelectorAll("a")) {
      const name = /** @type {Page} */ (link.dataset["page"]);
      link.href = address({ companyId, page: name });
      if (name === page) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.#bubble("to-review", toReview.lines, "lines");
    this.#bubble("receipts-to-review", toReview.receipts, "receipts");
    const look = JSON.stringify([page, toReview]);
    if (look !== this.#look) this.#reveal(page);
    this.#look = look;
  }

  /** On a phone they do not all fit. @param {Page} page */
  #reveal(page) {
    const link = this.#root.querySelector(`a[data-page="${page}"]`);
    if (link instanceof HTMLElement) this.#root.scrollLeft = link.offsetLeft - (this.#root.clientWidth - link.offsetWidth) / 2;
  }

  /** @param {string} name @param {number | null} waiting @param {string} noun */
  #bubble(name, waiting, noun) {
    const bubble = part(this.#root, name, HTMLElement);
    show(bubble, Boolean(waiting));
    text(bubble, waiting ? count(waiting) : "");
    bubble.setAttribute("aria-label", waiting ? `${counted(waiting, noun)} to review` : "");
  }
}

/** The link of a click that moves within the page; a download, a new window and one with a modifier are the browser's. @param {MouseEvent} event */
export function plainLink(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return null;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  return link && !link.download && !link.target ? link : null;
}

customElements.define("page-links", PageLinks);
