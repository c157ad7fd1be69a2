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

/** Names of variables, and of options: a hyphen counts as an underscore. */
export function isSecretName(name: string): boolean {
  const plain = name.replaceAll('-', '_');
  return !HARMLESS.has(name) && (SECRET_NAME.test(plain) || SECRET_TOKEN.test(plain));
}

export function maskEntry<E extends { readonly name: string; readonly value: string }>(entry: E): E {
  return isSecretName(entry.name) ? { ...entry, value: MASK } : entry;
}

/**
 * Secrets as tools write them: bearer headers, passwords and tokens in addresses, tokens with a known beginning. Every
 * pattern begins where a word does, so that a long word costs no more than its length.
 */
const SHAPES: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${MASK}`],
  [/(?<!\w)(\w+:\/\/[^\s:/@]+):[^\s@/]+@/g, `$1:${MASK}@`],
  [/(?<!\w)(\w+:\/\/)[^\s:/@•]{16,}@/g, `$1${MASK}@`],
  [/\b(?:hf|ghp|gho|glpat|sk|pypi|npm|nvapi)[_-][A-Za-z0-9_-]{16,}/g, MASK],
];
const ASSIGNMENT = /(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{3,})(\\?["']?\s*[=:]\s*\\?["']?)([^\s"'\\,;]+)/g;
/** An option and its value: as words of a command, or as texts of a list in JSON. */
const OPTION =
  /(?<![A-Za-z0-9_-])(--?[A-Za-z][A-Za-z0-9_-]*)(\\?"\s*,\s*\\?"|\s+)('[^']*'|"[^"]*"|[^\s"'\\,;-][^\s"'\\,;]*)/g;
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
  clean = clean.replace(OPTION, (all: string, name: string, between: string) =>
    isSecretName(name) ? `${name}${between}${MASK}` : all,
  );
  return clean.replace(ASSIGNMENT, (all: string, name: string, between: string) => {
    // A bare value behind a quoted name is JSON's number, true, false or null: no secret, and it must stay JSON.
    const isJsonLiteral = /^\\?["']/.test(between) && !/["']$/.test(between);
    return isJsonLiteral || !isSecretName(name) ? all : `${name}${between}${MASK}`;
  });
}

/** The words of a command, of which some may be secrets: the values of options with such a name, and what looks like one. */
export function maskWords(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const before = words[index - 1] ?? '';
    if (/^--?[A-Za-z][\w-]*$/.test(before) && isSecretName(before) && !word.startsWith('-')) return MASK;
    const [, name, value = ''] = /^(--?[A-Za-z][\w-]*)=(.+)$/s.exec(word) ?? [];
    if (name !== undefined && value !== '' && isSecretName(name)) return `${name}=${MASK}`;
    return redact(word, []);
  });
}

/** A value under its name. */
export function maskValue(name: string, value: string): string {
  if (value === '') return value;
  return isSecretName(name) ? MASK : redact(value, []);
}

/** The parameters of a form; numbers are no secrets. */
export function maskParameters(
  parameters: Readonly<Record<string, string | number>>,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : maskValue(name, value),
    ]),
  );
}
