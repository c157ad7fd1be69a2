// SPDX-License-Identifier: Apache-2.0

/** Which variables hold secrets, by name: their values never reach a screen, a log or a manifest. */

const SECRET_NAME = /(TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|APIKEY|API_KEY|ACCESS_KEY|AUTH)/i;

/** What stands where a secret was. */
export const MASK = '••••••';

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

export function maskEntry<E extends { readonly name: string; readonly value: string }>(entry: E): E {
  return isSecretName(entry.name) ? { ...entry, value: MASK } : entry;
}
