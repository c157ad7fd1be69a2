// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from 'react';
import { Icon } from './Icon.tsx';
import { Tooltip } from './Tooltip.tsx';
import './field.css';

export interface FieldMessage {
  readonly severity: 'error' | 'warning' | 'note';
  readonly text: string;
  /** Shorter words for a narrow place; the whole sentence then is the title. */
  readonly brief?: string;
}

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly help?: string | undefined;
  readonly messages?: readonly FieldMessage[];
  readonly children: ReactNode;
}

export const messagesId = (id: string): string => `${id}-messages`;

/** Label, control and what is wrong with it, at the control itself. */
export function Field({ id, label, help, messages = [], children }: FieldProps) {
  const text = (
    <label className="field__label" htmlFor={id}>
      {label}
    </label>
  );
  return (
    <div className="field" data-help={help}>
      <div className="field__head">
        {help === undefined ? (
          text
        ) : (
          <Tooltip content={help} align="start" side="top">
            {text}
          </Tooltip>
        )}
      </div>
      {children}
      <FieldMessages id={id} messages={messages} />
    </div>
  );
}

/** Findings in words; announced when they change. */
export function FieldMessages({
  id,
  messages,
}: {
  readonly id: string;
  readonly messages: readonly FieldMessage[];
}) {
  return (
    <div id={messagesId(id)} className="field__messages" aria-live="polite">
      {messages.map((message) => (
        <p
          key={message.text}
          className={`field__message field__message--${message.severity}`}
          title={message.brief === undefined ? undefined : message.text}
        >
          <Icon name={message.severity === 'note' ? 'info' : message.severity} />
          <span>{message.brief ?? message.text}</span>
        </p>
      ))}
    </div>
  );
}
