/** Which piles a person has closed, kept in this browser: what failed in the others stays to be seen after a reload. */

const NAME = "ledgerwire.closed-piles";
/** More than these are forgotten: older piles are not shown anyway. */
const KEPT = 50;

/** @param {string} jobId */
export function isClosed(jobId) {
  return closed().includes(jobId);
}

/** @param {string} jobId */
export function close(jobId) {
  localStorage.setItem(NAME, JSON.stringify([...closed(), jobId].slice(-KEPT)));
}

/** @returns {string[]} */
function closed() {
  try {
    const kept = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}
