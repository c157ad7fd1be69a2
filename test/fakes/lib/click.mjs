// SPDX-License-Identifier: Apache-2.0
// How the doubles take their options and how they fail, as Python's click and argparse do.

/**
 * @typedef {object} Command
 * @property {string} usage the words before the options
 * @property {readonly string[]} valued names of options that take a value, without dashes
 * @property {readonly string[]} [switches] names of options that take none
 */

/** @param {string} usage @param {string} message @returns {never} */
export function usageError(usage, message) {
  process.stderr.write(`Usage: ${usage} [OPTIONS]\nTry '${usage} --help' for help.\n\nError: ${message}\n`);
  process.exit(2);
}

/**
 * Options up to the first word that is none.
 * @param {Command} command
 * @param {readonly string[]} args
 * @returns {{ options: Record<string, string>, rest: string[] }}
 */
export function takeOptions({ usage, valued, switches = [] }, args) {
  /** @type {Record<string, string>} */
  const options = {};
  let at = 0;
  for (; args[at]?.startsWith('-') === true; at += 1) {
    const [name = '', inline] = (args[at] ?? '').replace(/^--?/, '').split('=');
    if (switches.includes(name)) options[name] = 'true';
    else if (!valued.includes(name)) usageError(usage, `No such option: --${name}`);
    else if (inline !== undefined) options[name] = inline;
    else {
      at += 1;
      if (args[at] === undefined) usageError(usage, `Option '--${name}' requires an argument.`);
      options[name] = args[at] ?? '';
    }
  }
  return { options, rest: args.slice(at) };
}

/** Which way to fail was asked for, by FAKE_TROUBLE. @returns {string} */
export const trouble = () => process.env['FAKE_TROUBLE'] ?? '';

/** @param {number} ms @returns {Promise<void>} */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Never ends by itself. @returns {Promise<never>} */
export const hang = () => new Promise(() => setInterval(() => undefined, 60_000));
