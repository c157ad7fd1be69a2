// SPDX-License-Identifier: Apache-2.0
// How far a comparison's intervals and verdicts can be trusted, by simulation at the default number of blocks.
//
// Each pass is simulated iteration by iteration: the machine drifts from pass to pass, neighbouring iterations resemble
// each other, now and then an iteration or a whole pass is slow, and each load of the program has a speed of its own. What
// a pass reports goes through the very code that answers real comparisons.
//
// compare.coverage: share of 95 % intervals that hold the truth. compare.false_faster_rate: share of comparisons of two
// equal arms that call B faster at any of their looks, the early ones included. compare.smallest_effect: the smallest gain
// that is called faster four times out of five. compare.wall_gain and compare.wall_same: the gain that real passes of the
// embedded engine show in wall time, of perfect against learned routing and of learned routing against itself; the
// measurement fails when the verdict is another.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** As `--blocks` of `iterscope compare` and the form in the window have it. */
const blocks = 5;
const trials = 4_000;
/** Trials for each gain that is tried on the way to the smallest one. */
const trialsPerGain = 2_000;
const iterationsPerPass = 100;
const seeds = [1, 2, 3];

/** Speed of each load of the program, as a standard deviation of its logarithm. */
const loadDeviation = 0.01;
/** What the machine loses from one pass to the next. */
const driftPerPass = 0.015;
const slowPass = { share: 0.02, loss: 0.03 };
const slowIteration = { share: 0.01, factor: 3 };
/** Of an iteration's time against its neighbour's. */
const iteration = { deviation: 0.05, correlation: 0.8 };

const form = { recipeId: 'simulated', parameters: {}, perfectRouter: false, extraEnvironment: [] };
const arms = { a: { label: 'A', form }, b: { label: 'B', form: { ...form, parameters: { arm: 'b' } } } };

/** @param {string} root @returns {Promise<any>} answerOf and what plans its passes */
async function load(root) {
  const { build } = await import('rolldown');
  const folder = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  try {
    const names = ['answer', 'order', 'looks', 'verdict'];
    await build({
      cwd: root,
      input: Object.fromEntries(names.map((name) => [name, `src/main/compare/${name}.ts`])),
      platform: 'node',
      output: { dir: folder, entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      logLevel: 'warn',
    });
    const modules = await Promise.all(
      names.map((name) => import(pathToFileURL(join(folder, `${name}.mjs`)).href)),
    );
    return Object.assign({}, ...modules);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Normal numbers from uniform ones (Box and Muller). @param {() => number} random */
const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Milliseconds of all iterations of a pass that would take 10 ms each. @param {() => number} random */
function simulateIterations(random) {
  const fresh = Math.sqrt(1 - iteration.correlation ** 2);
  let deviation = normal(random);
  let total = 0;
  for (let index = 0; index < iterationsPerPass; index += 1) {
    deviation = iteration.correlation * deviation + fresh * normal(random);
    const factor = random() < slowIteration.share ? slowIteration.factor : 1;
    total += 10 * factor * Math.exp(iteration.deviation * deviation);
  }
  return total;
}

/** Tokens per second of a pass. @param {() => number} random @param {number} place @param {number} gain of its arm, as a logarithm */
function simulateThroughput(random, place, gain) {
  const loss = driftPerPass * place + (random() < slowPass.share ? slowPass.loss : 0);
  const speed = Math.exp(gain - loss + loadDeviation * normal(random));
  return (1_000 * 64 * iterationsPerPass * speed) / simulateIterations(random);
}

/** All passes of a comparison in their order, as finished runs. @param {any} code @param {number} seed @param {number} gain */
function simulatePasses(code, seed, gain) {
  const random = code.makeRandom(seed);
  return code.planPasses(blocks, seed).map((/** @type {any} */ planned, /** @type {number} */ place) => {
    const value = simulateThroughput(random, place, planned.arm === 'b' ? Math.log1p(gain) : 0);
    const figures = [{ label: 'Output throughput', value, unit: 'tok/s' }];
    const command = { program: '', args: [], cwd: '' };
    const host = { os: '', cpu: '', cores: 1 };
    const run = { id: `${place}`, command, figures, versions: {}, host, gpus: [] };
    const telemetry = { head: null, samples: [], folded: 1 };
    return { ...planned, run, lines: [], telemetry, profile: null };
  });
}

/** The answer after the first `done` blocks. @param {any} code @param {any[]} passes @param {boolean} early @param {number} done */
function answerAfter(code, passes, early, done) {
  const request = { ...arms, blocks, seed: 1, early, profile: false, thresholds: code.defaultThresholds };
  const finished = passes.filter(({ block }) => block <= done);
  return code.answerOf({ request, passes: finished }, finished);
}

/** Whether any planned look calls B faster. @param {any} code @param {any[]} passes @param {boolean} early */
const calledFaster = (code, passes, early) =>
  code
    .planLooks(blocks, early)
    .some(
      (/** @type {any} */ look) => answerAfter(code, passes, early, look.blocks).verdict?.kind === 'faster',
    );

/** Share of simulated comparisons of which `holds`. @param {number} seed @param {number} count @param {(seed: number) => boolean} holds */
function share(seed, count, holds) {
  let found = 0;
  for (let trial = 0; trial < count; trial += 1) if (holds(seed * 1_000_003 + trial)) found += 1;
  return found / count;
}

/** @param {any} code @param {number} seed */
function coverage(code, seed) {
  const gain = 0.05;
  return share(seed, trials, (trial) => {
    const { low, high } = answerAfter(code, simulatePasses(code, trial, gain), false, blocks).primary.effect;
    return low <= gain && gain <= high;
  });
}

/** @param {any} code @param {number} seed */
const falseFasterRate = (code, seed) =>
  share(seed, trials, (trial) => calledFaster(code, simulatePasses(code, trial, 0), true));

/** By halving: the same trials for each gain, so that their share grows with it. @param {any} code @param {number} seed */
function smallestEffect(code, seed) {
  let [low, high] = [0, 0.2];
  while (high - low > 0.0005) {
    const gain = (low + high) / 2;
    const found = share(seed, trialsPerGain, (trial) =>
      calledFaster(code, simulatePasses(code, trial, gain), false),
    );
    if (found < 0.8) low = gain;
    else high = gain;
  }
  return high;
}

/**
 * Two ranks that compute in real time, long enough that a pass is more than its start. The skew makes one rank's experts so
 * hot (by the work clock perfect routing gains 56 %) that a busy machine does not hide it.
 */
const engine = [
  'embedded-moe-engine',
  'clock=wall',
  'ep-size=2',
  'layers=4',
  'requests=512',
  'iterations=240',
  'router-skew=6',
];

/**
 * The gain in each block of a comparison of real passes in wall time.
 * @param {string} root
 * @param {string[]} change what arm B does otherwise
 * @param {(answer: any) => boolean} isRight
 */
function compareInWallTime(root, change, isRight) {
  const home = mkdtempSync(join(tmpdir(), 'iterscope-bench-'));
  const [recipe = '', ...settings] = engine;
  const args = [join(root, 'dist/cli/index.js'), 'compare', '--recipe', recipe, '--json', ...change];
  try {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [...args, ...settings.flatMap((setting) => ['--set', setting])],
      { env: { ...process.env, ITERSCOPE_HOME: home }, encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    if (status !== 0) throw new Error(`the comparison failed: ${stderr}`);
    const { answer } = JSON.parse(stdout);
    if (!isRight(answer)) throw new Error(`not what the arms are: ${answer.headline}`);
    const { a, b, effect } = answer.primary;
    return {
      value: effect.ratio,
      samples: a.map((/** @type {number} */ value, /** @type {number} */ block) => b[block] / value - 1),
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** @param {{ root: string }} context */
const wallGain = async ({ root }) =>
  compareInWallTime(root, ['--perfect-router'], ({ verdict }) => /^imbalance-/.test(verdict.kind));

/** An arm against itself: neither may be called faster. @param {{ root: string }} context */
const wallSame = async ({ root }) =>
  compareInWallTime(root, [], ({ verdict }) => ['same', 'inconclusive'].includes(verdict.kind));

/** @type {Promise<any> | undefined} */
let loaded;

/** @param {(code: any, seed: number) => number} measure */
const forEachSeed =
  (measure) =>
  /** @param {{ root: string }} context */
  async ({ root }) => {
    const code = await (loaded ??= load(root));
    return seeds.map((seed) => measure(code, seed));
  };

export const figures = [
  { name: 'compare.coverage', unit: 'ratio', run: forEachSeed(coverage) },
  { name: 'compare.false_faster_rate', unit: 'ratio', run: forEachSeed(falseFasterRate) },
  { name: 'compare.smallest_effect', unit: 'ratio', run: forEachSeed(smallestEffect) },
  { name: 'compare.wall_gain', unit: 'ratio', run: wallGain },
  { name: 'compare.wall_same', unit: 'ratio', run: wallSame },
];
