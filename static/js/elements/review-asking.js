/**
 * What the review asks a person before it acts: a category, a rule, whether to take an approval back.
 * `back` puts the focus where it came from, as soon as the question is gone.
 *
 * @import { Chart } from "../chart.js"
 * @import { Job } from "../contract.js"
 * @import { Line } from "../review/ordered-lines.js"
 * @import { Review } from "../review/review.js"
 */
import { counted } from "../format.js";
import { isOver } from "../jobs.js";
import { ask } from "../question.js";
import { undoQuestion } from "../review/bulk.js";
import { MOST_SET } from "../review/review.js";
import { ruleWords } from "../rule-words.js";
import { CategoryPicker } from "./category-picker.js";
import { RuleDialog } from "./rule-dialog.js";

/**
 * @param {Review} review
 * @param {Chart} chart
 * @param {Line} line
 * @param {{anchor: Element | null, thenApprove: boolean, back: () => void}} where
 */
export async function chooseCategory(review, chart, line, { anchor, thenApprove, back }) {
  const choice = await picker().choose({
    anchor,
    accounts: chart.categories,
    chosen: line.category,
    title: line.description,
    approves: thenApprove ? "always" : "on-shift",
  });
  back();
  if (!choice) return;
  await review.setCategory(choice.category, line);
  const now = choice.approve && review.ledger.get(line.transaction_id);
  if (now && now.category === choice.category) await review.approveOne(now);
}

/** For the selected lines. @param {Review} review @param {Chart} chart @param {{anchor: Element, back: () => void}} where */
export async function chooseForMany(review, chart, { anchor, back }) {
  const { size } = review.selection;
  if (!size || size > MOST_SET) return;
  const title = counted(size, "lines");
  const choice = await picker().choose({ anchor, accounts: chart.categories, chosen: null, title, approves: "never" });
  back();
  if (choice?.category) await review.setCategory(choice.category, null);
}

/** Of the offer that stands. @param {Review} review @param {Chart} chart @param {() => void} back */
export async function makeRule(review, chart, back) {
  const rule = review.acts.offer?.rule;
  if (!rule) return;
  const dialog = /** @type {RuleDialog} */ (document.querySelector("rule-dialog"));
  const saved = await dialog.edit(review.books, chart, { rule, ruleId: null });
  back();
  if (!saved) return;
  review.acts.say(`Rule saved: ${ruleWords(saved.rule)} → ${saved.rule.category}`);
  await review.ruleSaved(saved);
}

/** Says whether it is being taken back. @param {Review} review @param {Job} job that approved lines */
export async function undoApproval(review, job) {
  const now = review.workspace.jobs.get(job.job_id) ?? job;
  if (!isOver(now)) {
    review.acts.say("The approval is still running. Undo it once it has ended.");
    return false;
  }
  return (await ask(undoQuestion(now.result?.["approved"] ?? 0))) && (await review.undoApproval(now)) !== null;
}

function picker() {
  return /** @type {CategoryPicker} */ (document.querySelector("category-picker"));
}
