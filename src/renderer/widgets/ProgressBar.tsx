// SPDX-License-Identifier: Apache-2.0
import './progress-bar.css';

interface ProgressBarProps {
  readonly label: string;
  /** 0..1; absent where the end is not known: then nothing is pretended. */
  readonly ratio?: number | undefined;
}

export function ProgressBar({ label, ratio }: ProgressBarProps) {
  const bounded = ratio === undefined ? undefined : Math.min(1, Math.max(0, ratio));
  return (
    <progress
      className={bounded === undefined ? 'progress-bar progress-bar--unknown' : 'progress-bar'}
      aria-label={label}
      max={1}
      {...(bounded === undefined ? {} : { value: bounded })}
    />
  );
}
