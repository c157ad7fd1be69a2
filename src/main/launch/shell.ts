// SPDX-License-Identifier: Apache-2.0

import { MASK } from './secrets.ts';

/** A command as bash text that gives a program exactly these arguments and variables. */

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** Quotes one word for bash; any text but NUL survives. */
export function quoteWord(word: string): string {
  if (PLAIN.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A first word with an equals sign would be an assignment. */
function quoteProgram(program: string): string {
  return program.includes('=') ? `'${program.replaceAll("'", String.raw`'\''`)}'` : quoteWord(program);
}

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names come from files of strangers, too: one that is no name is quoted, and does no harm. */
function assignmentText({ name, value, secret }: ShellCommand['environment'][number]): string {
  if (!VARIABLE_NAME.test(name)) return quoteWord(`${name}=${secret ? MASK : value}`);
  return secret ? `${name}="\${${name}:?}"` : `${name}=${quoteWord(value)}`;
}

export interface ShellCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Values are literal, except secrets, which the reader's own shell must hold. */
  readonly environment: readonly {
    readonly name: string;
    readonly value: string;
    readonly secret: boolean;
  }[];
  /** Variables that must not be inherited. */
  readonly unset: readonly string[];
}

/** One option and its value stay together on a line. */
function groupArguments(args: readonly string[]): string[] {
  const lines: string[] = [];
  for (const arg of args) {
    const last = lines.at(-1);
    if (last?.startsWith('--') === true && !last.includes(' ') && !arg.startsWith('--')) {
      lines[lines.length - 1] = `${last} ${quoteWord(arg)}`;
    } else {
      lines.push(quoteWord(arg));
    }
  }
  return lines;
}

/** The command as lines of bash, continued with backslashes. */
export function shellText(command: ShellCommand): string {
  const unset = command.unset.map((name) => `-u ${quoteWord(name)}`);
  const variables = command.environment.map(assignmentText);
  const prefix = unset.length > 0 || variables.length > 0 ? ['env', ...unset, ...variables] : [];
  return [...prefix, quoteProgram(command.program), ...groupArguments(command.args)].join(' \\\n  ');
}
