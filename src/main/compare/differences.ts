// SPDX-License-Identifier: Apache-2.0
import type { Difference } from '#shared/contract/comparison.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import { momentsOf } from './effect.ts';
import { isTiming } from './pass.ts';
import type { PassResult } from './pass.ts';
import { busyGpus, workSamples } from './telemetry.ts';

/** In what the arms differ on purpose, and in what passes differ that nobody asked for. */

const UNSET = 'not set';

function flat(form: LaunchForm): Map<string, string> {
  const entries: [string, string][] = [
    ['recipe', form.recipeId],
    ['perfect router', form.perfectRouter ? 'on' : 'off'],
    ...Object.entries(form.parameters).map(([name, value]): [string, string] => [name, String(value)]),
    ...form.extraEnvironment.map(({ name, value }): [string, string] => [name, value]),
  ];
  return new Map(entries);
}

/** Parameters and variables that differ, by name. Recorders are left out: timing passes have none. */
export function differencesOf(a: LaunchForm, b: LaunchForm): Difference[] {
  const [flatA, flatB] = [flat(a), flat(b)];
  const names = [...new Set([...flatA.keys(), ...flatB.keys()])];
  return names.flatMap((name) => {
    const [valueA, valueB] = [flatA.get(name) ?? UNSET, flatB.get(name) ?? UNSET];
    return valueA === valueB ? [] : [{ name, a: valueA, b: valueB }];
  });
}

/** Whether perfect routing is all that B changes. */
export function isPerfectRouterQuestion(a: LaunchForm, b: LaunchForm): boolean {
  const differences = differencesOf(a, b);
  return differences.length === 1 && !a.perfectRouter && b.perfectRouter;
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
export function confoundersOf(passes: readonly PassResult[]): string[] {
  const seen = new Map<string, Set<string>>();
  const add = (name: string, value: string): void => {
    seen.set(name, (seen.get(name) ?? new Set()).add(value));
  };
  for (const {
    run: { versions, host, gpus },
    telemetry,
  } of passes) {
    for (const [name, version] of Object.entries(versions)) add(`version of ${name}`, version);
    add('operating system', host.os);
    add('processor', host.cpu);
    add('cores', host.cores.toString());
    add('GPUs', gpus.map(({ name }) => name).join(', '));
    const { driver = null } = telemetry.head ?? {};
    if (driver !== null) add('GPU driver', driver);
  }
  const differing = [...seen]
    .filter(([, values]) => values.size > 1)
    .map(([name, values]) => `${name} differs between passes: ${[...values].join(', ')}`);
  return [...differing, ...clockConfounders(passes)];
}
