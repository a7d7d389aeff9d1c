/**
 * What is done to many receipts: each stands or is refused by itself.
 * @import { Receipt } from "../contract-receipts.js"
 * @import { Shelf } from "./shelf.js"
 */
import { asProblem } from "../api.js";
import { counted } from "../format.js";

/** At or above this confidence a match may be taken unseen. */
export const SURE = 0.9;
/** Asked for at once. */
const LANES = 4;
/** Attached in one request; the server takes no more. */
const MOST = 500;

/** @typedef {{said: string, failures: {name: string, why: string}[]}} Outcome */

/** @param {Shelf} shelf @param {Receipt[]} receipts @returns {Promise<Outcome>} */
export async function confirmAll(shelf, receipts) {
  const open = receipts.filter((one) => one.state !== "confirmed");
  const failures = await each(open, async (receipt) => {
    shelf.put(await shelf.api.correct(receipt.receipt_id, { confirm: true, revision: receipt.revision }));
  });
  return outcome(open.length - failures.length, "confirmed", failures);
}

/** @param {Shelf} shelf @param {Receipt[]} receipts @returns {Promise<Outcome>} */
export async function removeAll(shelf, receipts) {
  const failures = await each(receipts, async ({ receipt_id }) => {
    await shelf.api.remove(receipt_id);
    shelf.forget(receipt_id);
  });
  return outcome(receipts.length - failures.length, "deleted", failures);
}

/** Those whose best match is sure; of two that look the same only the first. @param {Receipt[]} receipts */
export function surelyMatched(receipts) {
  return receipts.filter(({ transaction_ids, match, duplicate_of }) => !transaction_ids.length && !duplicate_of && match !== null && match.confidence >= SURE);
}

/** @param {Shelf} shelf @param {Receipt[]} receipts @returns {Promise<Outcome>} */
export async function attachAll(shelf, receipts) {
  const attachments = surelyMatched(receipts).map(({ receipt_id, match }) => ({ receipt_id, transaction_id: match?.transaction.transaction_id ?? "" }));
  const outcomes = [];
  for (let at = 0; at < attachments.length; at += MOST) outcomes.push(...(await shelf.api.attachMany(attachments.slice(at, at + MOST))).data);
  const failures = outcomes
    .filter(({ outcome: word }) => word !== "attached" && word !== "already")
    .map(({ receipt_id, detail }) => ({ name: receipts.find((one) => one.receipt_id === receipt_id)?.name ?? "", why: detail || "It is not there any more." }));
  await shelf.reload();
  return outcome(outcomes.length - failures.length, "attached", failures);
}

/** @param {Receipt[]} receipts @param {(receipt: Receipt) => Promise<void>} act */
async function each(receipts, act) {
  /** @type {Outcome["failures"]} */
  const failures = [];
  const waiting = [...receipts];
  const lane = async () => {
    for (let receipt = waiting.shift(); receipt; receipt = waiting.shift()) {
      try {
        await act(receipt);
      } catch (error) {
        const { title, detail } = asProblem(error);
        failures.push({ name: receipt.name, why: detail ?? title });
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return failures;
}

/** @param {number} done @param {string} word @param {Outcome["failures"]} failures @returns {Outcome} */
function outcome(done, word, failures) {
  const left = failures.length ? `, ${failures.length} stayed as ${failures.length === 1 ? "it was" : "they were"}` : "";
  return { said: `${counted(done, "receipts")} ${word}${left}`, failures };
}
