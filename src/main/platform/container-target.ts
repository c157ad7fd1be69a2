// SPDX-License-Identifier: Apache-2.0
import { userInfo } from 'node:os';
import { toFailure, type Failure } from '#shared/base/errors.ts';
import type { RunExit } from '#shared/contract/run.ts';
import type { ContainerTarget as Stated } from '#shared/contract/target.ts';
import { containerArguments } from '../launch/container-command.ts';
import { isSecretName } from '../launch/secrets.ts';
import type { LaunchSpec, Target, TargetEvent, TargetProbe, TargetRun } from '../ports/target.ts';
import { askClient, findClient, removeContainer } from './container-client.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Programs in containers of this machine. The client runs like any program of a run, under a supervisor, and passes
 * signals on; the container itself belongs to another process, so that its end is asked for by name whenever the
 * client is gone, however that came.
 */
export class ContainerTarget implements Target {
  readonly #stated: Stated;
  readonly #local: Target;
  /** Where the client finds its own settings, and the PATH on which it is found. */
  readonly #environment: Environment;

  constructor(stated: Stated, local: Target, environment: Environment) {
    this.#stated = stated;
    this.#local = local;
    this.#environment = environment;
  }

  commandOf(spec: LaunchSpec): { program: string; args: string[] } {
    return { program: this.#stated.runtime, args: containerArguments(this.#stated, containedOf(spec)) };
  }

  async probe(): Promise<TargetProbe> {
    const { runtime, image } = this.#stated;
    try {
      const client = await this.#client();
      const format = runtime === 'docker' ? '{{.Server.Version}}' : '{{.Client.Version}}';
      const answer = await askClient(client, ['version', '--format', format], this.#environment);
      if (answer.code !== 0) return { versions: {}, problem: refused(runtime, answer.stderr) };
      const versions = { [runtime]: answer.stdout.trim() };
      const question = ['image', 'inspect', '--format', '{{.Id}}', image];
      const found = await askClient(client, question, this.#environment);
      if (found.code !== 0) return { versions, problem: imageMissing(runtime, image) };
      return { versions: { ...versions, image: shortId(found.stdout) }, problem: undefined };
    } catch (thrown) {
      return { versions: {}, problem: toFailure(thrown) };
    }
  }

  start(spec: LaunchSpec, onEvent: (event: TargetEvent) => void): TargetRun {
    const inner: LaunchSpec = {
      ...spec,
      ...this.commandOf(spec),
      // What the program gets is in the arguments; the client itself needs no more than the secrets among it.
      environment: { ...definedOf(this.#environment), ...secretsOf(spec) },
    };
    return this.#local.start(inner, (event) => {
      if (event.type === 'exited' || event.type === 'failed') void this.#end(spec, event).then(onEvent);
      // Samples are of the client alone, and it does next to nothing.
      else if (event.type === 'started') onEvent(event);
    });
  }

  /** The run's folder is there under its own path: nothing has to be brought. */
  async fetch(folder: string): Promise<void> {
    await this.#local.fetch(folder);
  }

  async endLeftovers(process: Pick<LaunchSpec, 'name' | 'processFolder'>): Promise<RunExit | undefined> {
    const exit = await this.#local.endLeftovers(process);
    await removeContainer(await this.#client(), containerName(process), this.#environment);
    return exit;
  }

  /** The client's end, told when the container is gone as well. */
  async #end(spec: LaunchSpec, event: TargetEvent): Promise<TargetEvent> {
    try {
      await removeContainer(await this.#client(), containerName(spec), this.#environment);
      return event;
    } catch (thrown) {
      const failure = toFailure(thrown);
      // What kept the client from running is more than that nothing could be removed after it.
      const isCause = event.type === 'exited' || failure.code === 'target.runtime-missing';
      return isCause ? { type: 'failed', failure } : event;
    }
  }

  #client(): Promise<string> {
    return findClient(this.#stated.runtime, this.#environment['PATH'] ?? '');
  }
}

/** `sha256:0123…` as the first digits that tell images apart; podman says no algorithm. */
function shortId(text: string): string {
  return `sha256 ${text
    .trim()
    .replace(/^sha256:/, '')
    .slice(0, 12)}`;
}

function containerName({ name }: Pick<LaunchSpec, 'name'>): string {
  return `iterscope-${name}`;
}

function containedOf(spec: LaunchSpec): Parameters<typeof containerArguments>[1] {
  const { uid, gid } = userInfo();
  const readOnly = spec.needs.map((path) => ({ source: path, target: path, readOnly: true }));
  return {
    name: containerName(spec),
    program: spec.program,
    args: spec.args,
    cwd: spec.cwd,
    variables: spec.ownVariables.map((name) => ({ name, value: spec.environment[name] ?? '' })),
    mounts: [{ source: spec.cwd, target: spec.cwd, readOnly: false }, ...readOnly],
    owner: `${uid.toString()}:${gid.toString()}`,
  };
}

function secretsOf({ environment, ownVariables }: LaunchSpec): Record<string, string> {
  return Object.fromEntries(ownVariables.filter(isSecretName).map((name) => [name, environment[name] ?? '']));
}

function definedOf(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function refused(runtime: string, said: string): Failure {
  const message = `${runtime} is there but does not answer: ${said.trim()} Start its service, or allow this user to use it.`;
  return { code: 'target.unreachable', message };
}

function imageMissing(runtime: string, image: string): Failure {
  const message = `The image ${image} is not on this machine: the run would begin by fetching it. Fetch it before with "${runtime} pull ${image}".`;
  return { code: 'target.image-missing', message };
}
