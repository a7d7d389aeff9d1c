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

/** What a count is called, where its name does not say it. @type {Record<string, string>} */
const LABELS = { version: "Model", examples: "Lines learned from", auto_share: "Would be proposed", auto_precision: "Of those right" };
/** Shares between 0 and 1. */
const SHARES = ["auto_share", "auto_precision"];
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });

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
    text(link, SHARES.includes(name) ? percent.format(value) : count(value));
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
  const words = LABELS[name] ?? name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
