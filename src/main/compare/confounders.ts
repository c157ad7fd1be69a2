// SPDX-License-Identifier: Apache-2.0
import type { ComparisonRequest, Difference } from '#shared/contract/comparison.ts';
import { differencesOf } from './differences.ts';
import { momentsOf } from './effect.ts';
import { isTiming } from './pass.ts';
import type { PassResult } from './pass.ts';
import { busyGpus, workSamples } from './telemetry.ts';

/** What is not the same in all passes: asked for, as the version of another program, or behind the user's back. */

type Arms = Pick<ComparisonRequest, 'a' | 'b'>;

/** Variables that decide which program, library or package a name stands for. */
const SEARCH_PATHS = new Set([
  ...['PATH', 'PYTHONPATH', 'PYTHONHOME', 'VIRTUAL_ENV', 'CONDA_PREFIX'],
  ...['LD_LIBRARY_PATH', 'LD_PRELOAD'],
]);

const programsOf = ({ run }: PassResult): string =>
  (run.steps ?? [run]).map(({ command }) => command.program).join('\n');

/** Whether the arms are asked to run different programs: elsewhere, by another path, or found in another way. */
export function runOtherPrograms({ a, b }: Arms, passes: readonly PassResult[]): boolean {
  const found = (arm: 'a' | 'b'): string | undefined => {
    const first = passes.find((pass) => pass.arm === arm);
    return first === undefined ? undefined : programsOf(first);
  };
  const [programsA, programsB] = [found('a'), found('b')];
  if (programsA !== undefined && programsB !== undefined && programsA !== programsB) return true;
  return differencesOf(a.form, b.form).some(
    ({ name }) => name === 'recipe' || name === 'runs in' || SEARCH_PATHS.has(name),
  );
}

const NOT_KNOWN = 'not known';

/** Every value of each version, by arm. */
function versionsOf(passes: readonly PassResult[]): Map<string, Record<'a' | 'b', Set<string>>> {
  const seen = new Map<string, Record<'a' | 'b', Set<string>>>();
  for (const { run, arm } of passes) {
    for (const [name, version] of Object.entries(run.versions)) {
      const values = seen.get(name) ?? { a: new Set(), b: new Set() };
      seen.set(name, values);
      values[arm].add(version);
    }
  }
  return seen;
}

/** Versions that differ because the arms were asked to run different programs. */
export function versionDifferences(arms: Arms, passes: readonly PassResult[]): Difference[] {
  if (!runOtherPrograms(arms, passes)) return [];
  return [...versionsOf(passes)].flatMap(([name, { a, b }]) => {
    const [valueA, valueB] = [[...a].join(', '), [...b].join(', ')];
    if (valueA === valueB) return [];
    const shown = (value: string): string => (value === '' ? NOT_KNOWN : value);
    return [{ name: `version of ${name}`, a: shown(valueA), b: shown(valueB) }];
  });
}

/** Versions that differ between passes of one program. */
function versionConfounders(arms: Arms, passes: readonly PassResult[]): string[] {
  const asked = runOtherPrograms(arms, passes);
  return [...versionsOf(passes)].flatMap(([name, { a, b }]) => {
    if (!asked) {
      const all = new Set([...a, ...b]);
      return all.size > 1 ? [`version of ${name} differs between passes: ${[...all].join(', ')}`] : [];
    }
    return (['a', 'b'] as const).flatMap((arm) => {
      const values = { a, b }[arm];
      return values.size > 1
        ? [`version of ${name} changed among passes of ${arms[arm].label}: ${[...values].join(', ')}`]
        : [];
    });
  });
}

function machineConfounders(passes: readonly PassResult[]): string[] {
  const seen = new Map<string, Set<string>>();
  const add = (name: string, value: string): void => {
    seen.set(name, (seen.get(name) ?? new Set()).add(value));
  };
  for (const {
    run: { host, gpus },
    telemetry,
  } of passes) {
    add('operating system', host.os);
    add('processor', host.cpu);
    add('cores', host.cores.toString());
    add('GPUs', gpus.map(({ name }) => name).join(', '));
    const { driver = null } = telemetry.head ?? {};
    if (driver !== null) add('GPU driver', driver);
  }
  return [...seen]
    .filter(([, values]) => values.size > 1)
    .map(([name, values]) => `${name} differs between passes: ${[...values].join(', ')}`);
}

/** Mean clocks of the arms that are further apart than this may be the cause of a difference by themselves. */
const CLOCK_TOLERANCE = 0.02;

function meanClock(passes: readonly PassResult[], arm: 'a' | 'b'): number | null {
  const clocks = passes
    .filter((pass) => pass.arm === arm && isTiming(pass))
    .flatMap(workSamples)
    .flatMap((sample) => busyGpus(sample).flatMap(({ smClockMhz }) => smClockMhz ?? []));
  return clocks.length === 0 ? null : momentsOf(clocks).mean;
}

function clockConfounders(passes: readonly PassResult[]): string[] {
  const [a, b] = [meanClock(passes, 'a'), meanClock(passes, 'b')];
  if (a === null || b === null || Math.abs(b / a - 1) <= CLOCK_TOLERANCE) return [];
  return [
    `multiprocessor clock differs between the arms: ${a.toFixed(0)} and ${b.toFixed(0)} MHz on average`,
  ];
}

/** What is not the same in all passes although the arms do not say so: versions, machine, GPUs, driver, clocks. */
export function confoundersOf(arms: Arms, passes: readonly PassResult[]): string[] {
  return [...versionConfounders(arms, passes), ...machineConfounders(passes), ...clockConfounders(passes)];
}
