// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatDurationMs } from '#shared/base/units.ts';
import type { Flag } from '#shared/contract/flags.ts';
import type { FormChange, LaunchForm, PassEstimate } from '#shared/contract/launch.ts';
import { plural } from '#renderer/base/format.ts';

/** What a pass will take, in words. */
export function estimateText({ runs, wallMs, bytes }: PassEstimate): string {
  if (runs === 0) return 'no earlier run to estimate by';
  const parts = [
    wallMs === null ? null : formatDurationMs(wallMs),
    bytes === null ? null : formatBytes(bytes),
  ];
  return `about ${parts.filter((part) => part !== null).join(', ')} (${plural(runs, 'earlier run')})`;
}

/** The form with a fix applied; parameters and options are merged. */
export function changedForm(form: LaunchForm, change: FormChange): LaunchForm {
  const { parameters, nsightOptions, ...rest } = change;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const options = Object.fromEntries(
    Object.entries(nsightOptions ?? {}).filter(([, value]) => value !== undefined),
  );
  return {
    ...form,
    ...given,
    parameters: { ...form.parameters, ...parameters },
    nsightOptions: { ...form.nsightOptions, ...options },
  };
}

/** What the catalogue says of a variable; null while its name is empty. */
export function flagHint(flags: readonly Flag[], name: string): string | null {
  if (name.trim() === '') return null;
  const flag = flags.find((known) => known.kind === 'variable' && known.name === name);
  if (flag === undefined) return 'Not in the catalogue: it is passed on as it is.';
  const value = flag.type === 'boolean' ? '1 or absent' : (flag.choices?.join(', ') ?? flag.type);
  const parts = [
    flag.effect,
    `Value: ${value}.`,
    flag.default === '' ? '' : `Default ${flag.default}.`,
    flag.eras === undefined ? '' : `From era ${flag.eras[0] ?? ''} on.`,
    flag.cost ?? '',
    ...flag.conflicts,
    `Read by ${flag.readBy}.`,
    flag.forwarded === 'not assured' ? 'MPI does not assure that spawned workers get it.' : '',
    flag.setBy === undefined ? '' : `Set by ${flag.setBy} of this form.`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
