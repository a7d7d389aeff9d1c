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
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (prefers-reduced-motion: reduce) {
  .bar { transition: none; }
  .track, .bar::after { animation: none !important; }
  .bar::after { content: none; }
}
`);
