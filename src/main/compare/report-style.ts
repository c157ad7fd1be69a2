// SPDX-License-Identifier: Apache-2.0

/** The look of a report: the application's, without its fonts, since the file stands alone. */
export const reportStyle = `
:root { color-scheme: light dark; --ink: #15191f; --quiet: #4a5562; --line: #d8dde4; --paper: #ffffff; --mark: #1a5fd0; --a: #3b7ddd; --b: #c46f00; --good: #16774a; --bad: #c0262d; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ed; --quiet: #a3adb9; --line: #2b323b; --paper: #101317; --mark: #6ea8fe; --a: #4c8df0; --b: #f0a13b; --good: #4fbf8b; --bad: #ff7b72; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --quiet: #444; --line: #bbb; --paper: #fff; --mark: #1a5fd0; --a: #3b7ddd; --b: #c46f00; --good: #16774a; --bad: #c0262d; }
  main { max-width: none; padding: 0; }
  figure, tr, h2, h3, pre { break-inside: avoid; } h2, h3 { break-after: avoid; }
  details { display: none; } .wide { overflow: visible; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
body { margin: 0; background: var(--paper); color: var(--ink); font: 13px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 880px; margin: 0 auto; padding: 32px 24px; }
h1 { font-size: 18px; margin: 0; } h2 { font-size: 14px; margin: 28px 0 8px; } h3 { font-size: 13px; margin: 12px 0 4px; }
.quiet { color: var(--quiet); margin: 4px 0; }
.effect { font-size: 40px; font-weight: 600; margin: 20px 0 0; line-height: 1.1; }
.effect small { font-size: 14px; font-weight: 400; color: var(--quiet); margin-left: 12px; }
.answer { font-size: 15px; max-width: 68ch; }
.wide { overflow-x: auto; margin: 8px 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: right; padding: 3px 8px; border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; overflow-wrap: anywhere; } tbody th { font-weight: 400; }
thead th { font-weight: 500; color: var(--quiet); white-space: nowrap; }
pre { border: 1px solid var(--line); padding: 8px; overflow-x: auto; font: 12px/1.4 ui-monospace, monospace; }
figure { margin: 16px 0; } figure h3 { margin: 0; }
svg { display: block; width: 100%; height: auto; margin: 4px 0; }
summary { color: var(--quiet); cursor: pointer; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.forest { font-size: 12px; fill: var(--ink); max-width: 720px; }
.forest .interval { stroke: var(--mark); stroke-width: 2; } .forest circle { fill: var(--mark); }
.forest .zero { stroke: var(--quiet); stroke-dasharray: 3 3; }
`;
