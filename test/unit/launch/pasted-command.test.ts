// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { readPastedCommand } from '#main/launch/pasted-command.ts';
import { splitWords } from '#main/launch/words.ts';

describe('a pasted command', () => {
  it('gives variables, program and arguments', () => {
    const read = readPastedCommand(
      [
        '# how we run it',
        'export HF_HOME=/models A=1 # cache',
        "B='two words' A=2 \\",
        '  trtllm-bench --model "gpt oss" \\',
        "  --set 'x=$y' last",
      ].join('\r\n'),
    );
    expect(read).toMatchObject({
      ok: true,
      program: 'trtllm-bench',
      environment: [
        { name: 'HF_HOME', value: '/models' },
        { name: 'A', value: '2' },
        { name: 'B', value: 'two words' },
      ],
    });
    expect(read.ok && splitWords(read.arguments)).toEqual({
      ok: true,
      words: ['--model', 'gpt oss', '--set', 'x=$y', 'last'],
    });
  });

  it('takes variables from env, and words with = behind the program as arguments', () => {
    expect(readPastedCommand('env A=1 run B=2')).toEqual({
      ok: true,
      program: 'run',
      arguments: 'B=2',
      environment: [{ name: 'A', value: '1' }],
    });
    expect(readPastedCommand('"A=1" x')).toMatchObject({ program: 'A=1', environment: [] });
  });

  it.each([
    ['run a\n  --b $HOME', 'Line 2, column 7: $ would be expanded by a shell.'],
    ['run "$HOME"', 'Line 1, column 6: $ inside of double quotes would be expanded by a shell.'],
    ['run a | tee log', 'Line 1, column 7: | connects commands or redirects them.'],
    ['cd /x\nrun', 'Line 1, column 1: this is a command of its own, before another: paste one program.'],
    ['export A\nrun', 'Line 1, column 8: export is given "A", which sets no variable.'],
    ['env -u A run', 'Line 1, column 5: env is given "-u", which this form has no place for.'],
    ['A=1', 'Line 1, column 4: no program follows.'],
    ['', 'Line 1, column 1: no program follows.'],
  ])('names what cannot be understood with its place: %j', (text, message) => {
    expect(readPastedCommand(text)).toEqual({ ok: false, message });
  });
});
