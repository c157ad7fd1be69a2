// SPDX-License-Identifier: Apache-2.0
import { formatBytes, formatPercent } from '#shared/base/units.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { markJobCancelling, useJobs } from '#renderer/stores/jobs.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';

function cancel(name: string, own: (() => void) | undefined): void {
  markJobCancelling(name);
  if (own === undefined) invoke('library.cancelJob', { job: name }).catch(notifyFailure);
  else own();
}

/** Files that are being written or read, each with its progress. */
export function JobNotices() {
  const jobs = useJobs((state) => state.jobs);
  return jobs.map(({ name, progress, cancelling, cancel: own }) => {
    // Until the user has chosen a file there is nothing to tell.
    if (progress === null) return null;
    const { step, bytesDone, bytesTotal } = progress;
    const share = bytesTotal === 0 ? undefined : bytesDone / bytesTotal;
    // A view's own work counts shares of it, not bytes.
    const amount =
      own === undefined
        ? `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`
        : formatPercent(share ?? 0);
    return (
      <Notice key={name} severity="note">
        <div className="job-notice">
          <span className="job-notice__text">
            {step}, {amount}
          </span>
          <Button disabled={cancelling} onClick={() => cancel(name, own)}>
            {cancelling ? 'Cancelling…' : 'Cancel'}
          </Button>
        </div>
        <ProgressBar label={step} ratio={share} />
      </Notice>
    );
  });
}
