// SPDX-License-Identifier: Apache-2.0
import { access, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { NsysFacts } from '../../launch/preflight/facts.ts';
import { nsysHelp } from './machine.ts';

/**
 * Whether the importer lies where its packages put it, beside the folder of the recorder. Null where the program is only a
 * way to another: a script in /usr/bin says nothing.
 */
export async function hasImporter(program: string): Promise<boolean | null> {
  const folder = dirname(await realpath(program).catch(() => program));
  if (!basename(folder).startsWith('target-')) return null;
  const hosts = (await readdir(dirname(folder)).catch((): string[] => [])).filter((name) =>
    name.startsWith('host-'),
  );
  const found = hosts.map((name) =>
    access(join(dirname(folder), name, 'QdstrmImporter')).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
}

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
      found === null
        ? null
        : { ...found, help: await nsysHelp(found.program), imports: await hasImporter(found.program) },
    );
    const nsys = await this.#known;
    if (nsys === null) this.#known = undefined;
    return nsys;
  }
}
