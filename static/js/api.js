/**
 * The HTTP API: one method per call the page makes.
 * @import { AttemptPage } from "./contract-activity.js"
 * @import { Job, LogPage, Page, Problem, Session, SignIn } from "./contract.js"
 */

/** An answer that was a problem (RFC 9457), or no answer at all (status 0). */
export class ApiError extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
    this.status = problem.status ?? 0;
  }
}

/** @type {Problem} */
export const UNREACHABLE = {
  title: "The server cannot be reached",
  status: 0,
  detail: "Check that it is running and that you are online, then try again.",
};

/**
 * @param {string} text
 * @param {number} status
 * @returns {Problem}
 */
export function problemFrom(text, status) {
  try {
    const body = JSON.parse(text);
    if (typeof body.title === "string") return { ...body, status };
  } catch {
    // Whatever stood between us and the server did not speak JSON.
  }
  return {
    title: status === 413 ? "The file is too large" : "The server could not answer",
    status,
    detail: `It said ${status}. Try again in a moment.`,
  };
}

/** @param {unknown} error @returns {Problem} */
export function asProblem(error) {
  if (error instanceof ApiError) return error.problem;
  return { title: "Something went wrong in this page", detail: "Reload it. Your jobs run on the server and go on." };
}

/** @typedef {() => string | Promise<string>} GetToken */

export class Api {
  /** @type {Promise<string> | null} */
  #token = null;

  /**
   * @param {string} [baseUrl] where the server lives; the page's own origin if empty
   * @param {GetToken | null} [getToken] brings a key or a token; without it the session's cookie says who asks
   */
  constructor(baseUrl = "", getToken = null) {
    // A server that renders has no location, and asks nothing.
    this.baseUrl = new URL(baseUrl || "/", globalThis.location?.href ?? "http://localhost").href.replace(/\/$/, "");
    this.getToken = getToken;
  }

  /** Whether a token was brought before, which may have ended since. */
  get hasToken() {
    return this.#token !== null;
  }

  /** The token in use was refused: the next one is a fresh one. */
  forgetToken() {
    this.#token = null;
  }

  /** The token in use; null where the cookie does. @param {{fresh?: boolean}} [how] @returns {Promise<string | null>} */
  async token({ fresh = false } = {}) {
    if (!this.getToken) return null;
    if (fresh || !this.#token) this.#token = Promise.resolve(this.getToken());
    const asked = this.#token;
    // One that could not be brought is asked for again.
    asked.catch(() => this.#token === asked && (this.#token = null));
    return asked;
  }

  /** @returns {Promise<Session>} */
  session() {
    return this.json("/api/session");
  }

  /** @param {string} token @returns {Promise<Session>} */
  signIn(token) {
    /** @type {SignIn} */
    const body = { token };
    return this.json("/api/sign-in", post(body));
  }

  signOut() {
    return this.json("/api/sign-out", post());
  }

  /** @param {string} companyId @param {{limit: number, cursor?: string | null}} page @returns {Promise<Page>} */
  jobs(companyId, { limit, cursor }) {
    return this.json(`/api/jobs/company/${encodeURIComponent(companyId)}${query({ limit, cursor })}`);
  }

  /** @param {string} jobId @returns {Promise<Job>} */
  job(jobId) {
    return this.json(`/api/jobs/${encodeURIComponent(jobId)}`);
  }

  /** @param {string} jobId @returns {Promise<Job>} */
  jobWithParams(jobId) {
    return this.json(`/api/jobs/${encodeURIComponent(jobId)}?include=params`);
  }

  /** @param {string} jobId @param {{limit: number, cursor?: string | null}} page @returns {Promise<LogPage>} */
  log(jobId, { limit, cursor }) {
    return this.json(`/api/jobs/${encodeURIComponent(jobId)}/log${query({ limit, cursor })}`);
  }

  /** The last of more than that many are of little use. @param {string} jobId @returns {Promise<AttemptPage>} */
  attempts(jobId) {
    return this.json(`/api/jobs/${encodeURIComponent(jobId)}/attempts${query({ limit: 200 })}`);
  }

  /** @param {string} jobId @returns {Promise<Job>} */
  cancel(jobId) {
    return this.json(`/api/jobs/${encodeURIComponent(jobId)}/cancel`, post({ reason: "Cancelled on the page" }));
  }

  /** @param {string} jobId @returns {Promise<Job>} */
  retry(jobId) {
    return this.json(`/api/jobs/${encodeURIComponent(jobId)}/retry`, post());
  }

  /** Whether plain HTTP reaches the server: tells a blocked transport from a server that is away. */
  async reachable() {
    try {
      return (await fetch(`${this.baseUrl}/health/live`, { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok;
    } catch {
      return false;
    }
  }

  /** Submits a job; the key makes a repeat harmless. @param {string} kind @param {object} submission @returns {Promise<Job>} */
  submit(kind, submission, key = freshKey()) {
    const init = post(submission);
    return this.json(`/api/jobs/${kind}`, { ...init, headers: { ...init.headers, "Idempotency-Key": key } });
  }

  /** What the address answers, as JSON. @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
  async json(path, init) {
    return (await this.answer(path, init)).body;
  }

  /**
   * The same, with the server's own clock: "as I saw it" is said in its time, whatever this machine's clock shows.
   * @param {string} path
   * @param {RequestInit} [init]
   * @returns {Promise<{body: any, at: string | null}>}
   */
  async answer(path, init) {
    const response = await this.#fetch(path, init);
    const text = await response.text().catch(() => (response.ok ? null : ""));
    // An answer that broke off is none.
    if (text === null) throw new ApiError(UNREACHABLE);
    if (!response.ok) throw new ApiError(problemFrom(text, response.status));
    const date = response.headers.get("date");
    return { body: text ? JSON.parse(text) : null, at: date && new Date(date).toISOString() };
  }

  /** @param {string} path @param {RequestInit} [init] */
  async #fetch(path, init) {
    try {
      return await this.send(path, { cache: "no-cache", ...init });
    } catch {
      throw new ApiError(UNREACHABLE);
    }
  }

  /** Whatever comes back; a token that has run out is replaced once. @param {string} path @param {RequestInit} [init] */
  async send(path, init = {}) {
    const response = await this.#sendOnce(path, init, false);
    return response.status === 401 && this.getToken ? this.#sendOnce(path, init, true) : response;
  }

  /** @param {string} path @param {RequestInit} init @param {boolean} fresh */
  async #sendOnce(path, init, fresh) {
    const token = await this.token({ fresh });
    const headers = new Headers(init.headers);
    if (token) headers.set("Authorization", `Bearer ${token}`);
    return fetch(this.baseUrl + path, { credentials: token ? "omit" : "include", ...init, headers });
  }
}

/** @param {object} [body] @returns {RequestInit} */
export function post(body) {
  return send("POST", body);
}

/** @param {string} method @param {object} [body] @returns {RequestInit} */
export function send(method, body) {
  if (!body) return { method };
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** A list is said as its name repeated. @param {Record<string, string | number | boolean | string[] | null | undefined>} values */
export function query(values) {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of [value].flat()) given.append(name, String(one));
  }
  return given.size ? `?${given}` : "";
}

/** A fresh Idempotency-Key; `crypto.randomUUID` exists in secure contexts only, and a LAN address is none. */
export function freshKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
