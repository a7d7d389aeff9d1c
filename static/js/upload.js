/**
 * Sends a bank file and tells how much of it has gone. XMLHttpRequest, because `fetch` does not tell.
 * @import { Api } from "./api.js"
 * @import { ColumnMapping } from "./contract-statements.js"
 * @import { Job } from "./contract.js"
 */
import { ApiError, problemFrom, UNREACHABLE } from "./api.js";

/**
 * @typedef {object} Upload
 * @property {File} file
 * @property {string} companyId
 * @property {string | null} [accountId]
 * @property {ColumnMapping} [mapping] how it is to be read, where a person has said so
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
function form({ file, companyId, accountId, mapping }) {
  const fields = new FormData();
  fields.set("company_id", companyId);
  if (accountId) fields.set("account_id", accountId);
  if (mapping) fields.set("mapping", JSON.stringify(mapping));
  fields.set("file", file, file.name);
  return fields;
}
