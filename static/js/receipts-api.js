/**
 * One company's receipts over HTTP: one method per call the page makes.
 * @import { Api } from "./api.js"
 * @import { Transaction } from "./contract-books.js"
 * @import { Attachment, AttachmentOutcomes, MatchList, NewLineOfReceipt, Receipt, ReceiptPage, ReceiptText } from "./contract-receipts.js"
 */
import { post, query, send } from "./api.js";

/** What a person may say about a receipt; what is left out stays. @typedef {Partial<Record<"vendor" | "date" | "total" | "currency" | "subtotal" | "tip" | "payment_method" | "card" | "number" | "duplicate_of", string | null>> & {confirm?: boolean, revision?: number}} Correction */

export class ReceiptsApi {
  /** @param {Api} api @param {string} companyId */
  constructor(api, companyId) {
    this.api = api;
    this.companyId = companyId;
    this.root = `/api/companies/${encodeURIComponent(companyId)}/receipts`;
  }

  /** @param {Record<string, string | boolean | string[]>} filter @param {{limit: number, cursor?: string | null, count?: boolean}} page @returns {Promise<ReceiptPage>} */
  list(filter, page) {
    return this.api.json(`${this.root}${query({ ...filter, ...page })}`);
  }

  /** @param {string} id @returns {Promise<Receipt>} */
  one(id) {
    return this.api.json(this.#one(id));
  }

  /** @param {string} id @returns {Promise<ReceiptText>} */
  text(id) {
    return this.api.json(`${this.#one(id)}/text`);
  }

  /** @param {string} id @returns {Promise<MatchList>} */
  matches(id) {
    return this.api.json(`${this.#one(id)}/matches`);
  }

  /** @param {string} id @param {Correction} correction @returns {Promise<Receipt>} */
  correct(id, correction) {
    return this.api.json(this.#one(id), send("PATCH", correction));
  }

  /** @param {string} id */
  remove(id) {
    return this.api.json(this.#one(id), send("DELETE"));
  }

  /** @param {Attachment[]} attachments @returns {Promise<AttachmentOutcomes>} */
  attachMany(attachments) {
    return this.api.json(`${this.root}/attach`, post({ attachments }));
  }

  /** @param {string} id @param {string} transactionId @returns {Promise<Receipt>} */
  attach(id, transactionId) {
    return this.api.json(`${this.#one(id)}/attach`, post({ transaction_id: transactionId }));
  }

  /** @param {string} id @param {string} transactionId @returns {Promise<Receipt>} */
  detach(id, transactionId) {
    return this.api.json(`${this.#one(id)}/detach`, post({ transaction_id: transactionId }));
  }

  /** @param {string} id @param {NewLineOfReceipt} line @returns {Promise<Transaction>} */
  book(id, line) {
    return this.api.json(`${this.#one(id)}/transaction`, post(line));
  }

  /** Where the file is to be had as it was sent. @param {string} id */
  fileAddress(id) {
    return `${this.api.baseUrl}${this.#one(id)}/file`;
  }

  /** Where the picture of a page is. @param {string} id @param {number} page from 1 */
  pageAddress(id, page) {
    return `${this.api.baseUrl}${this.#one(id)}/pages/${page}`;
  }

  /** @param {string} id */
  #one(id) {
    return `${this.root}/${encodeURIComponent(id)}`;
  }
}
