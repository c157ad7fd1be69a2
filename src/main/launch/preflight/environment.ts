// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '#shared/contract/launch.ts';
import type { Flag } from '#shared/contract/flags.ts';
import { basename } from 'node:path';
import { finding, records, type Rule } from './facts.ts';

/** What variables and arguments are known to break, by the catalogue of flags. */

/** What an nsys that is given as a command is told with -e: a list separated by commas. */
const nsysVariables: Rule = ({ steps }) =>
  steps.flatMap(({ args, wraps }) => {
    const own = wraps === undefined ? args : [];
    return own.flatMap((arg, index): Finding[] => {
      const text =
        arg === '-e' || arg === '--env-var'
          ? (own[index + 1] ?? '')
          : (/^--env-var=(.*)$/.exec(arg)?.[1] ?? '');
      const value = /(?:^|,)TLLM_PROFILE_START_STOP=([\d,-]*)/.exec(text)?.[1] ?? '';
      if (!/\d,\d/.test(value)) return [];
      const message =
        'nsys splits what -e says at its commas, so that only the first window would be set: set TLLM_PROFILE_START_STOP by the window of this form.';
      return [finding('error', 'env-commas', message, { field: 'arguments' })];
    });
  });

/** Windows that somebody words by hand. */
const bareNumbers: Rule = ({ steps, era }) => {
  const texts = steps
    .flatMap(({ args }) => args)
    .flatMap((arg) => /TLLM_PROFILE_START_STOP=(\S+)/.exec(arg)?.[1] ?? []);
  if (era === 'e1' || !texts.some((text) => text.split(',').some((piece) => /^\d+$/.test(piece)))) return [];
  const message = `A bare number in TLLM_PROFILE_START_STOP ${era === 'e2' ? 'ends the program' : 'never stops recording'} in era ${era}: write first-last.`;
  return [finding('error', 'bare-number', message, { field: 'arguments' })];
};

const blocking: Rule = ({ form, facts }) => {
  const value =
    form.extraEnvironment.find(({ name }) => name === 'CUDA_LAUNCH_BLOCKING')?.value ??
    facts.inherited.get('CUDA_LAUNCH_BLOCKING');
  if (value === undefined || value === '0' || value === '') return [];
  const message =
    'CUDA_LAUNCH_BLOCKING makes the host wait for every kernel: nothing overlaps, and no time means what it seems.';
  return [finding('warning', 'launch-blocking', message, { field: 'extraEnvironment' })];
};

/** Values of known variables that programs would not understand. */
export function checkFlags(flags: readonly Flag[]): Rule {
  const known = new Map(flags.filter(({ kind }) => kind === 'variable').map((flag) => [flag.name, flag]));
  return ({ form, era }) =>
    form.extraEnvironment.flatMap(({ name, value }) => {
      const flag = known.get(name);
      if (flag === undefined) return [];
      const others = form.extraEnvironment.filter((entry) => entry.name !== name);
      const wrong = (message: string, label: string, to: string | null): Finding =>
        finding('warning', 'flag-value', message, {
          field: 'extraEnvironment',
          fix: {
            label,
            change: { extraEnvironment: to === null ? others : [...others, { name, value: to }] },
          },
        });
      if (flag.eras !== undefined && !flag.eras.includes(era)) {
        return [
          wrong(
            `${name} is known from era ${flag.eras[0] ?? ''} on, and the form says ${era}: it would have no effect.`,
            'Remove it',
            null,
          ),
        ];
      }
      if (flag.type === 'boolean' && value !== '1') {
        const off = ['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
        return off
          ? [
              wrong(
                `${name}=${value} may still switch it on: readers differ, and a variable is off only when it is absent.`,
                'Remove it',
                null,
              ),
            ]
          : [
              wrong(
                `${name}=${value} is understood by some readers only: 1 is understood by all.`,
                'Set it to 1',
                '1',
              ),
            ];
      }
      if (flag.type === 'integer' && !/^-?\d+$/.test(value)) {
        return [wrong(`${name} takes a whole number, and "${value}" is none.`, 'Remove it', null)];
      }
      return [];
    });
}

/** A recording by hand that waits for a window which nothing opens. */
const rangeUnset: Rule = ({ steps }) =>
  steps.flatMap(({ program, wraps, args, environment }): Finding[] => {
    if (wraps !== undefined || basename(program) !== 'nsys') return [];
    const waits = args.some((arg) => arg.includes('cudaProfilerApi'));
    const said = [...args, ...environment.map(({ name }) => name)].some((text) =>
      text.includes('TLLM_PROFILE_START_STOP'),
    );
    if (!waits || said) return [];
    const message =
      'nsys waits for the program to open its window (cudaProfilerApi), and TLLM_PROFILE_START_STOP is not set: with TensorRT-LLM nothing would be recorded.';
    return [finding('warning', 'range-unset', message, { field: 'arguments' })];
  });

/** Variables that take time from what is measured, as their catalogue says. */
export function costlyVariables(flags: readonly Flag[]): Rule {
  const costs = new Map(
    flags.flatMap(({ kind, name, cost }) =>
      kind === 'variable' && cost !== undefined ? [[name, cost]] : [],
    ),
  );
  return (input) =>
    input.form.extraEnvironment.flatMap(({ name }) => {
      const cost = costs.get(name);
      // Said in its own words above.
      if (cost === undefined || name === 'CUDA_LAUNCH_BLOCKING') return [];
      const measured = records(input, 'timing');
      const message = `${name} has its price${measured ? ', in the timing pass too' : ''}: ${cost}`;
      return [
        finding(measured ? 'warning' : 'note', 'variable-cost', message, { field: 'extraEnvironment' }),
      ];
    });
}

export const environmentRules: readonly Rule[] = [nsysVariables, rangeUnset, bareNumbers, blocking];
