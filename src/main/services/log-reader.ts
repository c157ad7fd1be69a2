// SPDX-License-Identifier: Apache-2.0
import type { LogRule } from '#shared/contract/recipe.ts';
import type { IterationLine, ReportedFigure } from '#shared/contract/run.ts';
import { figure } from '../launch/figures/names.ts';
import { parseIterationLine } from '../launch/iteration-log.ts';
import { lineMatcher, type LineMatch } from '../launch/log-rules.ts';
import { fill } from '../launch/template.ts';
import { LogTail } from './log-tail.ts';

/** What the newest lines of an output say. */
export interface LogNews {
  readonly iterations: readonly IterationLine[];
  /** How far the program says that it is; the last word of these lines. */
  readonly words?: string;
  readonly ratio?: number;
}

interface CompiledRule {
  readonly rule: Exclude<LogRule, { means: 'iteration' }>;
  readonly match: LineMatch;
}

interface Said {
  words?: string;
  ratio?: number;
}

/** Follows one output of a step and reads it by the step's rules. */
export class LogReader {
  readonly #tail: LogTail;
  readonly #rules: readonly CompiledRule[];
  readonly #hasIterations: boolean;
  readonly #figures = new Map<string, ReportedFigure>();
  #failure: string | undefined;

  constructor(path: string, rules: readonly LogRule[]) {
    this.#tail = new LogTail(path);
    this.#hasIterations = rules.some(({ means }) => means === 'iteration');
    this.#rules = rules.flatMap((rule) =>
      rule.means === 'iteration' ? [] : [{ rule, match: lineMatcher(rule) }],
    );
  }

  /** Of the rules that look for figures, each with its last value. */
  get figures(): readonly ReportedFigure[] {
    return [...this.#figures.values()];
  }

  /** Why the program fails, in the words of the first rule that saw a reason. */
  get failure(): string | undefined {
    return this.#failure;
  }

  async read(): Promise<LogNews> {
    const news = this.#news(await this.#tail.read());
    // A progress bar rewrites its line and ends it when it is done.
    const said: Said = {};
    for (const compiled of this.#rules) {
      if (compiled.rule.means === 'progress') this.#apply(compiled, lastDrawn(this.#tail.rest), said);
    }
    return { ...news, ...said };
  }

  /** The rest of an output that does not grow any more. */
  async finish(): Promise<LogNews> {
    const iterations: IterationLine[] = [];
    for await (const lines of this.#tail.drain()) iterations.push(...this.#news(lines).iterations);
    return { iterations };
  }

  #news(lines: readonly string[]): LogNews {
    const iterations: IterationLine[] = [];
    const said: Said = {};
    for (const written of lines) {
      const line = lastDrawn(written);
      const iteration = this.#hasIterations ? parseIterationLine(line) : null;
      if (iteration !== null) iterations.push(iteration);
      else for (const compiled of this.#rules) this.#apply(compiled, line, said);
    }
    return { iterations, ...said };
  }

  #apply({ rule, match }: CompiledRule, line: string, said: Said): void {
    const groups = match(line);
    if (groups === null) return;
    if (rule.means === 'figure') {
      for (const found of figure(rule.label, Number(groups.get('value')), rule.unit)) {
        this.#figures.set(rule.label, found);
      }
    } else if (rule.means === 'progress') {
      const done = groups.get('done') ?? '';
      const total = groups.get('total');
      said.words = total === undefined ? `${rule.label}: ${done}` : `${rule.label}: ${done} of ${total}`;
      const ratio = Number(done) / Number(total);
      if (ratio >= 0 && ratio <= 1) said.ratio = ratio;
    } else if (rule.means === 'marker') {
      said.words = fill(rule.text, groups);
    } else {
      this.#failure ??= fill(rule.text, groups);
    }
  }
}

/** What a terminal would show of a line that was rewritten. */
function lastDrawn(line: string): string {
  return line.slice(line.trimEnd().lastIndexOf('\r') + 1);
}
