// SPDX-License-Identifier: Apache-2.0

/** Templates of recipes: `{name}` stands for a value, everything else for itself. */

const PLACE = /\{([a-z][a-z0-9-]*)\}/g;

/** The names that a template refers to. */
export function placesOf(template: string): string[] {
  return [...template.matchAll(PLACE)].map(([, name = '']) => name);
}

/** The template with its values; a name without a value stands for nothing. */
export function fill(template: string, values: ReadonlyMap<string, string>): string {
  return template.replace(PLACE, (_, name: string) => values.get(name) ?? '');
}
