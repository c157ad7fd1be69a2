// SPDX-License-Identifier: Apache-2.0
import type { ComponentProps } from 'react';
import { classNames } from '#renderer/base/class-names.ts';
import { Icon, type IconName } from './Icon.tsx';
import { Kbd } from './Kbd.tsx';
import { Tooltip } from './Tooltip.tsx';
import './button.css';

interface IconButtonProps extends ComponentProps<'button'> {
  readonly icon: IconName;
  /** Its accessible name, shown on hover. */
  readonly label: string;
  readonly shortcut?: string;
  readonly small?: boolean;
}

export function IconButton({ icon, label, shortcut, small = false, className, ...rest }: IconButtonProps) {
  const content = (
    <>
      {label} {shortcut !== undefined && <Kbd keys={shortcut} />}
    </>
  );
  return (
    <Tooltip content={content}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        className={classNames('icon-button', small && 'icon-button--small', className)}
      >
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}
