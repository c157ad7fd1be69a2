// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'react';
import { invoke } from '#renderer/data/bridge.ts';
import { notifyFailure } from '#renderer/stores/notices.ts';
import { LogBuffer, type LogRow, type LogStream } from './log-buffer.ts';

/** While a run lives, its outputs are looked at this often. */
const POLL_MS = 250;
const streams: readonly LogStream[] = ['stdout', 'stderr'];

export interface Log {
  readonly rows: readonly LogRow[];
  readonly dropped: number;
  readonly errorRows: number;
  /** All that is in the files was read. */
  readonly complete: boolean;
}

interface Kept {
  readonly buffer: LogBuffer;
  readonly offsets: Record<LogStream, number>;
}

const nothing: Log = { rows: [], dropped: 0, errorRows: 0, complete: false };

function snapshot(buffer: LogBuffer, only: LogStream | 'all', complete: boolean): Log {
  const all = [...buffer.rows, ...buffer.tail()];
  return {
    rows: only === 'all' ? all : all.filter((row) => row.stream === only),
    dropped: buffer.dropped,
    errorRows: all.reduce((count, row) => count + (row.stream === 'stderr' ? 1 : 0), 0),
    complete,
  };
}

/** Reads what is new of both outputs into the buffer; false while more is waiting. */
async function readOn(id: string, { buffer, offsets }: Kept, stopped: AbortSignal): Promise<boolean> {
  let all = true;
  for (const stream of streams) {
    const chunk = await invoke('runs.readLog', { id, stream, offset: offsets[stream] });
    // Another reader has taken over: what this one asked for is its to read.
    if (stopped.aborted) return true;
    buffer.append(stream, chunk.text);
    if (chunk.more && chunk.nextOffset > offsets[stream]) all = false;
    offsets[stream] = chunk.nextOffset;
  }
  return all;
}

/** A run's outputs by offset: followed while it lives, to their end when it has ended. */
export function useLog(id: string, live: boolean, only: LogStream | 'all'): Log {
  const [log, setLog] = useState(nothing);
  const kept = useRef<Kept | null>(null);
  const shown = useRef(only);
  useEffect(() => {
    shown.current = only;
    const buffer = kept.current?.buffer;
    if (buffer === undefined) return;
    const timer = setTimeout(() => {
      setLog((before) => snapshot(buffer, only, before.complete));
    });
    return () => {
      clearTimeout(timer);
    };
  }, [only]);
  useEffect(() => {
    kept.current ??= { buffer: new LogBuffer(), offsets: { stdout: 0, stderr: 0 } };
    const reading = kept.current;
    const { buffer } = reading;
    const stopped = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const step = async (): Promise<void> => {
      const before = buffer.version;
      const all = await readOn(id, reading, stopped.signal);
      if (stopped.signal.aborted) return;
      if (buffer.version !== before || all) setLog(snapshot(buffer, shown.current, all && !live));
      if (!all) timer = setTimeout(() => void step().catch(notifyFailure));
      else if (live) timer = setTimeout(() => void step().catch(notifyFailure), POLL_MS);
    };
    step().catch(notifyFailure);
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }, [id, live]);
  return log;
}
