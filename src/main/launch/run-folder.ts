// SPDX-License-Identifier: Apache-2.0

/**
 * The folder of a run's files, where a program is told it in words: plans are made before there is one. A control
 * character keeps its name apart from any text, and makes what holds it quoted.
 */
export const RUN_FOLDER = '\u0001folder';

/** A command's text as bash, for the folder in which it is executed. */
export function inWorkingFolder(text: string): string {
  return text.replaceAll(`'${RUN_FOLDER}'`, '"$PWD"').replaceAll(RUN_FOLDER, `'"$PWD"'`);
}
