// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, vi } from 'vitest';
import { LatestQuestion } from '#renderer/timeline/latest-question.ts';

/** Questions whose answers the test gives. */
function stage() {
  const asked: { wanted: number; answer: (value: string | undefined) => void }[] = [];
  const onChange = vi.fn();
  const question = new LatestQuestion<number, string>(
    (wanted) => new Promise((answer) => asked.push({ wanted, answer })),
    onChange,
  );
  const answer = async (value: string | undefined): Promise<void> => {
    asked.at(-1)?.answer(value);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { question, onChange, answer, wanted: () => asked.map((one) => one.wanted) };
}

describe('one question at a time', () => {
  it('asks the latest of what came up meanwhile, and nothing else', async () => {
    const { question, answer, wanted } = stage();
    for (const next of [1, 2, 3]) question.want(next);
    expect(wanted()).toEqual([1]);
    await answer('one');
    expect([wanted(), question.current, question.busy]).toEqual([[1, 3], 'one', true]);
    await answer('three');
    expect([wanted(), question.current, question.busy]).toEqual([[1, 3], 'three', false]);
  });

  it('keeps the former answer where there is none', async () => {
    const { question, answer } = stage();
    question.want(1);
    await answer('one');
    question.want(2);
    await answer(undefined);
    expect([question.current, question.busy]).toEqual(['one', false]);
  });

  it('asks nothing more once it is settled, and tells nothing once it is disposed', async () => {
    const { question, answer, onChange, wanted } = stage();
    question.want(1);
    question.want(2);
    question.settle();
    await answer('one');
    expect(wanted()).toEqual([1]);
    onChange.mockClear();
    question.want(3);
    question.dispose();
    await answer('three');
    expect([question.current, onChange.mock.calls.length]).toEqual(['one', 0]);
  });
});
