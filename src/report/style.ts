/** The page's style sheet. Colors follow Okabe and Ito's palette (safe for color-blind readers), lightened in the dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfcfa; --card: #f3f4f0; --ink: #1c2024; --muted: #5a626c; --rule: #dfe1db; --track: #e9ebe6;
  --base: #757d87; --flaw: #bd4800; --cure: #0068a8; --clean: #00835f; --control: #a8578a; --near: #a87400; --other: #2f8fc4;
  --mark: #fff0b8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --card: #1c2024; --ink: #e9e7e2; --muted: #9ba4ae; --rule: #30363c; --track: #252a2f;
    --base: #98a1ab; --flaw: #f2884b; --cure: #5bb2ec; --clean: #3cc79c; --control: #df9ac3; --near: #efbc4c; --other: #86cdf5;
    --mark: #57490f;
  }
}
* { box-sizing: border-box; }
html { font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); }
header, main { max-width: 1040px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 40px; }
header h1 { margin: 0; font-size: 1rem; font-weight: 650; letter-spacing: .01em; }
header p { margin: 2px 0 0; color: var(--muted); max-width: 64ch; }
nav ul { max-width: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; list-style: none; }
main { padding-bottom: 80px; }
p, ul, dl { max-width: 68ch; }
a { color: var(--cure); }
h2, h3, .headline { font-family: ui-serif, "Iowan Old Style", Charter, Georgia, "Times New Roman", serif; font-weight: 600; line-height: 1.2; text-wrap: balance; }
h2 { margin: 44px 0 0; font-size: 1.05rem; color: var(--muted); }
h3 { margin: 0 0 10px; font-size: 1.5rem; }
h4 { margin: 0 0 8px; font-size: 1rem; }
h5 { margin: 0; font-size: .86rem; font-weight: 600; color: var(--muted); }
main > .all { border-top: 0; padding-top: 0; }
.all td:last-child { min-width: 8.5em; }
figure + h4 { margin-top: 28px; }
.all h2 { margin-top: 0; }
.setting + .setting, .all + .setting { margin-top: 72px; padding-top: 12px; border-top: 6px solid var(--rule); }
section { padding-top: 34px; margin-top: 40px; border-top: 1px solid var(--rule); }
.headline { margin: 6px 0 22px; font-size: clamp(1.7rem, 4.6vw, 2.6rem); max-width: 22em; }
.verdict.works .headline { color: var(--cure); }
.verdict.worse .headline, .verdict.no-effect .headline { color: var(--flaw); }
.all > p { max-width: 78ch; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(330px, 100%), 1fr)); gap: 20px 56px; align-items: start; }
.beside figure { margin: 0; }
.lead { display: grid; grid-template-columns: minmax(0, 1fr); gap: 20px 56px; align-items: start; }
.words > :first-child { margin-top: 0; } .words > :last-child { margin-bottom: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 14px 24px; margin: 0 0 18px; }
.tiles > div:first-child { grid-column: 1 / -1; }
.tiles dt { font-size: .86rem; color: var(--muted); }
.tiles dd { margin: 0; font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; line-height: 1.25; }
.tiles > div:first-child dd { font-size: 2.3rem; }
.tiles small { display: block; font-size: .8rem; font-weight: 400; color: var(--muted); }
.from { color: var(--flaw); } .to { color: var(--cure); }
.pending-note { padding: 8px 12px; border-left: 3px solid var(--near); background: var(--card); }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr)); gap: 24px 40px; margin-top: 18px; }
.chat { margin: 0; padding: 12px 16px; background: var(--card); border-radius: 8px; }
.chat + .chat { margin-top: 8px; }
.chat > div { display: grid; grid-template-columns: 5.2em 1fr; padding: 3px 0; }
.chat dt, .who { font-size: .82rem; color: var(--muted); padding-top: .12em; }
.chat dd { margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
mark { background: var(--mark); color: inherit; border-radius: 3px; padding: 0 2px; }
.muted { color: var(--muted); }
.controls { position: sticky; top: 0; z-index: 1; display: flex; align-items: center; gap: 14px; max-width: none; padding: 10px 0; background: var(--paper); }
.controls[hidden] { display: none; }
.controls span { font-size: .86rem; color: var(--muted); }
button { font: inherit; font-weight: 600; padding: 8px 16px; color: var(--paper); background: var(--cure); border: 0; border-radius: 8px; cursor: pointer; }
button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--near); outline-offset: 2px; }
.question { font-size: 1.12rem; font-weight: 600; overflow-wrap: anywhere; }
.question span { unicode-bidi: isolate; }
.facts { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 2px 0 0; font-size: .8rem; color: var(--muted); }
.group { display: grid; grid-template-columns: minmax(9em, 13em) 1fr; gap: 4px 24px; padding: 12px 0; border-top: 1px solid var(--rule); }
.item > .facts { margin-bottom: 12px; }
.reply { padding: 0 0 10px 12px; border-left: 3px solid var(--tone); margin-bottom: 8px; }
.reply .name { margin: 0; font-size: .86rem; color: var(--muted); }
.reply .name:empty { display: none; }
blockquote { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: isolate; }
.veil { position: relative; }
.veil:not(.lifted) .veiled { filter: blur(7px); user-select: none; cursor: pointer; }
.veiled:focus { outline: none; }
@media (scripting: none) { .veil:focus-within .veiled { filter: none; user-select: auto; } }
.quiet { margin: 4px 0 2px; padding: 3px 10px; font-size: .8rem; color: var(--cure); background: transparent; border: 1px solid var(--cure); }
.quiet[hidden] { display: none; }
figure { margin: 18px 0 0; }
figcaption { margin-top: 6px; font-size: .86rem; color: var(--muted); max-width: 68ch; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(330px, 100%), 1fr)); gap: 28px 56px; }
.chart { display: block; width: 100%; max-width: 500px; height: auto; overflow: visible; }
.chart.wide { max-width: 860px; }
.main-figure { margin: 0; }
.chart text { font-size: 11.5px; fill: var(--ink); font-variant-numeric: tabular-nums; }
.chart .chart-title { font-size: 13.5px; font-weight: 650; }
.chart .heading { font-size: 11.5px; font-weight: 600; fill: var(--muted); }
.chart .tick, .chart .axis { font-size: 10.5px; fill: var(--muted); }
.chart .zero { stroke: var(--muted); stroke-width: 1; }
.chart .goal { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 4 3; opacity: .6; }
.forest .label, .forest .value { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
.forest .point .error { opacity: 1; stroke-width: 1.6; }
.chart .grid { stroke: var(--rule); stroke-width: 1; }
.chart .track { fill: var(--track); }
.chart .pending .track { fill: none; stroke: var(--rule); stroke-dasharray: 3 3; }
.chart .pending .value { fill: var(--muted); }
.chart .strong .label, .chart .strong .value { font-weight: 650; }
.chart .fill { fill: var(--tone); opacity: .62; }
.chart .strong .fill { opacity: 1; }
.chart .error { stroke: var(--ink); stroke-width: 1.2; fill: none; }
.chart .dot { fill: var(--paper); stroke: var(--ink); stroke-width: 1; }
.chart .mark { fill: var(--tone); stroke: var(--paper); stroke-width: 1; }
.chart .point .error { stroke: var(--tone); opacity: .55; }
.chart .key { font-size: 10px; fill: var(--muted); }
.chart .line { fill: none; stroke: var(--tone); stroke-width: 1; opacity: .35; }
.chart .line.strong { stroke-width: 1.8; opacity: 1; }
.tone-base { --tone: var(--base); } .tone-flaw { --tone: var(--flaw); } .tone-cure { --tone: var(--cure); }
.tone-clean { --tone: var(--clean); } .tone-control { --tone: var(--control); } .tone-near { --tone: var(--near); } .tone-other { --tone: var(--other); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: .86rem; max-width: none; }
.legend span::before { content: ""; display: inline-block; width: 18px; height: 3px; margin-right: 6px; vertical-align: middle; background: var(--tone); }
details { margin-top: 10px; }
summary { cursor: pointer; font-size: .86rem; color: var(--muted); }
.scroll { overflow-x: auto; margin-top: 14px; }
table { border-collapse: collapse; font-size: .86rem; line-height: 1.4; }
caption { text-align: left; font-weight: 600; padding-bottom: 6px; }
th, td { padding: 6px 18px 6px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
thead th { font-weight: 600; color: var(--muted); vertical-align: bottom; }
tbody th { font-weight: 400; min-width: 13em; max-width: 26em; }
.numeric { text-align: right; font-variant-numeric: tabular-nums; }
tbody .numeric { white-space: nowrap; }
.tick { color: var(--clean); } .cross { color: var(--flaw); }
td .tick, td .cross { white-space: nowrap; }
th small, td small { display: block; color: var(--muted); }
td small { font-size: .92em; }
.badge { font-size: .76rem; padding: 1px 7px; border: 1px solid var(--cure); color: var(--cure); border-radius: 99px; white-space: nowrap; }
code { font: .92em ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.hash { font-size: .78em; overflow-wrap: anywhere; color: var(--muted); }
pre { overflow-x: auto; padding: 12px 16px; background: var(--card); border-radius: 8px; }
.facts-list { max-width: none; font-size: .9rem; }
.facts-list div { display: grid; grid-template-columns: 12em 1fr; gap: 0 20px; padding: 5px 0; border-bottom: 1px solid var(--rule); }
.facts-list dt { color: var(--muted); } .facts-list dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
@media (max-width: 640px) {
  html { font-size: 16px; }
  .group, .facts-list div { grid-template-columns: 1fr; }
  .tiles > div:first-child dd { font-size: 2rem; }
  tbody th { min-width: 8.5em; }
  tbody .numeric { white-space: normal; }
  th, td { padding-right: 12px; }
}
@media (min-width: 760px) {
  .lead { grid-template: "tiles figure" auto "words figure" 1fr / minmax(0, 1fr) minmax(0, 1fr); }
  .lead .tiles { grid-area: tiles; } .lead .main-figure { grid-area: figure; } .lead .words { grid-area: words; }
}
@media print { .controls { display: none; } section { break-inside: avoid; } }
`;
