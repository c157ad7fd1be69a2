// SPDX-License-Identifier: Apache-2.0
import type { ComponentProps } from 'react';
import { classNames } from '#renderer/base/class-names.ts';
import { Icon, type IconName } from './Icon.tsx';
import { Kbd } from './Kbd.tsx';
import './button.css';

interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** The key that does the same, shown beside the text. */
  readonly shortcut?: string;
}

export function Button({ variant = 'plain', icon, shortcut, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={classNames('button', `button--${variant}`, className)}>
      {icon !== undefined && <Icon name={icon} />}
      <span className="button__text">{children}</span>
      {shortcut !== undefined && <Kbd keys={shortcut} />}
    </button>
  );
}
