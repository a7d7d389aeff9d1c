/**
 * What a complete job found, as a row of counts; those that can be looked at lead to their lines.
 * @import { Job } from "../contract.js"
 */
import { count } from "../format.js";
import { address } from "../route.js";
import { clone, part, show, text } from "../view.js";

/** @type {Record<string, string>} */
const TONES = { needs_review: "warn", categorized: "ok", failed: "warn" };

/** Which lines of the review a count is about. @type {Record<string, Record<string, string>>} */
const LEADS = { needs_review: {}, categorized: { tab: "ready" }, imported: { tab: "all" } };
/** Kinds whose counts are told with their lines. */
const ELSEWHERE = ["bulk-approve", "undo-approve", "undo-import"];

/** @param {HTMLElement} place @param {Job} job */
export function drawTiles(place, job) {
  const counts = ELSEWHERE.includes(job.kind) ? [] : Object.entries(job.result ?? {}).filter(([, value]) => typeof value === "number");
  show(place, counts.length > 0);
  while (place.children.length > counts.length) place.lastElementChild?.remove();
  counts.forEach(([name, value], index) => {
    const tile = /** @type {HTMLElement} */ (place.children[index] ?? place.appendChild(clone("tile")));
    tile.dataset["tone"] = value > 0 ? (TONES[name] ?? "") : "";
    tile.dataset["name"] = name;
    text(part(tile, "label", HTMLElement), label(name));
    const link = part(tile, "value", HTMLAnchorElement);
    text(link, count(value));
    const lead = job.kind === "upload-and-categorize" && value > 0 ? LEADS[name] : undefined;
    if (lead) link.href = reviewOf(job, lead);
    else link.removeAttribute("href");
  });
}

/** The review of the lines that a job imported. @param {Job} job @param {Record<string, string>} [lead] */
export function reviewOf({ company_id, job_id }, lead = {}) {
  return address({ companyId: company_id, page: "review", rest: { ...lead, job_id } });
}

/** @param {string} name */
function label(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
