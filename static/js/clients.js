/** The clients of elements that were given none: one for each server, however many elements there are. */
import { JobsClient } from "./client.js";

/** @type {Map<string, JobsClient>} */
const clients = new Map();

/** @param {string} url */
export function clientOf(url) {
  const known = clients.get(url);
  if (known) return known;
  const made = new JobsClient({ url });
  clients.set(url, made);
  return made;
}
