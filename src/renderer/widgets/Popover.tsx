// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Popover as Base } from '@base-ui/react/popover';
import { classNames } from '#renderer/base/class-names.ts';
import './button.css';
import './popover.css';

interface PopoverProps {
  readonly label: string;
  readonly title: string;
  readonly children: ReactNode;
}

/** A button that shows something beside it, until it is pressed again, left or closed with Escape. */
export function Popover({ label, title, children }: PopoverProps) {
  return (
    <Base.Root>
      <Base.Trigger className={classNames('button', 'button--quiet')}>
        <span className="button__text">{label}</span>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="popover__positioner" sideOffset={4} collisionPadding={8} align="end">
          <Base.Popup className="popover">
            <Base.Title className="popover__title">{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
