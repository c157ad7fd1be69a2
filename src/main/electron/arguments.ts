// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';

/** What the application was asked for on its command line. */
export interface AppArguments {
  /** Files to open, absolute. */
  readonly files: readonly string[];
  /** Do one run, save pictures and figures to this folder, and quit. */
  readonly firstRunReport: string | undefined;
}

const REPORT = '--first-run-report=';

/**
 * Arguments after the application's own path. Chromium's switches start with a dash and are not ours,
 * except the one named above.
 */
export function parseArguments(argv: readonly string[], packaged: boolean, cwd: string): AppArguments {
  const words = argv.slice(1);
  const own = packaged ? words : dropApplicationPath(words);
  const report = own.find((word) => word.startsWith(REPORT))?.slice(REPORT.length);
  return {
    files: own.filter((word) => !word.startsWith('-')).map((word) => resolve(cwd, word)),
    firstRunReport: report === undefined ? undefined : resolve(cwd, report),
  };
}

/** An unpackaged Electron gets the application's folder as its first argument that is not a switch. */
function dropApplicationPath(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word, index) => !word.startsWith('-') && words[index - 1] !== '-r');
  return at < 0 ? words : words.slice(at + 1);
}
