// SPDX-License-Identifier: Apache-2.0
import { IterscopeError } from '#shared/base/errors.ts';
import type { LaunchForm } from '#shared/contract/launch.ts';
import type { RunProgress } from '#shared/contract/run.ts';
import { defaultForm } from '../launch/default-form.ts';
import { reportLines } from '../services/run-report.ts';
import type { Services } from '../composition.ts';
import { clearLine, remark, say, showLine } from './terminal.ts';

export interface RunOptions {
  readonly recipe: string;
  readonly set: readonly string[];
  readonly env: readonly string[];
  readonly window?: string;
  readonly trace: boolean;
  readonly nsight: boolean;
  readonly expertStatistics: boolean;
  readonly perfectRouter: boolean;
  readonly json: boolean;
  /** Samples of telemetry a second in profiled runs. */
  readonly telemetryHz?: number;
}

function splitAssignment(text: string, option: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  const message = `${option} ${text} lacks a value: write ${option} NAME=VALUE.`;
  throw new IterscopeError({ code: 'form.parameter', message });
}

export async function formOf(services: Services, options: RunOptions): Promise<LaunchForm> {
  const recipe = await services.recipes.get(options.recipe);
  const form = defaultForm(recipe);
  const recorded = options.trace || options.nsight || options.expertStatistics;
  return {
    ...form,
    parameters: {
      ...form.parameters,
      ...Object.fromEntries(options.set.map((text) => splitAssignment(text, '--set'))),
    },
    window: options.window ?? (recorded ? recipe.defaultWindow : ''),
    torchTrace: options.trace,
    nsight: options.nsight,
    expertStatistics: options.expertStatistics,
    perfectRouter: options.perfectRouter,
    extraEnvironment: options.env.map((text) => {
      const [name, value] = splitAssignment(text, '--env');
      return { name, value };
    }),
  };
}

/** One line on a terminal that is rewritten; nothing where the output is not a terminal. */
export function showProgress(progress: RunProgress): void {
  const percent = progress.ratio === undefined ? '' : ` ${Math.round(progress.ratio * 100).toString()} %`;
  showLine(`${progress.step}${percent}`);
}

/** Runs a recipe to its end; resolves to the exit code: 0 ready, 1 anything else. */
export async function runRecipe(services: Services, options: RunOptions): Promise<number> {
  if (options.telemetryHz !== undefined) services.telemetry.setRate(options.telemetryHz);
  const form = await formOf(services, options);
  for (const { severity, message } of (await services.runs.preview(form)).findings) {
    if (severity !== 'error') remark(message);
  }
  const { id } = await services.runs.start(form);
  const cancel = (): void => {
    void services.runs.cancel(id);
  };
  process.once('SIGINT', cancel);
  process.once('SIGTERM', cancel);
  const run = await services.runs.finished(id);
  clearLine();
  const folder = services.library.folderOf(id);
  if (options.json) say(JSON.stringify({ folder, ...run }));
  else say(`${reportLines(run).join('\n')}\nFolder  ${folder}`);
  return run.state === 'ready' ? 0 : 1;
}
