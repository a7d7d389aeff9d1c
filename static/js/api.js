/**
 * The HTTP API: one method per call the page makes.
 * @import { BankAccountPage, Job, LogPage, Page, Problem, Session, SignIn } from "./contract.js"
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

export class Api {
  /** @param {string} [baseUrl] where the server lives; the page's own origin if empty */
  constructor(baseUrl = "") {
    this.baseUrl = new URL(baseUrl || "/", location.href).href.replace(/\/$/, "");
  }

  /** @returns {Promise<Session>} */
  session() {
    return this.#json("/api/session");
  }

  /** @param {string} token @returns {Promise<Session>} */
  signIn(token) {
    /** @type {SignIn} */
    const body = { token };
    return this.#json("/api/sign-in", post(body));
  }

  signOut() {
    return this.#json("/api/sign-out", post());
  }

  /** @param {string} companyId @returns {Promise<BankAccountPage>} */
  bankAccounts(companyId) {
    return this.#json(`/api/companies/${encodeURIComponent(companyId)}/accounts/bank`);
  }

  /** @param {string} companyId @param {{limit: number, cursor?: string | null}} page @returns {Promise<Page>} */
  jobs(companyId, { limit, cursor }) {
    return this.#json(`/api/jobs/company/${encodeURIComponent(companyId)}${query({ limit, cursor })}`);
  }

  /** @param {string} jobId @returns {Promise<Job>} */
  job(jobId) {
    return this.#json(`/api/jobs/${encodeURIComponent(jobId)}`);
  }

  /** @param {string} jobId @returns {Promise<Job>} */
  jobWithParams(jobId) {
    return this.#json(`/api/jobs/${encodeURIComponent(jobId)}?include=params`);
  }

  /** @param {string} jobId @param {{limit: number, cursor?: string | null}} page @returns {Promise<LogPage>} */
  log(jobId, { limit, cursor }) {
    return this.#json(`/api/jobs/${encodeURIComponent(jobId)}/log${query({ limit, cursor })}`);
  }

  /** @param {string} jobId @returns {Promise<Job>} */
  cancel(jobId) {
    return this.#json(`/api/jobs/${encodeURIComponent(jobId)}/cancel`, post({ reason: "Cancelled on the page" }));
  }

  /** @param {string} jobId @returns {Promise<Job>} */
  retry(jobId) {
    return this.#json(`/api/jobs/${encodeURIComponent(jobId)}/retry`, post());
  }

  /** Whether plain HTTP reaches the server: tells a blocked transport from a server that is away. */
  async reachable() {
    try {
      return (await fetch(`${this.baseUrl}/health/live`, { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok;
    } catch {
      return false;
    }
  }

  /** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
  async #json(path, init) {
    const response = await this.#fetch(path, init);
    const text = await response.text().catch(() => "");
    if (!response.ok) throw new ApiError(problemFrom(text, response.status));
    return text ? JSON.parse(text) : null;
  }

  /** @param {string} path @param {RequestInit} [init] */
  async #fetch(path, init) {
    try {
      return await fetch(this.baseUrl + path, { credentials: "same-origin", cache: "no-cache", ...init });
    } catch {
      throw new ApiError(UNREACHABLE);
    }
  }
}

/** @param {object} [body] @returns {RequestInit} */
function post(body) {
  if (!body) return { method: "POST" };
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** @param {Record<string, string | number | null | undefined>} values */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : "";
}
