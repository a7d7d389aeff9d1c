/** What can be seen of a token without knowing its key. */

/** When a JSON Web Token ends (RFC 7519, `exp`), in ms since the epoch; null for whatever else it may be. @param {string} token */
export function endOf(token) {
  try {
    const body = token.split(".")[1] ?? "";
    const { exp } = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/")));
    return typeof exp === "number" ? exp * 1_000 : null;
  } catch {
    return null;
  }
}
