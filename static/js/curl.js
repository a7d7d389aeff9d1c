/**
 * Commands for a shell that do what the page did. What stands in them is data from outside: each is one word to the shell.
 * @import { Job } from "./contract.js"
 */

const KEY = '-H "Authorization: Bearer $LEDGERWIRE_API_KEY"';

/** Submits the same work again. @param {Job} job @param {Record<string, any>} params @param {string} origin */
export function submitCommand({ kind }, params, origin) {
  const given = Object.entries(params).filter(([name, value]) => name !== "kind" && value !== null);
  const to = `curl -X POST ${word(`${origin}/api/jobs/${kind}`)} ${KEY}`;
  if (given.some(([, value]) => [value].flat().some(isFile))) return [to, ...given.flatMap(([name, value]) => fields(name, value))].join(" \\\n  ");
  return [to, `-H 'Content-Type: application/json'`, `-d ${word(JSON.stringify(Object.fromEntries(given)))}`].join(" \\\n  ");
}

/** Watches it. @param {Job} job @param {string} origin */
export function watchCommand({ job_id }, origin) {
  return `curl -N ${word(`${origin}/api/jobs/${job_id}/events`)} ${KEY}`;
}

/** @param {unknown} value an upload, as it stands in a job's input @returns {value is {name: string}} */
function isFile(value) {
  return typeof value === "object" && value !== null && "sha256" in value && "name" in value;
}

/** @param {string} name @param {any} value @returns {string[]} */
function fields(name, value) {
  if (Array.isArray(value) && value.every(isFile)) return value.flatMap((each) => fields(name, each));
  // In curl's own quotes, so that a name with a comma or a semicolon stays one name.
  if (isFile(value)) return [`-F ${word(`${name}=@"${value.name.replace(/["\\]/g, "\\$&")}"`)}`];
  return [`--form-string ${word(`${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`];
}

/** One word to a POSIX shell, whatever stands in it. @param {string} text */
function word(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
