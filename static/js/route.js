/** What the address says: `?company=demo&job=<id>`, and the one-use `#sign-in=<token>`. */

export function readRoute() {
  const given = new URLSearchParams(location.search);
  return { companyId: given.get("company"), jobId: given.get("job") };
}

/** @param {{companyId: string, jobId?: string | null}} route */
export function address({ companyId, jobId }) {
  const given = new URLSearchParams({ company: companyId });
  if (jobId) given.set("job", jobId);
  return `?${given}`;
}

/** @param {{companyId: string, jobId?: string | null}} route @param {{replace?: boolean}} [options] */
export function goTo(route, { replace = false } = {}) {
  const url = address(route);
  if (url === location.search) return;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
}

/** Takes the sign-in token out of the address, so that it stays in no history and no screenshot. */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("sign-in");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}
