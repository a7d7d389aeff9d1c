/**
 * One company's QuickBooks over HTTP: one method per call the page makes.
 * @import { Api } from "./api.js"
 * @import { ConnectStart, AccountChoice, MappingList, QuickBooksConnection, SentPage } from "./contract-quickbooks.js"
 * @import { Job } from "./contract.js"
 */
import { post, query, send } from "./api.js";

export class QuickBooksApi {
  /** @param {Api} api @param {string} companyId */
  constructor(api, companyId) {
    this.api = api;
    this.companyId = companyId;
    this.root = `/api/companies/${encodeURIComponent(companyId)}/quickbooks`;
  }

  /** @returns {Promise<QuickBooksConnection>} */
  connection() {
    return this.api.json(this.root);
  }

  /** Where to consent, or the job that finds it out. @returns {Promise<ConnectStart | Job>} */
  connect() {
    return this.api.json(`${this.root}/connect`, post());
  }

  /** @param {{state: string, code: string, realm_id: string}} consent @returns {Promise<Job>} */
  consent(consent) {
    return this.api.json("/api/quickbooks/consent", post(consent));
  }

  /** @returns {Promise<MappingList>} */
  mapping() {
    return this.api.json(`${this.root}/mapping`);
  }

  /** @param {AccountChoice[]} choices @returns {Promise<MappingList>} */
  confirm(choices) {
    return this.api.json(`${this.root}/mapping`, send("PUT", { choices }));
  }

  /** @param {{limit: number, cursor?: string | null}} page @returns {Promise<SentPage>} */
  exports(page) {
    return this.api.json(`${this.root}/exports${query(page)}`);
  }

  /** @param {"export-qbo" | "fetch-qbo" | "disconnect-qbo"} kind @param {object} [fields] @returns {Promise<Job>} */
  submit(kind, fields = {}) {
    return this.api.submit(kind, { company_id: this.companyId, ...fields });
  }
}
