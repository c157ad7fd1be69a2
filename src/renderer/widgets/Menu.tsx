// SPDX-License-Identifier: Apache-2.0
import { Menu as Base } from '@base-ui/react/menu';
import { classNames } from '#renderer/base/class-names.ts';
import { Icon, type IconName } from './Icon.tsx';
import './button.css';
import './menu.css';

export interface MenuAction {
  readonly label: string;
  readonly icon?: IconName;
  readonly perform: () => void;
  /** Why it cannot be done now; absent when it can. */
  readonly blocked?: string | undefined;
}

export interface MenuCheck {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

interface MenuProps {
  readonly label: string;
  readonly icon: IconName;
  readonly items: readonly (MenuAction | MenuCheck)[];
}

/** A button that opens a list of things to do, or of things to switch on and off. */
export function Menu({ label, icon, items }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger className={classNames('button', 'button--quiet')}>
        <Icon name={icon} />
        <span className="button__text">{label}</span>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="menu__positioner" sideOffset={4} collisionPadding={8} align="end">
          <Base.Popup className="menu">
            {items.map((item) =>
              'checked' in item ? (
                <Base.CheckboxItem
                  key={item.label}
                  className="menu__item"
                  checked={item.checked}
                  onCheckedChange={item.onChange}
                >
                  <span className="menu__mark">{item.checked && <Icon name="check" />}</span>
                  {item.label}
                </Base.CheckboxItem>
              ) : (
                <Base.Item
                  key={item.label}
                  className="menu__item"
                  disabled={item.blocked !== undefined}
                  title={item.blocked}
                  onClick={item.perform}
                >
                  <span className="menu__mark">{item.icon !== undefined && <Icon name={item.icon} />}</span>
                  {item.label}
                </Base.Item>
              ),
            )}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
