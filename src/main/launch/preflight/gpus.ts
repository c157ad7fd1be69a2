// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '#shared/contract/launch.ts';
import type { Throttle } from '#shared/contract/telemetry.ts';
import { finding, worldSize, type LaunchFacts, type PreflightInput, type Rule } from './facts.ts';

/** What is wrong with the GPUs that a launch would use, or makes its times differ from those of others. */

type Gpu = LaunchFacts['gpus']['gpus'][number];

/** A server that runs already has its GPUs, here or elsewhere. */
const needsGpu = ({ recipe, steps }: PreflightInput): boolean =>
  !steps.some(({ awaits }) => awaits !== undefined) &&
  (recipe.needs !== undefined ||
    recipe.steps.some(({ program }) => program.kind === 'named' && recipe.id !== 'command'));

/** The list that says which GPUs the program sees; undefined where it sees all. */
function visibleList({ form, facts }: PreflightInput): string | undefined {
  if (form.target?.kind === 'container') {
    return form.target.gpus === 'all' ? undefined : form.target.gpus.replace(/^none$/, '');
  }
  const own = form.extraEnvironment.findLast(({ name }) => name === 'CUDA_VISIBLE_DEVICES');
  return own?.value ?? facts.inherited.get('CUDA_VISIBLE_DEVICES');
}

/** The GPUs that the program sees, in its order. CUDA stops reading its list at what is no GPU. */
function visible(input: PreflightInput): readonly Gpu[] {
  const all = input.facts.gpus.gpus;
  const list = visibleList(input);
  if (list === undefined) return all;
  const found: Gpu[] = [];
  for (const name of list.split(',').map((text) => text.trim())) {
    const gpu = all.find(({ index, uuid }) => name === index.toString() || uuid?.startsWith(name) === true);
    if (name === '' || gpu === undefined) break;
    found.push(gpu);
  }
  return found;
}

/** Those of them that the form asks for. */
const used = (input: PreflightInput): readonly Gpu[] => visible(input).slice(0, worldSize(input.values));

const nameOf = ({ index, name }: Gpu): string => `GPU ${index.toString()} (${name ?? 'unnamed'})`;

const absent: Rule = (input) => {
  const { absent: why, gpus } = input.facts.gpus;
  if (gpus.length > 0 || visibleList(input) === '') return [];
  const message = `No NVIDIA GPU was found (${(why ?? 'the driver names none').replace(/\.$/, '')}): the program will hardly start.`;
  return [finding('warning', 'no-gpu', message)];
};

const few: Rule = (input) => {
  const { gpus } = input.facts.gpus;
  const wanted = worldSize(input.values);
  const seen = visible(input).length;
  if (gpus.length === 0 || wanted <= seen) return [];
  const there =
    seen === gpus.length
      ? `this machine has ${seen.toString()}`
      : `the program would see ${seen.toString()} of the ${gpus.length.toString()} of this machine`;
  const message = `The form asks for ${wanted.toString()} ${wanted === 1 ? 'GPU' : 'GPUs'}, and ${there}: choose less parallelism${seen === gpus.length ? '' : ', or show it more of them'}.`;
  return [finding('error', 'gpus-few', message, { field: 'tp' })];
};

const shared: Rule = (input) =>
  used(input).flatMap((gpu): Finding[] => {
    const others = gpu.sample.processes?.length ?? 0;
    if (others === 0) return [];
    const message = `${nameOf(gpu)} is used by ${others.toString()} other ${others === 1 ? 'process' : 'processes'}: times will not be yours alone, and memory may not suffice.`;
    return [finding('warning', 'gpu-shared', message)];
  });

const slowWords: Readonly<Record<Throttle, string>> = {
  'power-cap': 'its power limit',
  thermal: 'its temperature',
  'power-brake': 'its power supply',
  hardware: 'a hardware slowdown',
  'sync-boost': 'a slower GPU of its group',
  'set-clocks': 'clocks that were set',
};

const slowed: Rule = (input) =>
  used(input).flatMap((gpu): Finding[] => {
    const reasons = gpu.sample.throttles ?? [];
    if (reasons.length === 0) return [];
    const words = reasons.map((reason) => slowWords[reason]).join(' and ');
    const message = `${nameOf(gpu)} is held below its full clocks by ${words}: compare times only with runs under the same limit.`;
    return [finding('warning', 'gpu-slowed', message)];
  });

const powerLimit: Rule = (input) =>
  used(input).flatMap((gpu): Finding[] => {
    const { powerLimitWatts: limit, defaultPowerLimitWatts: full } = gpu.settings;
    if (limit === null || full === null || limit >= full) return [];
    const message = `${nameOf(gpu)} may draw ${limit.toFixed(0)} W of the ${full.toFixed(0)} W that it is made for: its clocks fall under load, so compare times only with runs under the same limit.`;
    return [finding('warning', 'gpu-power-limit', message)];
  });

const divided: Rule = (input) =>
  used(input).flatMap((gpu): Finding[] => {
    if (gpu.settings.divided !== true) return [];
    const message = `${nameOf(gpu)} is divided into instances (MIG): a program computes on one of them, with its share of the memory; the driver tells no load of it, and ranks cannot use several.`;
    return [finding('warning', 'gpu-divided', message)];
  });

const major = (version: string): number => Number(/^\d+/.exec(version)?.[0] ?? 'none');

const driver: Rule = ({ facts: { cudaRuntime, gpus } }) => {
  if (cudaRuntime === null || gpus.cuda === null || major(cudaRuntime) <= major(gpus.cuda)) return [];
  const named = gpus.driver === null ? 'The driver' : `Driver ${gpus.driver}`;
  const message = `${named} serves CUDA ${gpus.cuda} at most, and the program brings CUDA ${cudaRuntime}: it will not start without a newer driver or NVIDIA’s compatibility package.`;
  return [finding('warning', 'driver-old', message)];
};

export const gpuRules: readonly Rule[] = [absent, few, shared, slowed, powerLimit, divided, driver].map(
  (rule) => (input: PreflightInput) => (needsGpu(input) ? rule(input) : []),
);
