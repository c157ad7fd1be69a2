// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { containerTarget, type ContainerTarget } from '#shared/contract/target.ts';
import { containerArguments } from '#main/launch/container-command.ts';

const target = (changes: Partial<ContainerTarget> = {}): ContainerTarget =>
  containerTarget.parse({ kind: 'container', runtime: 'docker', image: 'engine:1', ...changes });

const contained = {
  name: 'iterscope-run',
  program: 'engine',
  args: ['--batch', '8'],
  cwd: '/runs/a',
  variables: [],
  mounts: [],
  owner: '1000:1000',
};

/** The values that an option is given. */
function valuesOf(args: readonly string[], option: string): (string | undefined)[] {
  return args.flatMap((word, at) => (word === option ? [args[at + 1]] : []));
}

describe('the command line of a container', () => {
  test('ends with the image, the program and its arguments', () => {
    expect(containerArguments(target(), contained).slice(-4)).toEqual(['engine:1', 'engine', '--batch', '8']);
    const replaced = containerArguments(target({ entryPoint: 'program' }), contained);
    expect(replaced.slice(-5)).toEqual(['--entrypoint', 'engine', 'engine:1', '--batch', '8']);
  });

  test('hands over GPUs as each runtime wants them', () => {
    const gpus = (changes: Partial<ContainerTarget>, option: string): unknown =>
      valuesOf(containerArguments(target(changes), contained), option);
    expect(gpus({}, '--gpus')).toEqual(['all']);
    expect(gpus({ gpus: '0,2' }, '--gpus')).toEqual(['"device=0,2"']);
    expect(gpus({ gpus: 'none' }, '--gpus')).toEqual([]);
    expect(gpus({ runtime: 'podman', gpus: '0,2' }, '--device')).toEqual([
      'nvidia.com/gpu=0',
      'nvidia.com/gpu=2',
    ]);
  });

  test('quotes what a mount could be cut at', () => {
    const mounts = [{ source: '/data/a,"b"', target: '/data', readOnly: true }];
    const args = containerArguments(target({ mounts }), contained);
    expect(valuesOf(args, '--mount')).toEqual([`type=bind,"source=/data/a,""b""",target=/data,readonly`]);
  });

  test('keeps files of a user without privileges theirs', () => {
    const podman = containerArguments(target({ runtime: 'podman' }), contained);
    expect(valuesOf(podman, '--userns')).toEqual(['keep-id']);
    expect(valuesOf(podman, '--user')).toEqual(['1000:1000']);
    expect(valuesOf(containerArguments(target({ user: 'image' }), contained), '--user')).toEqual([]);
  });

  test('names secrets and spells out the rest', () => {
    const variables = [
      { name: 'HF_TOKEN', value: 'hf_secret' },
      { name: 'TLLM_LOG_LEVEL', value: 'info' },
    ];
    const args = containerArguments(target({ shmSize: '8g' }), { ...contained, variables });
    expect(valuesOf(args, '--env')).toEqual(['HF_TOKEN', 'TLLM_LOG_LEVEL=info']);
    expect(valuesOf(args, '--shm-size')).toEqual(['8g']);
  });

  test('takes no image that would be an option', () => {
    for (const image of ['--privileged', '', 'a b', '-v']) {
      expect(containerTarget.safeParse({ kind: 'container', runtime: 'docker', image }).success).toBe(false);
    }
  });
});
