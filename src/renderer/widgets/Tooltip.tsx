// SPDX-License-Identifier: Apache-2.0
import type { ReactElement, ReactNode } from 'react';
import { Tooltip as Base } from '@base-ui/react/tooltip';
import './tooltip.css';

interface TooltipProps {
  readonly content: ReactNode;
  /** One focusable element: the text opens on hover and on keyboard focus. */
  readonly children: ReactElement<Record<string, unknown>>;
  readonly side?: 'top' | 'right' | 'bottom' | 'left';
  readonly align?: 'start' | 'center' | 'end';
}

/** Explains an element. The element keeps its own accessible name; this is only its description. */
export function Tooltip({ content, children, side = 'bottom', align = 'center' }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="tooltip__positioner"
        >
          <Base.Popup className="tooltip">{content}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** Once around the application: neighbouring tooltips then open without a second wait. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Base.Provider delay={350} closeDelay={0}>
      {children}
    </Base.Provider>
  );
}
