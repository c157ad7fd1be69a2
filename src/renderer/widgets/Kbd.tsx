// SPDX-License-Identifier: Apache-2.0
import './kbd.css';

/** Keys as they are named on the keyboard, for example `Ctrl+O`. */
export function Kbd({ keys }: { readonly keys: string }) {
  return (
    <kbd className="kbd" aria-hidden="true">
      {keys}
    </kbd>
  );
}
