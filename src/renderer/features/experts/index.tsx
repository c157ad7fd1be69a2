// SPDX-License-Identifier: Apache-2.0
import type { SourceSet } from '#shared/contract/app.ts';

export function ExpertsView({ set }: { readonly set: SourceSet; readonly visible: boolean }) {
  return <p>{set.title}</p>;
}
