/**
 * Sends a bank file and tells how much of it has gone. XMLHttpRequest, because `fetch` does not tell.
 * @import { Api } from "./api.js"
 * @import { Job } from "./contract.js"
 */
import { ApiError, problemFrom, UNREACHABLE } from "./api.js";

/**
 * @typedef {object} Upload
 * @property {File} file
 * @property {string} companyId
 * @property {string | null} [accountId]
 * @property {string} key the Idempotency-Key: the same for every try, so that a try that got through is not doubled
 */

/** @param {Api} api @param {Upload} upload @param {(sent: number) => void} onSent share sent, 0 to 1 @returns {Promise<Job>} */
export function send(api, upload, onSent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${api.baseUrl}/api/jobs/upload-and-categorize`);
    request.setRequestHeader("Idempotency-Key", upload.key);
    request.upload.onprogress = ({ loaded, total }) => onSent(total ? loaded / total : 0);
    request.onerror = () => reject(new ApiError(UNREACHABLE));
    request.onload = () => {
      if (request.status === 202) resolve(JSON.parse(request.responseText));
      else reject(new ApiError(problemFrom(request.responseText, request.status)));
    };
    request.send(form(upload));
  });
}

/** @param {Upload} upload */
function form({ file, companyId, accountId }) {
  const fields = new FormData();
  fields.set("company_id", companyId);
  if (accountId) fields.set("account_id", accountId);
  fields.set("file", file, file.name);
  return fields;
}

/** A fresh Idempotency-Key; `crypto.randomUUID` exists in secure contexts only, and a LAN address is none. */
export function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
