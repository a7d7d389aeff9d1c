/**
 * Which company is shown; a choice where there are several. Tells `company-choose` (detail: its id).
 * @import { Company } from "../contract-books.js"
 */
import { part, show } from "../view.js";

export class CompanySwitch extends HTMLElement {
  connectedCallback() {
    const select = part(this, "select", HTMLSelectElement);
    select.addEventListener("change", () =>
      this.dispatchEvent(new CustomEvent("company-choose", { detail: select.value, bubbles: true })),
    );
  }

  /** @param {Company[]} companies @param {Company} chosen */
  offer(companies, chosen) {
    const select = part(this, "select", HTMLSelectElement);
    select.replaceChildren(...companies.map((one) => new Option(one.name, one.company_id)));
    select.value = chosen.company_id;
    show(select, companies.length > 1);
    const only = part(this, "only", HTMLElement);
    only.textContent = chosen.name;
    show(only, companies.length === 1);
  }
}

customElements.define("company-switch", CompanySwitch);
