/**
 * Sends files and tells how much of them has gone. XMLHttpRequest, because `fetch` does not tell.
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

/** @typedef {(sent: number) => void} OnSent told the share that was sent, 0 to 1 */

/** @param {Api} api @param {Upload} upload @param {OnSent} onSent */
export function send(api, upload, onSent) {
  return sendForm(api, "upload-and-categorize", form(upload), { key: upload.key, onSent });
}

/** Sends a pile of receipts. @param {Api} api @param {{files: File[], companyId: string, key: string}} pile @param {OnSent} onSent */
export function sendPile(api, { files, companyId, key }, onSent) {
  const fields = new FormData();
  fields.set("company_id", companyId);
  for (const file of files) fields.append("files", file, file.name);
  return sendForm(api, "ocr", fields, { key, onSent });
}

/** @param {Api} api @param {string} kind @param {FormData} fields @param {{key: string, onSent: OnSent}} options @returns {Promise<Job>} */
function sendForm(api, kind, fields, { key, onSent }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${api.baseUrl}/api/jobs/${kind}`);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = ({ loaded, total }) => onSent(total ? loaded / total : 0);
    request.onerror = () => reject(new ApiError(UNREACHABLE));
    request.onload = () => {
      if (request.status === 202) resolve(JSON.parse(request.responseText));
      else reject(new ApiError(problemFrom(request.responseText, request.status)));
    };
    request.send(fields);
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
