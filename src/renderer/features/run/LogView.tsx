// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { formatCount } from '#shared/base/units.ts';
import { plural } from '#renderer/base/format.ts';
import { Segmented } from '#renderer/widgets/Segmented.tsx';
import { Switch } from '#renderer/widgets/Switch.tsx';
import type { LogRow, LogStream } from './log-buffer.ts';
import { useLog } from './use-log.ts';
import './log-view.css';

const ROW_PX = 18;
/** This close to the end counts as being at it. */
const AT_END_PX = 2 * ROW_PX;

/** Both outputs of a run as text; follows the end unless the user scrolls away from it. */
export function LogView({ id, live }: { readonly id: string; readonly live: boolean }) {
  const [only, setOnly] = useState<LogStream | 'all'>('all');
  const [follow, setFollow] = useState(live);
  const log = useLog(id, live, only);
  return (
    <section className="log" aria-label="Log">
      <div className="log__head">
        <h2 className="log__title">Log</h2>
        <span className="log__count">
          {plural(log.rows.length, 'line')}
          {log.dropped > 0 && `; ${formatCount(log.dropped)} earlier ones are in the file only`}
        </span>
        <Segmented
          label="Output shown"
          value={only}
          segments={[
            { value: 'all', label: 'Both' },
            { value: 'stdout', label: 'stdout' },
            { value: 'stderr', label: log.errorRows > 0 ? `stderr ${formatCount(log.errorRows)}` : 'stderr' },
          ]}
          onChange={setOnly}
        />
        <Switch label="Follow" checked={follow} onChange={setFollow} />
      </div>
      {log.rows.length === 0 ? (
        <p className="log__empty">
          {log.complete ? 'The program wrote nothing here.' : 'Nothing written yet.'}
        </p>
      ) : (
        <LogRows rows={log.rows} follow={follow} onFollow={setFollow} />
      )}
    </section>
  );
}

interface LogRowsProps {
  readonly rows: readonly LogRow[];
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
}

function LogRows({ rows, follow, onFollow }: LogRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  // No compiler memoizes this component; the rule warns those who use one.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  useEffect(() => {
    const element = box.current;
    if (follow && element !== null) element.scrollTop = element.scrollHeight;
  }, [follow, rows]);
  return (
    <div
      ref={box}
      className="log__box mono selectable"
      role="log"
      aria-label="Program output"
      aria-live="off"
      tabIndex={0}
      onWheel={(event) => {
        if (event.deltaY < 0) onFollow(false);
        else if (atEnd(event.currentTarget)) onFollow(true);
      }}
      onKeyDown={(event) => {
        if (event.key === 'End') onFollow(true);
        else if (['Home', 'PageUp', 'ArrowUp'].includes(event.key)) onFollow(false);
      }}
    >
      <div className="log__space" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div key={index} className={`log__row log__row--${row.stream}`} style={{ top: start }}>
              {row.stream === 'stderr' && <span className="log__mark">err</span>}
              {row.text}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function atEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
}
