// SPDX-License-Identifier: Apache-2.0

/** Which variables hold secrets, by name: their values never reach a screen, a log or a manifest. */

const SECRET_NAME =
  /SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|PRIVATE|APIKEY|AUTH|COOKIE|BEARER|JWT|DATABASE_URL|CONNECTION_STRING|(^|_)(KEY|PASS|PAT|PWD|DSN)$/i;

/** `TOKEN` is also a unit of work here: TOKENIZERS_PARALLELISM and MAX_NUM_TOKENS are no secrets. */
const SECRET_TOKEN = /(^|_|[a-z])TOKEN($|_(?!S))/i;

/** The shell's own working folders. */
const HARMLESS = new Set(['PWD', 'OLDPWD']);

/** What stands where a secret was. */
export const MASK = '••••••';

export function isSecretName(name: string): boolean {
  return !HARMLESS.has(name) && (SECRET_NAME.test(name) || SECRET_TOKEN.test(name));
}

export function maskEntry<E extends { readonly name: string; readonly value: string }>(entry: E): E {
  return isSecretName(entry.name) ? { ...entry, value: MASK } : entry;
}
