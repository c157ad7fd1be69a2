// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '#shared/contract/launch.ts';
import { basename } from 'node:path';
import { finding, setParameter, type Rule } from './facts.ts';

/** What the machine lacks: programs, files, room, ports. */

/** Less free room than this is worth a warning whatever earlier runs took. */
const LITTLE_ROOM = 2 * 1024 ** 3;
const gib = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;

const programs: Rule = ({ steps, facts, recipe }) => {
  if (!facts.sameFiles) return [];
  const names = [
    ...new Set(steps.flatMap(({ program, wraps }) => (wraps === undefined ? [program] : [wraps]))),
  ];
  return names.flatMap((name) => {
    if (name === '' || facts.programs.get(name) !== null) return [];
    const parameter = recipe.parameters.find(({ default: value }) => value === name)?.name;
    const where = name.startsWith('/')
      ? 'is not a program that may be run'
      : 'is in none of the folders of PATH';
    const message = `The program ${name} ${where}: install it, or give its whole path.`;
    return [finding('error', 'program-missing', message, { field: parameter })];
  });
};

const paths: Rule = ({ recipe, values, facts }) => {
  if (!facts.sameFiles) return [];
  return recipe.parameters.flatMap((parameter) => {
    const value = values.get(parameter.name) ?? '';
    const isPath = parameter.type === 'path' || parameter.name === 'model';
    const found = isPath && value.startsWith('/') ? facts.paths.get(value) : undefined;
    if (found === undefined) return [];
    const tell = (what: string): Finding[] => [
      finding('error', 'path-missing', `${parameter.label}: ${value} ${what}.`, { field: parameter.name }),
    ];
    if (found === 'missing') return tell('does not exist');
    if (found === 'unreadable') return tell('may not be read');
    if (parameter.type !== 'path' || parameter.of === 'either' || parameter.of === found) return [];
    return tell(`is a ${found}, and a ${parameter.of} is needed`);
  });
};

const room: Rule = ({ facts: { diskFreeBytes }, expectedBytes }) => {
  if (diskFreeBytes === null) return [];
  if (expectedBytes !== null && expectedBytes > diskFreeBytes) {
    const message = `Earlier runs like this left ${gib(expectedBytes)}, and ${gib(diskFreeBytes)} are free: delete runs that are not needed, or capture fewer iterations.`;
    return [finding('error', 'disk-full', message)];
  }
  if (diskFreeBytes >= LITTLE_ROOM) return [];
  const message = `Only ${gib(diskFreeBytes)} are free where runs are kept: a trace can take more.`;
  return [finding('warning', 'disk-low', message)];
};

const ports: Rule = ({ steps, facts }) =>
  steps.flatMap(({ ready, title }) => {
    if (ready === undefined || facts.ports.get(ready.port) !== false) return [];
    const free = facts.freePort;
    const message = `Something listens on port ${ready.port.toString()} already: ${title} could not, and the load would reach the other one.`;
    const fix =
      free === null ? undefined : setParameter(`Use port ${free.toString()}`, 'port', free.toString());
    return [finding('error', 'port-taken', message, { field: 'port', fix })];
  });

/** A server that is said to run already. */
const absentServer: Rule = ({ steps, facts }) => {
  const awaited = steps
    .flatMap(({ awaits }) => awaits ?? [])
    .find(({ port }) => facts.ports.get(port) === true);
  if (awaited === undefined) return [];
  const { host, port, timeoutMs } = awaited;
  const message = `Nothing listens on port ${port.toString()} of ${host}: start the server (the run waits ${(timeoutMs / 60_000).toFixed(0)} minutes for it), or let the run start one.`;
  return [finding('warning', 'server-absent', message, { field: 'port' })];
};

/** nsys inside of a command that is profiled by nsys, or traced by PyTorch. */
const nested: Rule = ({ steps, passes }) => {
  const own = steps.some(({ program, wraps }) => basename(wraps ?? program) === 'nsys');
  const recording = passes.some(({ kinds }) => kinds.includes('nsight') || kinds.includes('torch-trace'));
  if (!own || !recording) return [];
  const message =
    'The command starts nsys itself, which cannot share the program with a recorder of this form: give the command without nsys, or switch the recorders off.';
  return [finding('error', 'nsys-nested', message, { field: 'program' })];
};

export const machineRules: readonly Rule[] = [programs, paths, room, ports, absentServer, nested];
