// SPDX-License-Identifier: Apache-2.0
import { formatBytes } from '#shared/base/units.ts';
import type { RunManifest } from '#shared/contract/run.ts';

/** In what the configurations of two runs differ, by their manifests: which hold no values of secrets. */

type Group = 'Run' | 'Parameter' | 'Flag' | 'Environment' | 'Version' | 'Machine';

export interface ConfigurationRow {
  readonly group: Group;
  readonly name: string;
  readonly a: string;
  readonly b: string;
}

export interface ConfigurationDifference {
  readonly rows: readonly ConfigurationRow[];
  /** Settings that are the same in both. */
  readonly equal: number;
  /** Variables of both whose values were masked: whether they differ cannot be told. */
  readonly masked: readonly string[];
}

type Entry = readonly [group: Group, name: string, value: string];

const UNSET = 'not set';
/** What stands in a manifest where a secret was. */
const MASKED = /^•+$/;

const isFlag = (text: string): boolean => /^-{1,2}[A-Za-z]/.test(text);

/** The flags of a command with their values, as `--name value` and `--name=value`; what belongs to none by its place. */
function flagsOf(args: readonly string[]): (readonly [name: string, value: string])[] {
  const flags = new Map<string, string[]>();
  let name: string | null = null;
  let place = 0;
  for (const text of args) {
    const [, left = text, right] = /^(--?[A-Za-z][^=]*)=(.*)$/s.exec(text) ?? [];
    if (isFlag(text)) {
      flags.set(left, [...(flags.get(left) ?? []), ...(right === undefined ? [] : [right])]);
      name = right === undefined ? left : null;
    } else if (name === null) {
      place += 1;
      flags.set(`argument ${place}`, [text]);
    } else {
      flags.set(name, [...(flags.get(name) ?? []), text]);
    }
  }
  return [...flags].map(([flag, values]) => [flag, values.length === 0 ? 'on' : values.join(' ')]);
}

function runEntries({ recipeTitle, form, target }: RunManifest): Entry[] {
  const switches = [
    ['perfect router', form.perfectRouter],
    ['PyTorch-profiler trace', form.torchTrace],
    ['Nsight Systems', form.nsight],
    ['expert statistics', form.expertStatistics],
  ] as const;
  return [
    ['Run', 'recipe', recipeTitle],
    [
      'Run',
      'target',
      target.kind === 'local' ? 'this machine' : `${target.runtime} container of ${target.image}`,
    ],
    ['Run', 'iteration window', form.window === '' ? 'none' : form.window],
    ...switches.map(([name, on]): Entry => ['Run', name, on ? 'on' : 'off']),
  ];
}

function machineEntries({ host, gpus }: RunManifest): Entry[] {
  return [
    ['Machine', 'operating system', host.os],
    ['Machine', 'processor', host.cpu],
    ['Machine', 'cores', host.cores.toString()],
    ['Machine', 'memory', formatBytes(host.memoryBytes)],
    ['Machine', 'GPUs', gpus.length === 0 ? 'none' : gpus.map(({ name }) => name).join(', ')],
  ];
}

function entriesOf(run: RunManifest): Entry[] {
  const programs = run.steps ?? [{ title: '', command: run.command }];
  const flags = programs.flatMap(({ title, command }) =>
    flagsOf(command.args).map(([name, value]): Entry => [
      'Flag',
      title === '' ? name : `${title}: ${name}`,
      value,
    ]),
  );
  return [
    ...runEntries(run),
    ...Object.entries(run.form.parameters).map(([name, value]): Entry => [
      'Parameter',
      name,
      value.toString(),
    ]),
    ...flags,
    ...run.environment.map(({ name, value }): Entry => ['Environment', name, value]),
    ...Object.entries(run.versions).map(([name, version]): Entry => ['Version', name, version]),
    ...machineEntries(run),
  ];
}

/** Everything that reproduces a run, by group and name. Its own folder reads the same in every run. */
function settingsOf(run: RunManifest): Map<string, Entry> {
  const clean = (value: string): string => value.replaceAll(run.id, '(run)');
  return new Map(
    entriesOf(run).map(([group, name, value]) => [`${group}\0${name}`, [group, name, clean(value)]]),
  );
}

export function configurationDifference(a: RunManifest, b: RunManifest): ConfigurationDifference {
  const [settingsA, settingsB] = [settingsOf(a), settingsOf(b)];
  const both = new Map([...settingsA, ...settingsB]);
  const rows = [...both].map(([key, [group, name]]) => ({
    group,
    name,
    a: settingsA.get(key)?.[2] ?? UNSET,
    b: settingsB.get(key)?.[2] ?? UNSET,
  }));
  const same = rows.filter((row) => row.a === row.b);
  const masked = same.filter((row) => MASKED.test(row.a)).map(({ name }) => name);
  return { rows: rows.filter((row) => row.a !== row.b), equal: same.length - masked.length, masked };
}
