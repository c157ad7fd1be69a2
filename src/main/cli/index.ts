// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { toFailure } from '#shared/base/errors.ts';
import { compose } from '../composition.ts';
import type { Services } from '../composition.ts';
import { forkEngine } from '../engine/client.ts';
import { nodePlatform } from '../platform/node-platform.ts';
import { showExperts } from './experts-command.ts';
import { planExperts, type PlanOptions } from './plan-command.ts';
import { compareArms, showComparison } from './compare-command.ts';
import type { CompareOptions } from './compare-command.ts';
import { exportTrace, isTraceExport, type ExportOptions } from './export-command.ts';
import { inspectFiles, type InspectOptions } from './inspect-command.ts';
import { tableNames } from '#shared/contract/exporting.ts';
import { exportRunTo, importRunFrom, listRuns, showJobProgress } from './library-commands.ts';
import { runRecipe, showProgress } from './run-command.ts';
import type { RunOptions } from './run-command.ts';
import { remark, say } from './terminal.ts';

/** The headless entry: the same services as the application's, in plain Node. Exit codes: 0 done, 1 failed, 2 usage. */

const USAGE = 2;
const rankOption = 'of a folder, or of a report with several processes: the trace of this rank';

interface CutOptions {
  readonly iterations: string;
  readonly output: string;
  readonly rank?: number;
}

const distFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const rootFolder = dirname(distFolder);

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(rootFolder, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return String(version);
}

function composeForTerminal(version: string): Services {
  const platform = nodePlatform({
    environment: process.env,
    assetsFolder: join(rootFolder, 'assets'),
    nativeFolder: join(distFolder, 'native'),
  });
  return compose({
    platform,
    version,
    environment: process.env,
    versions: { node: process.versions.node },
    spawnEngine: () => forkEngine(join(distFolder, 'main', 'engine.js'), platform),
    onEngineRestart: (reason) => {
      remark(`The trace engine was restarted (${reason}).`);
    },
    events: {
      changed: () => undefined,
      listed: () => undefined,
      progress: showProgress,
      jobProgress: showJobProgress,
    },
    onComparison: showComparison,
  });
}

/** Runs a command with the services, and ends what they hold whatever happens. */
async function withServices(
  version: string,
  command: (services: Services) => Promise<number>,
): Promise<void> {
  const services = composeForTerminal(version);
  try {
    process.exitCode = await command(services);
  } finally {
    services.engine.close();
  }
}

function rankCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 65_536) return count;
  throw new InvalidArgumentError('Give a whole number from 1 to 65536.');
}

function rankNumber(text: string): number {
  return text === '0' ? 0 : rankCount(text);
}

function layerCount(text: string): number {
  return text === '0' ? 0 : rankCount(text);
}

function sampleRate(text: string): number {
  const rate = Number(text);
  if (rate >= 1 && rate <= 10) return rate;
  throw new InvalidArgumentError('Give a number from 1 to 10.');
}

function milliseconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError('Give milliseconds, such as 12.5.');
}

const collect = (value: string, previous: string[]): string[] => [...previous, value];

function program(version: string): Command {
  const cli = new Command('iterscope')
    .description('Profiled runs and traces of LLM inference, without a window.')
    .version(version)
    .exitOverride();
  cli
    .command('inspect')
    .description('Say what traces hold: span, GPU time, kernels, iterations, warnings.')
    .argument(
      '<file...>',
      'traces: Kineto or Chrome JSON, or Nsight Systems exports (.sqlite), plain or gzip',
    )
    .option('--json', 'one JSON document a line, one for each file', false)
    .option('--hta', 'also the figures of HolisticTraceAnalysis 0.5.0, by its definitions', false)
    .action((files: string[], options: InspectOptions) =>
      withServices(version, (services) => inspectFiles(services, files, options)),
    );
  addExpertsCommand(cli, version);
  cli
    .command('run')
    .description('Run a recipe to its end and say what it gave.')
    .requiredOption('--recipe <id>', 'which recipe; see "iterscope recipes"')
    .option('--set <name=value>', 'a parameter of the recipe; repeatable', collect, [])
    .option('--env <name=value>', 'an environment variable; repeatable', collect, [])
    .option('--window <iterations>', 'iterations to capture: first+count (20+10) or first-last (20-29)')
    .option('--trace', 'write a PyTorch-profiler trace of the window', false)
    .option('--nsight', 'record the window with Nsight Systems (nsys)', false)
    .option('--expert-statistics', 'record tokens per expert over the window', false)
    .option('--perfect-router', 'spread tokens evenly; the output text is wrong', false)
    .option(
      '--telemetry-hz <rate>',
      'samples a second of host and GPUs in profiled runs, 1 to 10',
      sampleRate,
    )
    .option('--json', 'the whole manifest as one JSON document', false)
    .action((options: RunOptions) => withServices(version, (services) => runRecipe(services, options)));
  cli
    .command('recipes')
    .description('List the recipes and their parameters.')
    .action(() => withServices(version, listRecipes));
  addCompareCommand(cli, version);
  addLibraryCommands(cli, version);
  return cli;
}

function addExpertsCommand(cli: Command, version: string): void {
  cli
    .command('experts')
    .description(
      'Say how evenly tokens were spread over experts and ranks, and what another placement would do.',
    )
    .argument(
      '<folder>',
      'expert statistics: a folder of TensorRT-LLM or the embedded engine, a record of SGLang, a dump or log of vLLM, or a table',
    )
    .option(
      '--ranks <number>',
      'ranks with contiguous blocks of experts; one for each file by default',
      rankCount,
    )
    .addOption(
      new Option('--plan <algorithm>', 'make a placement plan').choices(['tensorrt-llm', 'deepseek']),
    )
    .option('--slots <number>', 'slots of a layer over all ranks; as many as experts by default', rankCount)
    .option('--nodes <number>', 'nodes, for deepseek', rankCount, 1)
    .option('--groups <number>', 'groups of experts that stay on a node, for deepseek', rankCount, 1)
    .option('--layer-updates <number>', 'layers placed anew in every iteration, for the file', layerCount, 0)
    .option('--export <file>', 'write the plan as a moe_load_balancer YAML')
    .option('--judge <file>', 'say what this moe_load_balancer YAML would do')
    .option('--json', 'one JSON document', false)
    .action((folder: string, options: PlanOptions) => {
      const plans = options.plan ?? options.export ?? options.judge;
      return withServices(version, (services) =>
        plans === undefined ? showExperts(services, folder, options) : planExperts(services, folder, options),
      );
    });
}

function addCompareCommand(cli: Command, version: string): void {
  cli
    .command('compare')
    .description(
      'Compare two arms of a recipe in blocks of timing passes, and say what the difference means.',
    )
    .option('--recipe <id>', 'which recipe; see "iterscope recipes"')
    .option('--set <name=value>', 'a parameter of both arms; repeatable', collect, [])
    .option('--env <name=value>', 'an environment variable of both arms; repeatable', collect, [])
    .option('--perfect-router', 'arm B routes perfectly, arm A as learned', false)
    .option('--b <name=value>', 'a parameter of arm B only; repeatable', collect, [])
    .option('--b-env <name=value>', 'an environment variable of arm B only; repeatable', collect, [])
    .option('--b-recipe <id>', 'another recipe for arm B; it takes the parameters that it knows')
    .option('--target <place>', 'where both arms run: local, docker:IMAGE or podman:IMAGE', 'local')
    .option('--b-target <place>', 'where arm B runs instead, such as another image')
    .option(
      '--mount <from:to>',
      'a folder of this machine that containers see, :rw at the end to write; repeatable',
      collect,
      [],
    )
    .option('--gpus <numbers>', 'GPUs of containers: all, none, or numbers such as 0,1')
    .option('--shm-size <size>', 'shared memory of containers, such as 8g')
    .option('--blocks <count>', 'blocks of one pass of each arm, 3 to 100', '5')
    .option('--seed <number>', 'decides the order of the arms in each block', '1')
    .option('--early', 'look before the end, at a price, and stop when the answer is clear', false)
    .option('--profile', 'one profiled pass of each arm at the end, to say why', false)
    .option('--window <iterations>', 'iterations that the profiled passes capture')
    .option('--resume <comparison>', 'go on with one that stopped before its end')
    .option('--html <file>', 'write the report as one HTML file')
    .option('--markdown <file>', 'write the report as Markdown')
    .option('--json', 'print the report as one JSON document', false)
    .option('--fail-if-slower <percent>', 'exit with 3 unless B is shown to be at most this much slower')
    .action((options: CompareOptions) => withServices(version, (services) => compareArms(services, options)));
}

function addLibraryCommands(cli: Command, version: string): void {
  cli
    .command('list')
    .description('List the runs of the library, newest first.')
    .option('--json', 'one JSON document a line, one for each run', false)
    .action(({ json }: { json: boolean }) => withServices(version, (services) => listRuns(services, json)));
  cli
    .command('export')
    .description(
      'Write a run as one archive (manifest, logs, artifacts, no values of variables), or a part of a trace as a file.',
    )
    .argument('<what>', 'a run’s id or the beginning of it; with --chrome, --csv or --parquet a trace')
    .argument('<file>', 'what to write')
    .option('--chrome', 'a smaller trace, as Chrome JSON')
    .addOption(new Option('--csv <table>', 'a table as CSV').choices(tableNames))
    .addOption(new Option('--parquet <table>', 'the same as Parquet').choices(tableNames))
    .option('--iterations <range>', 'only these: first-last, or one number')
    .option('--from <ms>', 'only what overlaps a range of time, in ms from the trace’s start', milliseconds)
    .option('--to <ms>', 'its end', milliseconds)
    .option('--rank <number>', rankOption, rankNumber)
    .action((what: string, file: string, options: ExportOptions) =>
      withServices(version, (services) =>
        isTraceExport(options)
          ? exportTrace(services, what, file, options)
          : exportRunTo(services, what, file),
      ),
    );
  cli
    .command('cut')
    .description('Write iterations of a trace as a smaller trace, which every viewer of Chrome JSON opens.')
    .argument('<trace>', 'a trace')
    .requiredOption('--iterations <range>', 'first-last, or one number')
    .requiredOption('-o, --output <file>', 'the trace to write')
    .option('--rank <number>', rankOption, rankNumber)
    .action((trace: string, { output, ...part }: CutOptions) =>
      withServices(version, (services) => exportTrace(services, trace, output, { chrome: true, ...part })),
    );
  cli
    .command('import')
    .description('Take a run into the library from an archive.')
    .argument('<file>', 'an archive that Iterscope exported')
    .action((file: string) => withServices(version, (services) => importRunFrom(services, file)));
}

async function listRecipes(services: Services): Promise<number> {
  const { recipes, problems } = await services.recipes.list();
  for (const recipe of recipes) {
    say(`${recipe.id}  ${recipe.title}\n  ${recipe.summary}`);
    for (const { name, default: value, unit, help } of recipe.parameters) {
      say(`  ${name}=${String(value)}${unit === undefined ? '' : ` ${unit}`}  ${help}`);
    }
  }
  for (const { message } of problems) remark(message);
  return 0;
}

async function main(): Promise<void> {
  try {
    await program(packageVersion()).parseAsync(process.argv);
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      process.exitCode = thrown.exitCode === 0 ? 0 : USAGE;
      return;
    }
    const { code, message } = toFailure(thrown);
    remark(message);
    process.exitCode = code.startsWith('form.') || code === 'recipe.unknown' ? USAGE : 1;
  }
}

await main();
