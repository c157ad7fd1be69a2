// SPDX-License-Identifier: Apache-2.0
import type { NsysFacts } from '../../launch/preflight/facts.ts';
import { nsysHelp } from './machine.ts';

/** Nsight Systems as it is found on this machine, by the folders of PATH and where its installers put it. */
export type FindNsys = (
  path: string,
) => Promise<{ readonly program: string; readonly version: string } | null>;

/** The Nsight Systems of this machine and its options. It takes a second to say them: asked once, and again where it was not there. */
export class NsysProbe {
  readonly #find: FindNsys;
  readonly #path: string;
  #known: Promise<NsysFacts | null> | undefined;

  constructor(find: FindNsys, path: string) {
    this.#find = find;
    this.#path = path;
  }

  async facts(): Promise<NsysFacts | null> {
    this.#known ??= this.#find(this.#path).then(async (found) =>
      found === null ? null : { ...found, help: await nsysHelp(found.program) },
    );
    const nsys = await this.#known;
    if (nsys === null) this.#known = undefined;
    return nsys;
  }
}
