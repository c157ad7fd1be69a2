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

/** Secrets as tools write them: bearer headers, passwords in addresses, tokens with a known beginning. */
const SHAPES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${MASK}`],
  [/(\w+:\/\/[^\s:/@]+):[^\s@/]+@/g, `$1:${MASK}@`],
  [/\b(?:hf|ghp|gho|glpat|sk|pypi|npm|nvapi)[_-][A-Za-z0-9_-]{16,}/g, MASK],
];
const ASSIGNMENT = /([A-Za-z_][A-Za-z0-9_-]{2,})(\\?["']?\s*[=:]\s*\\?["']?)([^\s"'\\,;]+)/g;
/** Shorter values are words that stand in any text. */
const SHORTEST_SECRET = 6;

/** The values of variables that hold secrets by their name, longest first. */
export function secretValues(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment)
    .flatMap(([name, value]) =>
      value !== undefined && value.length >= SHORTEST_SECRET && isSecretName(name) ? [value] : [],
    )
    .sort((a, b) => b.length - a.length);
}

/** Text that may leave this machine: known values and everything that looks like a secret are masked. */
export function redact(text: string, values: readonly string[]): string {
  let clean = text;
  for (const value of values) clean = clean.replaceAll(value, MASK);
  for (const [pattern, replacement] of SHAPES) clean = clean.replace(pattern, replacement);
  return clean.replace(ASSIGNMENT, (all: string, name: string, between: string) => {
    // A bare value behind a quoted name is JSON's number, true, false or null: no secret, and it must stay JSON.
    const isJsonLiteral = /^\\?["']/.test(between) && !/["']$/.test(between);
    return isJsonLiteral || !isSecretName(name) ? all : `${name}${between}${MASK}`;
  });
}
