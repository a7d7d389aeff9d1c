/** The look of <job-progress>, shared by all of them. Set the variables, or style `::part(bar)` and the others. */
export const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host {
  display: block;
  --_accent: var(--job-progress-accent, var(--accent, #3451d1));
  --_track: var(--job-progress-track, var(--sunken, color-mix(in srgb, currentColor 12%, transparent)));
  --_ok: var(--job-progress-ok, var(--ok, #0b7a4b));
  --_bad: var(--job-progress-bad, var(--bad, #b42318));
  --_faint: var(--job-progress-faint, var(--ink-faint, color-mix(in srgb, currentColor 68%, transparent)));
  font-variant-numeric: tabular-nums;
}
:host([hidden]) { display: none; }
:host(:is(job-progress-compact)) { display: inline-block; max-width: 100%; vertical-align: middle; }
.row { display: flex; justify-content: space-between; align-items: baseline; gap: 4px 16px; }
.words { min-width: 0; }
.label { font-weight: 560; }
.step { margin-left: 6px; color: var(--_faint); font-size: 0.93em; }
.units { flex: none; color: var(--_faint); font-size: 0.93em; }
.track {
  position: relative; height: 8px; margin: 10px 0 9px; overflow: hidden;
  border-radius: 999px; background: var(--_track);
}
.bar {
  position: absolute; inset: 0; width: calc(var(--_progress, 0) * 1%);
  border-radius: inherit; background: var(--_accent); transition: width 0.35s cubic-bezier(.3, .6, .3, 1), background 0.3s;
}
.foot { flex-wrap: wrap; color: var(--_faint); font-size: 0.93em; min-height: 1.5em; }
.message { min-width: 0; overflow-wrap: anywhere; }
.message:empty { display: none; }
.away { display: none; color: var(--_bad); }
:host([reconnecting]) .away { display: inline; }
:host([reconnecting]) .bar::after, :host([reconnecting]) .track { animation: none; }
.whole { flex: none; }
.whole > span + span::before { content: "·"; margin: 0 6px; }
.whole > span:empty { display: none; }
.whole > span:empty + span::before { content: none; }
:host([empty]) .track { display: none; }
:host([status="complete"]) .bar { background: var(--_ok); }
:host([status="failed"]) .bar { background: var(--_bad); }
:host([status="cancelled"]) .bar { background: var(--_faint); }
:host([status="running"]) .bar::after {
  content: ""; position: absolute; inset: 0;
  background: linear-gradient(90deg, transparent, rgb(255 255 255 / 28%), transparent);
  transform: translateX(-100%); animation: sheen 2.2s ease-in-out infinite;
}
:host([status="pending"]) .track { animation: breathe 1.6s ease-in-out infinite; }
@keyframes sheen { 60%, 100% { transform: translateX(100%); } }
@keyframes breathe { 50% { opacity: 0.55; } }
.icon::before { content: "○"; display: inline-block; width: 1.3em; color: var(--_faint); }
:host([status="running"]) .icon::before { content: "◐"; color: var(--_accent); }
:host([status="complete"]) .icon::before { content: "✓"; color: var(--_ok); }
:host([status="failed"]) .icon::before, :host([status="unknown"]) .icon::before { content: "✕"; color: var(--_bad); }
:host([status="cancelled"]) .icon::before { content: "–"; }
.error:empty, .result:empty { display: none; }
.error {
  display: grid; gap: 2px; margin: 8px 0 0; padding: 8px 12px; overflow-wrap: anywhere;
  border-left: 3px solid var(--_bad); border-radius: 4px; background: color-mix(in srgb, var(--_bad) 8%, transparent);
}
.error .title { font-weight: 560; }
.detail:empty { display: none; }
.result { margin: 8px 0 0; color: var(--_faint); overflow-wrap: anywhere; }
.actions { display: flex; gap: 8px; margin-top: 10px; }
.actions:not(:has(.button:not([hidden]))) { display: none; }
.button {
  font: inherit; padding: 6px 14px; min-height: 32px; border-radius: 8px; cursor: pointer; color: inherit;
  border: 1px solid color-mix(in srgb, currentColor 28%, transparent); background: transparent;
}
.button[hidden] { display: none; }
.button:hover { background: color-mix(in srgb, currentColor 8%, transparent); }
.button:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
:host([bare]) :is(.icon, .error, .result, .actions) { display: none; }
.line { display: inline-flex; align-items: center; gap: 8px; max-width: 100%; }
.line .icon::before { width: 1em; }
.line .label { font-weight: inherit; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.line .track { flex: none; width: 96px; height: 6px; margin: 0; }
.line .percent { flex: none; min-width: 3ch; color: var(--_faint); }
.line .percent:empty { display: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) {
  .bar { transition: none; }
  .track, .bar::after { animation: none !important; }
  .bar::after { content: none; }
}
`);

/** The look of <job-progress-modal>; the variables are those of the other. */
export const modalSheet = new CSSStyleSheet();
modalSheet.replaceSync(`
.dialog {
  box-sizing: border-box; width: min(32rem, calc(100vw - 32px)); padding: 24px; border: 0; border-radius: 16px; color: inherit;
  background: var(--job-progress-surface, var(--surface, Canvas)); box-shadow: 0 16px 48px rgb(0 0 0 / 28%);
}
.dialog::backdrop { background: rgb(15 20 40 / 46%); }
.heading { margin: 0 0 16px; font-size: 1.15em; }
.button {
  font: inherit; margin-top: 18px; padding: 8px 18px; min-height: 36px; border-radius: 8px; cursor: pointer; color: inherit;
  border: 1px solid color-mix(in srgb, currentColor 28%, transparent); background: transparent;
}
.button:focus-visible { outline: 2px solid var(--job-progress-accent, var(--accent, #3451d1)); outline-offset: 2px; }
`);
