// SPDX-License-Identifier: Apache-2.0
import type { ContainerTarget } from '#shared/contract/target.ts';
import { containerArguments } from './container-command.ts';
import { inWorkingFolder, RUN_FOLDER } from './run-folder.ts';
import { isSecretName } from './secrets.ts';
import { shellText } from './shell.ts';
import { neededFolders, type LaunchPlaces, type PlannedStep } from './steps.ts';

/** What the reader's own shell says, as the folder is. */
const OWNER = '\u0001owner';

/** The step's command in a container as bash, for the folder in which it is executed. */
export function containerText(target: ContainerTarget, step: PlannedStep, places: LaunchPlaces): string {
  const variables = [...new Map(step.environment.map((entry) => [entry.name, entry])).values()];
  const readOnly = neededFolders(step, places).map((path) => ({
    source: path,
    target: path,
    readOnly: true,
  }));
  const args = containerArguments(target, {
    name: `iterscope-${step.name}`,
    program: step.program,
    args: step.args,
    cwd: RUN_FOLDER,
    variables,
    mounts: [{ source: RUN_FOLDER, target: RUN_FOLDER, readOnly: false }, ...readOnly],
    owner: OWNER,
  });
  const secrets = variables.filter(({ name }) => isSecretName(name));
  const text = shellText({
    program: target.runtime,
    args,
    environment: secrets.map((entry) => ({ ...entry, secret: true })),
    unset: [],
  });
  return inWorkingFolder(text).replaceAll(`'${OWNER}'`, '"$(id -u):$(id -g)"');
}
