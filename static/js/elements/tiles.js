/**
 * What a complete job found, as a row of counts.
 * @import { Job } from "../contract.js"
 */
import { count } from "../format.js";
import { clone, part, show, text } from "../view.js";

/** @type {Record<string, string>} */
const TONES = { needs_review: "warn", categorized: "ok", failed: "warn" };

/** @param {HTMLElement} place @param {Job} job */
export function drawTiles(place, job) {
  const counts = Object.entries(job.result ?? {}).filter(([, value]) => typeof value === "number");
  show(place, counts.length > 0);
  while (place.children.length > counts.length) place.lastElementChild?.remove();
  counts.forEach(([name, value], index) => {
    const tile = /** @type {HTMLElement} */ (place.children[index] ?? place.appendChild(clone("tile")));
    tile.dataset["tone"] = value > 0 ? (TONES[name] ?? "") : "";
    tile.dataset["name"] = name;
    text(part(tile, "label", HTMLElement), label(name));
    text(part(tile, "value", HTMLElement), count(value));
  });
}

/** @param {string} name */
function label(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
