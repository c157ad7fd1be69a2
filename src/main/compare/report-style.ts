// SPDX-License-Identifier: Apache-2.0

/** The look of a report: the application's, without its fonts, since the file stands alone. */
export const reportStyle = `
:root { color-scheme: light dark; --ink: #1a1f26; --quiet: #5a6572; --line: #d5dae1; --paper: #ffffff; --mark: #1f6fb2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ed; --quiet: #97a3b1; --line: #2d343d; --paper: #101317; --mark: #62aee8; }
}
@media print { :root { --ink: #000; --quiet: #444; --line: #bbb; --paper: #fff; --mark: #1f6fb2; } section { break-inside: avoid; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 13px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 880px; margin: 0 auto; padding: 32px 24px; }
h1 { font-size: 18px; margin: 0; } h2 { font-size: 14px; margin: 28px 0 8px; } h3 { font-size: 13px; margin: 12px 0 4px; }
.quiet { color: var(--quiet); margin: 4px 0; }
.effect { font-size: 40px; font-weight: 600; margin: 20px 0 0; line-height: 1.1; }
.effect small { font-size: 14px; font-weight: 400; color: var(--quiet); margin-left: 12px; }
.answer { font-size: 15px; max-width: 68ch; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: right; padding: 3px 8px; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
th { font-weight: 500; color: var(--quiet); }
pre { border: 1px solid var(--line); padding: 8px; overflow-x: auto; font: 12px/1.4 ui-monospace, monospace; }
svg { width: 100%; max-width: 720px; margin: 8px 0; font-size: 12px; fill: var(--ink); }
.interval { stroke: var(--mark); stroke-width: 2; } circle { fill: var(--mark); }
.zero { stroke: var(--quiet); stroke-dasharray: 3 3; }
`;
