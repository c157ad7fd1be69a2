// SPDX-License-Identifier: Apache-2.0
import { formatBytes } from '#shared/base/units.ts';
import { invoke } from '#renderer/data/bridge.ts';
import { markJobCancelling, useJobs } from '#renderer/stores/jobs.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { Button } from '#renderer/widgets/Button.tsx';
import { Notice } from '#renderer/widgets/Notice.tsx';
import { ProgressBar } from '#renderer/widgets/ProgressBar.tsx';

function cancel(name: string): void {
  markJobCancelling(name);
  invoke('library.cancelJob', { job: name }).catch(notifyFailure);
}

/** Archives that are being written or read, each with its progress. */
export function JobNotices() {
  const jobs = useJobs((state) => state.jobs);
  return jobs.map(({ name, progress, cancelling }) => {
    // Until the user has chosen a file there is nothing to tell.
    if (progress === null) return null;
    const { step, bytesDone, bytesTotal } = progress;
    return (
      <Notice key={name} severity="note">
        <div className="job-notice">
          <span className="job-notice__text">
            {step}, {formatBytes(bytesDone)} of {formatBytes(bytesTotal)}
          </span>
          <Button disabled={cancelling} onClick={() => cancel(name)}>
            {cancelling ? 'Cancelling…' : 'Cancel'}
          </Button>
        </div>
        <ProgressBar label={step} ratio={bytesTotal === 0 ? undefined : bytesDone / bytesTotal} />
      </Notice>
    );
  });
}
