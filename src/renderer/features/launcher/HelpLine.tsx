// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'react';

/** The nearest explanation around an element, and the label that it belongs to. */
function helpAround(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null;
  return target.closest<HTMLElement>('[data-help]')?.dataset.help ?? null;
}

/**
 * One line that explains the field in which the user is: the keyboard's counterpart of the tooltips,
 * at a place that never covers or moves anything.
 */
export function HelpLine() {
  const [help, setHelp] = useState<string | null>(null);
  useEffect(() => {
    const onFocus = (event: FocusEvent): void => {
      setHelp(helpAround(event.target));
    };
    document.addEventListener('focusin', onFocus);
    return () => {
      document.removeEventListener('focusin', onFocus);
    };
  }, []);
  return (
    <p className="launcher__help" aria-hidden="true">
      {help ?? 'Point at a label or move into a field to read what it does.'}
    </p>
  );
}
