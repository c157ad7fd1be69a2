// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { targetOf } from '#main/cli/target-option.ts';

const none = { mount: [] };

test('a place is this machine, or an image of docker or podman with what containers are given', () => {
  expect(targetOf('--target', 'local', none)).toEqual({ kind: 'local' });
  const given = { mount: ['/models:/models', '/out:/out:rw'], gpus: '0,1', shmSize: '8g' };
  expect(targetOf('--b-target', 'podman:registry:5000/engine:2', given)).toMatchObject({
    runtime: 'podman',
    image: 'registry:5000/engine:2',
    gpus: '0,1',
    shmSize: '8g',
    mounts: [
      { source: '/models', target: '/models', readOnly: true },
      { source: '/out', target: '/out', readOnly: false },
    ],
  });
});

test.each([
  ['elsewhere', none, 'write local, docker:IMAGE or podman:IMAGE'],
  ['docker:', none, '--target docker: cannot be used: image'],
  ['docker:--privileged', none, 'must be the name of an image'],
  ['docker:engine', { mount: ['/models'] }, '--mount /models is no mount'],
  ['docker:engine', { mount: ['/a:/b:ro:x'] }, 'is no mount'],
  ['docker:engine', { mount: [], gpus: 'some' }, 'must be all, none, or numbers'],
])('%s is refused in a sentence', (text, options, sentence) => {
  expect(() => targetOf('--target', text, options)).toThrow(sentence);
});
