// SPDX-License-Identifier: Apache-2.0
import { containerText } from './container-text.ts';
import type { LaunchPlan } from './plan.ts';
import { inWorkingFolder } from './run-folder.ts';
import { isSecretName } from './secrets.ts';
import { quoteWord, shellText } from './shell.ts';
import type { Address, PlannedStep } from './steps.ts';

/** A pass as a bash script that does the same without Iterscope. */

/** The command of one step. `inherited` are the names that the reader's own environment may hold. */
export function stepCommand(plan: LaunchPlan, step: PlannedStep, inherited: ReadonlySet<string>): string {
  if (plan.target.kind === 'container') return containerText(plan.target, step, plan.places);
  const set = new Set(step.environment.map(({ name }) => name));
  const text = shellText({
    program: step.program,
    args: step.args,
    environment: step.environment.map((entry) => ({ ...entry, secret: isSecretName(entry.name) })),
    unset: plan.controlled.filter((name) => inherited.has(name) && !set.has(name)),
  });
  return inWorkingFolder(text);
}

/** A comment of one line, whatever the text holds. */
const comment = (text: string): string => `# ${text.replaceAll(/\s+/g, ' ')}`;

/** A line that a text does not hold. */
function delimiterFor(text: string): string {
  const lines = new Set(text.split('\n'));
  let delimiter = 'END_OF_FILE';
  while (lines.has(delimiter)) delimiter += '_';
  return delimiter;
}

function fileLines({ path, text }: { readonly path: string; readonly text: string }): string {
  const delimiter = delimiterFor(text);
  return `cat > ${quoteWord(path)} <<'${delimiter}'\n${text.endsWith('\n') ? text : `${text}\n`}${delimiter}`;
}

/** `lives`: lines that end the wait where nobody can answer any more. */
function waitLines(
  { host, port, path, timeoutMs }: Address,
  late: string,
  lives: readonly string[],
): string[] {
  const url = quoteWord(`http://${host}:${port.toString()}${path}`);
  const seconds = Math.ceil(timeoutMs / 1_000).toString();
  return [
    `command -v curl > /dev/null || { echo ${quoteWord(`curl is missing, with which this script waits for ${host}: install it.`)} >&2; exit 1; }`,
    `for ((waited = 0; ; waited++)); do`,
    `  curl --silent --fail --output /dev/null ${url} && break`,
    ...lives,
    `  ((waited < ${seconds})) || { echo ${quoteWord(`${late} within ${seconds} s.`)} >&2; exit 1; }`,
    '  sleep 1',
    'done',
  ];
}

function stepLines(plan: LaunchPlan, step: PlannedStep, inherited: ReadonlySet<string>): string[] {
  const command = stepCommand(plan, step, inherited);
  const { title, ready, awaits } = step;
  if (step.role !== 'serve') {
    const wait = awaits === undefined ? [] : waitLines(awaits, 'No server answered', []);
    return [comment(title), ...wait, command];
  }
  const lives = `  kill -0 "$server" || { echo ${quoteWord(`${title} ended before it was ready.`)} >&2; exit 1; }`;
  const signal = step.endSignal.replace(/^SIG/, '');
  return [
    comment(`${step.title}: runs until the load is done.`),
    // A program in the background ignores Ctrl-C unless job control gives it a group of its own.
    'set -m',
    `${command} > ${quoteWord(`${step.name}.log`)} 2>&1 &`,
    'server=$!',
    'set +m',
    `trap 'kill -${signal} -- "-$server" 2>/dev/null || true; wait "$server" || true' EXIT`,
    ...(ready === undefined ? [] : waitLines(ready, `${title} was not ready`, [lives])),
  ];
}

/** `folder`: where the script puts its files unless its first argument names another place. */
export function passScript(
  plan: LaunchPlan,
  title: string,
  folder: string,
  inherited: ReadonlySet<string>,
): string {
  const lines = [
    '#!/usr/bin/env bash',
    comment(title),
    '# Files go into the folder that the first argument names.',
    'set -euo pipefail',
    `folder=\${1:-${quoteWord(folder)}}`,
    'mkdir -p "$folder"',
    'cd "$folder"',
    ...plan.files.map(fileLines),
    ...plan.steps.flatMap((step) => ['', ...stepLines(plan, step, inherited)]),
  ];
  return `${lines.join('\n')}\n`;
}
