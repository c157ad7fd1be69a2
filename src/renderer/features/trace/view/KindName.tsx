// SPDX-License-Identifier: Apache-2.0
import { kindFromText } from '#shared/trace/kinds.ts';
import { kindVariable } from '#renderer/timeline/palette.ts';

/** A kind with its colour. */
export function KindName({ kind }: { readonly kind: string }) {
  return (
    <>
      <span
        className="kind-mark"
        aria-hidden="true"
        style={{ background: `var(${kindVariable[kindFromText(kind)]})` }}
      />
      {kind}
    </>
  );
}
