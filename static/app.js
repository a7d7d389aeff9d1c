/**
 * The page: who is signed in, which company is open, and drawing what its workspace says.
 * @import { Problem, Session } from "./js/contract.js"
 */
import { Api, ApiError, asProblem } from "./js/api.js";
import { setUpAccountMenu, showAccount } from "./js/account-menu.js";
import { Backoff } from "./js/backoff.js";
import { confirmCancel } from "./js/confirm-cancel.js";
import { CompanySwitch } from "./js/elements/company-switch.js";
import { ConnectionBadge } from "./js/elements/connection-badge.js";
import { DropZone } from "./js/elements/drop-zone.js";
import { JobCard } from "./js/elements/job-card.js";
import { JobList } from "./js/elements/job-list.js";
import { SignIn } from "./js/elements/sign-in.js";
import { isOver } from "./js/jobs.js";
import { problemView } from "./js/problem-view.js";
import { goTo, readRoute, takeToken } from "./js/route.js";
import { oncePerFrame, show, text } from "./js/view.js";
import { Workspace } from "./js/workspace.js";

/** "3 minutes ago" grows old. */
const REDRAW_EVERY = 30_000;

const api = new Api();
const page = {
  badge: only("connection-badge", ConnectionBadge),
  boot: only("#boot", HTMLElement),
  card: only("job-card", JobCard),
  companies: only("company-switch", CompanySwitch),
  drop: only("drop-zone", DropZone),
  idle: only(".idle", HTMLElement),
  list: only("job-list", JobList),
  main: only("main", HTMLElement),
  signIn: only("sign-in", SignIn),
  stage: only(".stage", HTMLElement),
};
/** @type {Session | null} */
let session = null;
/** @type {Workspace | null} */
let workspace = null;
/** @type {HTMLElement | null} */
let lost = null;
const draw = oncePerFrame(drawNow);

/** @template {Element} T @param {string} selector @param {{new (): T}} type @returns {T} */
function only(selector, type) {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`The page has no ${selector}`);
  return found;
}

async function begin() {
  const token = takeToken();
  for (const backoff = new Backoff(); ; ) {
    try {
      return welcome(token ? await api.signIn(token) : await api.session());
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      if (status > 0 && status < 500) return gate(token ? asProblem(error) : null);
      text(page.boot, "The server cannot be reached. Trying again…");
    }
    await new Promise((go) => setTimeout(go, backoff.next()));
  }
}

/** @param {Session} given */
function welcome(given) {
  session = given;
  if (session.companies.length === 0) return gate({ title: "No company is open to you" });
  showAccount(session.name);
  show(page.boot, false);
  show(page.signIn, false);
  show(page.main, true);
  show(page.badge, true);
  show(page.companies, true);
  openCompany(readRoute());
}

/** @param {Problem | null} problem */
function gate(problem) {
  workspace?.close();
  workspace = null;
  session = null;
  showAccount(null);
  for (const element of [page.boot, page.main, page.badge, page.companies]) show(element, false);
  page.signIn.explain(problem);
  show(page.signIn, true);
  document.title = "Sign in · Ledgerwire";
}

/** @param {{companyId: string | null, jobId: string | null}} route */
function openCompany({ companyId, jobId }) {
  const companies = session?.companies ?? [];
  const company = companies.find((one) => one.company_id === companyId) ?? companies[0];
  if (!company) return;
  workspace?.close();
  const next = new Workspace(api, company, (state) => {
    if (next !== workspace) return;
    page.badge.state = state;
    if (state.name === "refused") gate(state.problem ?? null);
  });
  workspace = next;
  next.addEventListener("change", () => next === workspace && draw());
  page.companies.offer(companies, company);
  page.drop.serve(api, company);
  goTo({ companyId: company.company_id, jobId: company.company_id === companyId ? jobId : null }, { replace: true });
  next.open(readRoute().jobId);
}

function drawNow() {
  if (!workspace) return;
  const { jobs, selected, titles, lines, mayAct, notice, older, company } = workspace;
  const job = selected ? jobs.get(selected) : undefined;
  goTo({ companyId: company.company_id, jobId: selected }, { replace: true });
  page.list.draw(jobs.list(), { selected, titleOf: (one) => titles.of(one), older: older !== null });
  page.drop.compact = Boolean(selected);
  show(page.card, Boolean(job));
  if (job) page.card.draw(job, { title: titles.of(job), lines, mayAct, notice, accounts: page.drop.accounts });
  show(page.idle, !mayAct && !selected);
  showLost(job ? null : notice);
  document.title = job && !isOver(job) ? `${job.progress}% ${titles.of(job)} · Ledgerwire` : `${company.name} · Ledgerwire`;
}

/** @param {Problem | null} problem */
function showLost(problem) {
  if (Boolean(problem) === Boolean(lost)) return;
  lost?.remove();
  lost = problem && problemView(problem, { level: "warning" });
  if (lost) page.stage.append(lost);
}

/** @param {string | null} jobId */
function look(jobId) {
  if (!workspace) return;
  goTo({ companyId: workspace.company.company_id, jobId });
  workspace.select(jobId);
}

/** @param {string} jobId */
async function cancel(jobId) {
  const asked = workspace;
  const job = asked?.jobs.get(jobId);
  if (!asked || !job) return;
  const over = new AbortController();
  const watch = () => {
    const now = asked.jobs.get(jobId);
    if (!now || isOver(now)) over.abort();
  };
  asked.jobs.addEventListener("change", watch);
  if (await confirmCancel(asked.titles.of(job), over.signal)) await asked.act(jobId, "cancel");
  asked.jobs.removeEventListener("change", watch);
}

async function signOut() {
  await api.signOut().catch(() => {});
  gate(null);
}

/** @param {EventTarget} target @param {string} name @param {(detail: any) => void} act */
function on(target, name, act) {
  target.addEventListener(name, (event) => act(event instanceof CustomEvent ? event.detail : undefined));
}

on(page.list, "job-select", look);
on(page.list, "older", () => workspace?.showOlder());
on(page.card, "job-cancel", (job) => cancel(job.job_id));
on(page.card, "job-retry", (job) => workspace?.act(job.job_id, "retry"));
on(page.card, "another-file", () => page.drop.choose());
on(page.card, "into-account", ({ job, accountId }) => page.drop.sendInto(job.job_id, accountId));
on(page.companies, "company-choose", (companyId) => openCompany({ companyId, jobId: null }));
on(page.badge, "try-now", () => workspace?.connection.tryNow());
on(page.drop, "job-accepted", ({ job, name }) => {
  goTo({ companyId: job.company_id, jobId: job.job_id });
  workspace?.accept(job, name);
});
// A sign-in link opened where the page already stands changes the fragment only.
window.addEventListener("hashchange", () => location.hash.includes("sign-in=") && begin());
window.addEventListener("popstate", () => {
  const route = readRoute();
  if (route.companyId === workspace?.company.company_id) workspace?.select(route.jobId);
  else openCompany(route);
});
setUpAccountMenu(signOut);
setInterval(draw, REDRAW_EVERY);
begin();
