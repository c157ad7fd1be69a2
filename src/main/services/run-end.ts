// SPDX-License-Identifier: Apache-2.0
import type { Failure } from '#shared/base/errors.ts';
import type { RunExit } from '#shared/contract/run.ts';
import type { LaunchTarget } from '#shared/contract/target.ts';
import { parseIterationLine } from '../launch/iteration-log.ts';
import { lastLines } from './log-tail.ts';

/** Shells and launchers tell of a child that a signal ended by an exit code of their own: this plus its number. */
const SIGNAL_CODES = 128;
const signalNames: Readonly<Record<number, string>> = {
  2: 'SIGINT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** Whether the program did what it was to do. */
export function endedWell(exit: RunExit): boolean {
  return exit.endedBy === 'program' && exit.code === 0;
}

/** Why a run ended otherwise than it should have: which process, by what, and the program's own last words. */
export async function exitFailure(
  exit: RunExit,
  program: string,
  parts: WordsParts & { readonly target: LaunchTarget },
): Promise<Failure> {
  if (exit.endedBy === 'signal') {
    const { pid, name } = exit.instigator ?? { pid: 0, name: '' };
    const sender = name === '' ? `process ${pid.toString()}` : `${name} (process ${pid.toString()})`;
    const message = `The run was ended from outside: ${sender} asked its supervisor to. What it had written is kept.`;
    return { code: 'run.terminated', message };
  }
  const sentences = [
    `${program} ended ${howItEnded(exit)}.`,
    containerSentence(exit, parts.target),
    deathSentence(exit),
    memorySentence(exit),
    `${await lastWords(parts)} The log has the rest.`,
  ];
  const message = sentences.filter((sentence) => sentence !== '').join(' ');
  return { code: 'run.program-failed', message, path: parts.stderrPath };
}

export interface WordsParts {
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** What a rule of the program's recipe found in its outputs. */
  readonly reason: string | undefined;
}

/** Why a program failed in its own words: those that its recipe knows, else the last ones that it wrote. */
export async function lastWords({ stdoutPath, stderrPath, reason }: WordsParts): Promise<string> {
  if (reason !== undefined) return reason;
  const said = await lastLines(stderrPath, 3, tellsWhy);
  const words = said.length > 0 ? said : await lastLines(stdoutPath, 3, tellsWhy);
  return words.length === 0 ? 'It did not say why.' : `It said: ${words.join(' ')}`;
}

/** The line of an iteration says that the program worked, not why it stopped. */
const tellsWhy = (line: string): boolean => parseIterationLine(line) === null;

/** What the codes mean by which a container's client tells of itself instead of the program. */
function containerSentence({ code }: RunExit, target: LaunchTarget): string {
  if (target.kind === 'local') return '';
  const words: Readonly<Record<number, string>> = {
    125: `${target.runtime} did not start the container: it refused the image ${target.image}, an option or the machine.`,
    126: `The container has the program, but it may not be executed there.`,
    127: `The container has no such program: check the image ${target.image} and the program's path in it.`,
  };
  return (code === null ? undefined : words[code]) ?? '';
}

function howItEnded({ code, signal }: RunExit): string {
  if (signal !== null) return `by ${signal}`;
  const name = code === null ? undefined : signalNames[code - SIGNAL_CODES];
  const told = name === undefined ? '' : `, which launchers give when ${name} ended what they started`;
  return `with exit code ${String(code)}${told}`;
}

function deathSentence({ deaths = [] }: RunExit): string {
  if (deaths.length === 0) return '';
  const told = deaths.map(({ name, pid, signal }) => `${name} (process ${pid.toString()}) by ${signal}`);
  const more = told.length > 4 ? ` and ${(told.length - 4).toString()} more` : '';
  return `Ended by a signal: ${told.slice(0, 4).join(', ')}${more}.`;
}

function memorySentence({ oomKills = 0 }: RunExit): string {
  return oomKills === 0
    ? ''
    : `The machine ran out of memory meanwhile and killed ${oomKills === 1 ? 'a process' : `${oomKills.toString()} processes`}: use a smaller batch, fewer workers or more memory.`;
}
