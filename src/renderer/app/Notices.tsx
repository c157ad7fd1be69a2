// SPDX-License-Identifier: Apache-2.0
import { JobNotices } from './JobNotices.tsx';
import { dismissNotice, useNotices } from '#renderer/stores/notices.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';

/** What was said and not yet dismissed, over the lower right of the view; it never takes the focus. */
export function Notices() {
  const entries = useNotices((state) => state.entries);
  return (
    <section className="notices" aria-label="Notices" aria-live="polite">
      <JobNotices />
      {entries.map((entry) => (
        <Notice
          key={entry.id}
          severity={entry.severity}
          onDismiss={() => {
            dismissNotice(entry.id);
          }}
        >
          {entry.message}
          {entry.action !== undefined && (
            <Button
              className="notices__action"
              onClick={() => {
                dismissNotice(entry.id);
                entry.action?.perform();
              }}
            >
              {entry.action.label}
            </Button>
          )}
          {entry.count > 1 && <span className="notices__count"> ({entry.count} times)</span>}
        </Notice>
      ))}
    </section>
  );
}
