/**
 * The page: who is signed in, which company is open, and drawing what its workspace says.
 * @import { Company } from "./js/contract-books.js"
 * @import { Problem, Session } from "./js/contract.js"
 * @import { Filter } from "./js/review/filter.js"
 * @import { Page, Route } from "./js/route.js"
 */
import { Api, ApiError, asProblem } from "./js/api.js";
import { setUpAccountMenu, showAccount } from "./js/account-menu.js";
import { Backoff } from "./js/backoff.js";
import { CompanyRoom } from "./js/company-room.js";
import { ActivityPage } from "./js/elements/activity-page.js";
import { CompanySwitch } from "./js/elements/company-switch.js";
import { ConnectionBadge } from "./js/elements/connection-badge.js";
import { DropZone } from "./js/elements/drop-zone.js";
import { JobCard } from "./js/elements/job-card.js";
import { listenForJobKeys } from "./js/elements/job-keys.js";
import { JobList } from "./js/elements/job-list.js";
import { PageLinks } from "./js/elements/page-links.js";
import { QuickBooksPage } from "./js/elements/quickbooks-page.js";
import { ReceiptsPage } from "./js/elements/receipts-page.js";
import { ReviewPage } from "./js/elements/review-page.js";
import { RulesPage } from "./js/elements/rules-page.js";
import { SettingsPage } from "./js/elements/settings-page.js";
import { SignIn } from "./js/elements/sign-in.js";
import { count } from "./js/format.js";
import { isOver } from "./js/jobs.js";
import { problemView } from "./js/problem-view.js";
import { readFilter, writeFilter } from "./js/review/filter.js";
import { goTo, readRoute, takeConsent, takeToken } from "./js/route.js";
import { oncePerFrame, show, text } from "./js/view.js";

/** "3 minutes ago" grows old. */
const REDRAW_EVERY = 30_000;
/** @type {Record<Page, string>} */
const TITLES = { jobs: "", activity: "Activity", review: "Review", receipts: "Receipts", rules: "Rules", quickbooks: "QuickBooks", settings: "Settings" };

const api = new Api();
const page = {
  activity: only("activity-page", ActivityPage),
  badge: only("connection-badge", ConnectionBadge),
  boot: only("#boot", HTMLElement),
  card: only("job-card", JobCard),
  companies: only("company-switch", CompanySwitch),
  drop: only("drop-zone", DropZone),
  idle: only(".idle", HTMLElement),
  links: only("page-links", PageLinks),
  list: only("job-list", JobList),
  main: only("main", HTMLElement),
  quickbooks: only("quickbooks-page", QuickBooksPage),
  receipts: only("receipts-page", ReceiptsPage),
  review: only("review-page", ReviewPage),
  rules: only("rules-page", RulesPage),
  settings: only("settings-page", SettingsPage),
  signIn: only("sign-in", SignIn),
  stage: only(".stage", HTMLElement),
};
/** @type {Session | null} */
let session = null;
/** @type {CompanyRoom | null} */
let room = null;
/** @type {Page} */
let shown = "jobs";
/** @type {HTMLElement | null} */
let lost = null;
const draw = oncePerFrame(drawNow);

/** @template {Element} T @param {string} selector @param {{new (): T}} type @returns {T} */
function only(selector, type) {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`The page has no ${selector}`);
  return found;
}

// --- in and out --------------------------------------------------------------------------------------

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
  for (const element of [page.main, page.badge, page.companies, page.links]) show(element, true);
  openCompany(readRoute());
  const brought = takeConsent();
  if (brought) room?.quickbooks.comeBack(brought);
}

/** @param {Problem | null} problem */
function gate(problem) {
  room?.close();
  room = null;
  session = null;
  page.settings.forget();
  showAccount(null);
  for (const element of [page.boot, page.main, page.badge, page.companies, page.links]) show(element, false);
  page.signIn.explain(problem);
  show(page.signIn, true);
  document.title = "Sign in · Ledgerwire";
}

async function signOut() {
  await api.signOut().catch(() => {});
  gate(null);
}

// --- where we are ------------------------------------------------------------------------------------

/** @param {Route} route */
function openCompany(route) {
  const companies = session?.companies ?? [];
  const company = companies.find((one) => one.company_id === route.companyId) ?? companies[0];
  if (!company) return;
  room?.close();
  const next = new CompanyRoom(api, company, (state) => {
    if (next !== room) return;
    page.badge.state = state;
    if (state.name === "refused") gate(state.problem ?? null);
  });
  room = next;
  next.addEventListener("change", () => next === room && draw());
  serve(next, companies);
  // What stands in the address of another company means nothing here.
  const known = company.company_id === route.companyId ? route : { ...route, jobId: null, rest: {} };
  goTo({ ...known, companyId: company.company_id }, { replace: true });
  next.open(known.jobId);
  showPage(readRoute());
}

/** @param {CompanyRoom} given @param {Company[]} companies */
function serve(given, companies) {
  const { activity, books, chart, company, quickbooks, receipts, review, workspace } = given;
  page.companies.offer(companies, company);
  page.drop.serve(api, company);
  page.activity.serve(activity);
  page.review.serve(review, chart);
  page.quickbooks.serve(quickbooks);
  page.receipts.serve(receipts);
  page.rules.serve(books, chart, workspace.mayAct);
  page.settings.serve(books, chart, company);
  chart.addEventListener("change", () => given === room && page.drop.offer(chart.bankAccounts));
}

/** @param {Route} route */
function showPage(route) {
  shown = route.page;
  for (const element of page.main.querySelectorAll("[data-page]")) {
    if (element instanceof HTMLElement) show(element, element.dataset["page"] === shown);
  }
  document.body.dataset["page"] = shown;
  if (shown === "review") page.review.open(readFilter(route.rest));
  else room?.review.rest();
  if (shown === "activity") page.activity.open(route.rest);
  else page.activity.rest();
  if (shown === "receipts") page.receipts.open(route.rest);
  if (shown === "quickbooks") page.quickbooks.open();
  if (shown === "rules") page.rules.open();
  if (shown === "settings") page.settings.open();
  drawNow();
}

/** Follows an address of ours within the page. @param {string} search */
function follow(search) {
  const route = readRoute(search);
  if (!room || !route.companyId) return;
  goTo({ ...route, companyId: route.companyId });
  arrive();
  window.scrollTo(0, 0);
}

/** Shows what the address says now. */
function arrive() {
  const route = readRoute();
  if (!room || route.companyId !== room.company.company_id) return openCompany(route);
  if (route.page === "jobs") room.workspace.select(route.jobId);
  showPage(route);
}

/** @param {Page} name */
function openPage(name) {
  if (!room) return;
  const jobId = name === "jobs" ? room.workspace.selected : null;
  goTo({ companyId: room.company.company_id, page: name, jobId });
  arrive();
  window.scrollTo(0, 0);
  if (name !== "review") page.main.focus({ preventScroll: true });
}

/** @param {Filter} filter */
function openReview(filter) {
  if (!room) return;
  const onlyTyping = filter.tab === room.review.filter.tab;
  goTo({ companyId: room.company.company_id, page: "review", rest: writeFilter(filter) }, { replace: onlyTyping });
  showPage(readRoute());
}

/** @param {Page} name @param {{rest: Record<string, string>, replace: boolean}} where */
function openList(name, { rest, replace }) {
  if (!room) return;
  goTo({ companyId: room.company.company_id, page: name, rest }, { replace });
  showPage(readRoute());
  if (rest["receipt"]) window.scrollTo(0, 0);
}

// --- drawing -----------------------------------------------------------------------------------------

function drawNow() {
  if (!room) return;
  const { company, receipts, review } = room;
  page.links.draw(company.company_id, shown, { lines: review.counts.toReview, receipts: receipts.shelf.toReview });
  if (shown === "jobs") drawJobs(room);
  document.title = title(room);
}

/** @param {CompanyRoom} given */
function drawJobs({ workspace, chart, company }) {
  const { jobs, selected, titles, lines, inside, mayAct, notice, older } = workspace;
  const job = selected ? jobs.get(selected) : undefined;
  goTo({ companyId: company.company_id, jobId: selected }, { replace: true });
  page.list.draw(jobs.list(), { companyId: company.company_id, selected, titleOf: (one) => titles.of(one), older: older !== null });
  page.drop.compact = Boolean(selected);
  show(page.card, Boolean(job));
  const look = { lines, inside, mayAct, notice, accounts: chart.bankAccounts, currency: company.base_currency };
  if (job) page.card.draw(job, { title: titles.of(job), ...look });
  show(page.idle, !mayAct && !selected);
  showLost(job ? null : notice);
}

/** @param {CompanyRoom} given */
function title({ workspace, company, receipts, review }) {
  const job = workspace.selected && shown === "jobs" ? workspace.jobs.get(workspace.selected) : undefined;
  if (job && !isOver(job)) return `${job.progress}% ${workspace.titles.of(job)} · Ledgerwire`;
  const toReview = shown === "review" ? review.counts.toReview : shown === "receipts" ? receipts.shelf.toReview : null;
  const waiting = toReview ? ` (${count(toReview)})` : "";
  return `${shown === "jobs" ? company.name : TITLES[shown] + waiting} · Ledgerwire`;
}

/** @param {Problem | null} problem */
function showLost(problem) {
  if (Boolean(problem) === Boolean(lost)) return;
  lost?.remove();
  lost = problem && problemView(problem, { level: "warning" });
  if (lost) page.stage.append(lost);
}

// --- what a person does ------------------------------------------------------------------------------

/** @param {string} jobId */
function look(jobId) {
  if (!room) return;
  room.workspace.select(jobId);
  goTo({ companyId: room.company.company_id, jobId });
  if (shown !== "jobs") arrive();
}

/** @param {number} by how many further down in the list of recent jobs */
function lookBeside(by) {
  const ids = room?.workspace.jobs.list().map(({ job_id }) => job_id) ?? [];
  const next = ids[Math.max(0, ids.indexOf(room?.workspace.selected ?? "") + by)];
  if (next) look(next);
}

/** @param {EventTarget} target @param {string} name @param {(detail: any) => void} act */
function on(target, name, act) {
  target.addEventListener(name, (event) => act(event instanceof CustomEvent ? event.detail : undefined));
}

on(page.links, "page-choose", openPage);
on(page.list, "job-select", look);
on(page.list, "address-choose", follow);
on(page.list, "older", () => room?.workspace.showOlder());
on(page.card, "address-choose", follow);
on(page.card, "job-cancel", (job) => room?.cancel(job));
on(page.card, "job-retry", (job) => room?.workspace.act(job.job_id, "retry"));
on(page.card, "job-undo", (job) => room?.undoImport(job));
on(page.card, "bulk-retry", (job) => room?.retryFailed(job));
on(page.card, "bulk-undo", (job) => room?.undoApproval(job));
on(page.card, "another-file", () => page.drop.choose());
on(page.card, "send-again", async ({ job, ...answer }) => page.drop.sendAgain(job.job_id, (await room?.workspace.titles.settled(job)) ?? "the file", answer));
on(page.activity, "activity-go", (where) => openList("activity", where));
on(page.activity, "job-select", look);
on(page.review, "filter-choose", openReview);
on(page.review, "job-select", look);
on(page.review, "address-choose", follow);
on(page.review, "choose-file", () => page.drop.choose());
on(page.receipts, "receipts-go", (where) => openList("receipts", where));
on(page.receipts, "pile-cancel", (job) => room?.cancel(job));
on(page.quickbooks, "job-cancel", (job) => room?.cancel(job));
on(page.rules, "rule-saved", (saved) => room?.review.ruleSaved(saved));
on(page.settings, "company-changed", (company) => Object.assign(room?.company ?? {}, company));
on(page.companies, "company-choose", (companyId) => openCompany({ ...readRoute(), companyId, jobId: null, rest: {} }));
on(page.badge, "try-now", () => room?.workspace.connection.tryNow());
on(page.drop, "job-accepted", ({ job, name }) => {
  room?.workspace.accept(job, name);
  look(job.job_id);
});
listenForJobKeys(() => room !== null && shown === "jobs", {
  next: () => lookBeside(1),
  previous: () => lookBeside(-1),
  retry: () => page.card.press("retry"),
  cancel: () => page.card.press("cancel"),
  list: () => (openPage("activity"), page.activity.search()),
});
// A sign-in link opened where the page already stands changes the fragment only.
window.addEventListener("hashchange", () => location.hash.includes("sign-in=") && begin());
window.addEventListener("popstate", arrive);
setUpAccountMenu(signOut);
setInterval(draw, REDRAW_EVERY);
begin();
