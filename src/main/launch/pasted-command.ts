// SPDX-License-Identifier: Apache-2.0
import type { EnvironmentEntry, PastedCommand } from '#shared/contract/launch.ts';
import { quoteWord } from './shell.ts';
import { placedWords, type PlacedWord } from './words.ts';

/** A command as somebody pastes it from a shell. Nothing is expanded; what cannot be understood is named with its place. */

class NotUnderstood extends Error {
  readonly at: number;

  constructor(what: string, at: number) {
    super(what);
    this.at = at;
  }
}

function placeText(text: string, at: number): string {
  const lines = text.slice(0, at).split('\n');
  return `Line ${lines.length.toString()}, column ${((lines.at(-1)?.length ?? 0) + 1).toString()}`;
}

/** Whether a command ends between two words: at a line's end that no backslash continues. */
function endsBetween(text: string, before: PlacedWord, after: PlacedWord): boolean {
  const gap = text.slice(before.end, after.start);
  return gap
    .replaceAll(/#[^\n]*/g, '')
    .replaceAll('\\\n', '')
    .includes('\n');
}

function commandsOf(text: string): PlacedWord[][] {
  const placed = placedWords(text);
  if (!placed.ok) throw new NotUnderstood(placed.message, placed.at);
  const commands: PlacedWord[][] = [];
  let before: PlacedWord | undefined;
  for (const word of placed.words) {
    if (before === undefined || endsBetween(text, before, word)) commands.push([]);
    commands.at(-1)?.push(word);
    before = word;
  }
  return commands;
}

/** The variable that a word sets; null where it sets none. A quoted name sets none, as in a shell. */
function assignment(text: string, { word, start, end }: PlacedWord): EnvironmentEntry | null {
  if (!/^[A-Za-z_]\w*=/.test(text.slice(start, end))) return null;
  const split = word.indexOf('=');
  return { name: word.slice(0, split), value: word.slice(split + 1) };
}

/** `export A=1 B=2`: all of its variables. */
function exported(text: string, [head, ...rest]: readonly PlacedWord[]): EnvironmentEntry[] {
  const at = head?.start ?? 0;
  if (head?.word !== 'export') {
    throw new NotUnderstood('this is a command of its own, before another: paste one program', at);
  }
  return rest.map((word) => {
    const entry = assignment(text, word);
    if (entry !== null) return entry;
    throw new NotUnderstood(`export is given "${word.word}", which sets no variable`, word.start);
  });
}

function programOf(text: string, words: readonly PlacedWord[]): Extract<PastedCommand, { ok: true }> {
  const named = words[0]?.word === 'env' ? words.slice(1) : words;
  const [option] = named;
  if (named !== words && option?.word.startsWith('-') === true) {
    throw new NotUnderstood(`env is given "${option.word}", which this form has no place for`, option.start);
  }
  const count = named.findIndex((word) => assignment(text, word) === null);
  const [program, ...args] = count < 0 ? [] : named.slice(count);
  if (program === undefined || program.word === '' || program.word === 'export') {
    throw new NotUnderstood('no program follows', words.at(-1)?.end ?? 0);
  }
  return {
    ok: true,
    program: program.word,
    arguments: args.map(({ word }) => quoteWord(word)).join(' '),
    environment: named.slice(0, count).flatMap((word) => assignment(text, word) ?? []),
  };
}

/** Lines of `export`, then one program with its variables and arguments. */
export function readPastedCommand(pasted: string): PastedCommand {
  const text = pasted.replaceAll('\r\n', '\n');
  try {
    const commands = commandsOf(text);
    const before = commands.slice(0, -1).flatMap((command) => exported(text, command));
    const read = programOf(text, commands.at(-1) ?? []);
    const variables = [...before, ...read.environment];
    // The last one counts, as in a shell.
    const environment = [...new Map(variables.map((entry) => [entry.name, entry])).values()];
    return { ...read, environment };
  } catch (thrown) {
    if (!(thrown instanceof NotUnderstood)) throw thrown;
    return { ok: false, message: `${placeText(text, thrown.at)}: ${thrown.message}.` };
  }
}
