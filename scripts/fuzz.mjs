// SPDX-License-Identifier: Apache-2.0
// npm run fuzz [-- TARGET… --seconds N]: hostile input under libFuzzer, led by coverage.
//
// Builds src/native/fuzz/guided with the coverage of LLVM that stable Rust offers, runs each target for a while and prints
// executions, coverage and what was found. New inputs go to out/fuzz/TARGET; one that breaks something stays there as
// crash-*, and is told with the command that repeats it. Needs a C++ compiler.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from './lib/paths.mjs';
import { ask, run, runScript, SetupError, tail } from './lib/process.mjs';

const coverage = [
  '-Cpasses=sancov-module',
  '-Cllvm-args=-sanitizer-coverage-level=4',
  '-Cllvm-args=-sanitizer-coverage-inline-8bit-counters',
  '-Cllvm-args=-sanitizer-coverage-pc-table',
  '-Cllvm-args=-sanitizer-coverage-trace-compares',
  '--cfg=fuzzing',
];
const guided = inRoot('src', 'native', 'fuzz', 'guided');
const corpusFolder = inRoot('src', 'native', 'fuzz', 'corpus');
const targetFolder = inRoot('target', 'fuzz');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
  },
});

/** @returns {Promise<string>} path of the built fuzzer */
async function build() {
  const triple = /^host: (.+)$/m.exec(ask('rustc', ['-vV']) ?? '')?.[1];
  if (triple === undefined) throw new SetupError('Fuzzing needs Rust: no rustc on the PATH.');
  // With --target the flags spare build scripts, which are not linked to the fuzzer.
  const args = ['build', '--release', '--manifest-path', join(guided, 'Cargo.toml')];
  const env = { ...process.env, RUSTFLAGS: coverage.join(' '), CARGO_TARGET_DIR: targetFolder };
  const built = await run('cargo', [...args, '--target', triple], { env });
  if (built.code !== 0) throw new SetupError(`The fuzzer could not be built:\n${tail(built.output)}`);
  return join(targetFolder, triple, 'release', 'iterscope-fuzz-guided');
}

/** @param {string} output of libFuzzer @param {string} name of a figure it prints at the end */
const figure = (output, name) => new RegExp(`stat::${name}:\\s+(\\d+)`).exec(output)?.[1] ?? '?';

/**
 * @param {string} fuzzer
 * @param {string} name of the target
 * @returns {Promise<boolean>} whether nothing broke
 */
async function fuzz(fuzzer, name) {
  const found = inRoot('out', 'fuzz', name);
  mkdirSync(found, { recursive: true });
  const limits = [
    `-max_total_time=${options.seconds}`,
    '-timeout=10',
    '-rss_limit_mb=2048',
    '-malloc_limit_mb=1024',
  ];
  const args = [
    ...limits,
    '-print_final_stats=1',
    `-artifact_prefix=${found}/`,
    found,
    join(corpusFolder, name),
  ];
  const env = { ...process.env, ITERSCOPE_FUZZ_TARGET: name, RAYON_NUM_THREADS: '1' };
  const { code, output } = await run(fuzzer, args, { env });
  const covered = [...output.matchAll(/cov: (\d+) ft: (\d+)/g)].at(-1);
  const executions = Number(figure(output, 'number_of_executed_units')).toLocaleString('en-US');
  const verdict = code === 0 ? 'nothing found' : 'BROKEN';
  process.stdout.write(
    `${name.padEnd(18)} ${executions.padStart(12)} executions, ${figure(output, 'average_exec_per_sec')}/s, ` +
      `${covered?.[1] ?? '?'} edges, ${covered?.[2] ?? '?'} features, peak ${figure(output, 'peak_rss_mb')} MB: ${verdict}\n`,
  );
  if (code === 0) return true;
  const crash = /Test unit written to (\S+)/.exec(output)?.[1] ?? '(no input written)';
  process.stdout.write(`${tail(output)}\nRepeat with: ITERSCOPE_FUZZ_TARGET=${name} ${fuzzer} ${crash}\n`);
  return false;
}

await runScript(async () => {
  const known = readdirSync(corpusFolder).sort();
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new SetupError(`There is no target ${unknown}; there are: ${known.join(', ')}.`);
  const fuzzer = await build();
  let good = true;
  for (const name of positionals.length > 0 ? positionals : known) good = (await fuzz(fuzzer, name)) && good;
  return good ? 0 : 1;
});
