/**
 * What the address says: `?company=demo&job=<id>`, `?company=demo&page=review&tab=ready&text=uber`,
 * `?company=demo&page=activity&status=failed&kind=ocr` or `?company=demo&page=receipts&receipt=<id>`, and the one-use `#sign-in=<token>`.
 */

/** @typedef {"jobs" | "activity" | "review" | "receipts" | "rules" | "quickbooks" | "settings"} Page */
/** @typedef {{companyId: string | null, page: Page, jobId: string | null, rest: Record<string, string>}} Route */

/** @type {Page[]} */
const PAGES = ["jobs", "activity", "review", "receipts", "rules", "quickbooks", "settings"];

/** @param {string} [search] @returns {Route} */
export function readRoute(search = location.search) {
  const { company = null, page, job = null, ...rest } = Object.fromEntries(new URLSearchParams(search));
  const known = PAGES.find((one) => one === page) ?? "jobs";
  return { companyId: company, page: known, jobId: known === "jobs" ? job : null, rest };
}

/** @param {{companyId: string, page?: Page, jobId?: string | null, rest?: Record<string, string>}} route */
export function address({ companyId, page = "jobs", jobId, rest = {} }) {
  const given = new URLSearchParams({ company: companyId });
  if (page !== "jobs") given.set("page", page);
  if (jobId) given.set("job", jobId);
  for (const [name, value] of Object.entries(rest)) given.set(name, value);
  return `?${given}`;
}

/** @param {Parameters<typeof address>[0]} route @param {{replace?: boolean}} [options] */
export function goTo(route, { replace = false } = {}) {
  const url = address(route);
  if (url === location.search) return;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
}

/** Takes what Intuit sent a person back with out of the address. @returns {Record<string, string> | null} */
export function takeConsent() {
  const { qbo, ...brought } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (!qbo) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return brought;
}

/** Takes the sign-in token out of the address, so that it stays in no history and no screenshot. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("sign-in");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}
