/**
 * The last hour as sixty bars: how many jobs ended in each minute, and how.
 * @import { Activity, Minute } from "../contract-activity.js"
 */
import { clockTime, count, counted } from "../format.js";
import { inUtc } from "../moment.js";

const SVG = "http://www.w3.org/2000/svg";
const MINUTES = 60;
const MINUTE = 60_000;
/** In the units of the picture: a bar and its gap, and the height of the whole. */
const STEP = 8;
const WIDTH = 6;
const HEIGHT = 56;
/** From the foot up. */
const ENDS = /** @type {const} */ (["complete", "cancelled", "failed"]);

/** @param {SVGElement} picture @param {Activity} activity */
export function drawChart(picture, activity) {
  const last = Math.floor(Date.parse(activity.at) / MINUTE);
  const minutes = activity.minutes.map((minute) => ({ minute, place: MINUTES - 1 - (last - Math.floor(Date.parse(minute.at) / MINUTE)) }));
  const shown = minutes.filter(({ place }) => place >= 0 && place < MINUTES);
  const most = Math.max(4, ...shown.map(({ minute }) => total(minute)));
  picture.setAttribute("viewBox", `0 0 ${MINUTES * STEP} ${HEIGHT}`);
  picture.setAttribute("aria-label", hourWords(activity));
  picture.replaceChildren(foot(), ...shown.map(({ minute, place }) => bar(minute, place * STEP, HEIGHT / most)));
}

/** @param {Activity} activity */
export function hourWords({ minutes }) {
  const ended = minutes.reduce((sum, minute) => sum + total(minute), 0);
  if (!ended) return "No job ended in the last hour";
  const otherwise = /** @type {const} */ (["failed", "cancelled"]).flatMap((end) => {
    const many = minutes.reduce((sum, minute) => sum + minute[end], 0);
    return many ? `${count(many)} ${end}` : [];
  });
  return [`${counted(ended, "jobs")} ended in the last hour`, ...otherwise].join(", ");
}

/** @param {Minute} minute */
function total({ complete, failed, cancelled }) {
  return complete + failed + cancelled;
}

/** @param {Minute} minute @param {number} x @param {number} scale units a job */
function bar(minute, x, scale) {
  const words = ENDS.filter((end) => minute[end]).map((end) => `${count(minute[end])} ${end}`);
  const group = made("g", {});
  const title = made("title", {});
  title.textContent = `${clockTime(minute.at)} (${inUtc(minute.at)}): ${words.join(", ")}`;
  let top = HEIGHT;
  const parts = ENDS.filter((end) => minute[end]).map((end) => {
    // One of many still shows.
    const height = Math.max(2, minute[end] * scale);
    top -= height;
    return made("rect", { class: `bar-${end}`, x, y: Math.max(0, top), width: WIDTH, height, rx: 1 });
  });
  group.append(title, ...parts);
  return group;
}

function foot() {
  return made("line", { class: "bar-foot", x1: 0, x2: MINUTES * STEP, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5 });
}

/** @param {string} tag @param {Record<string, string | number>} attributes */
function made(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}
