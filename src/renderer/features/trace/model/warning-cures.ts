// SPDX-License-Identifier: Apache-2.0

/** What to do about each warning of a trace; its message says what was noticed and what became of it. */
const cures: Readonly<Record<string, string>> = {
  truncated:
    'Let the program end by itself, so that its profiler writes the file to the end, or copy the file again. Figures of the last iterations may be too small.',
  'malformed-events':
    'Record again if many are missing. A few that the profiler wrote wrongly do not change sums noticeably.',
  'invalid-text': 'Nothing: times are right. Names that differ only in such bytes are counted as one.',
  'metadata-unreadable':
    'Align several ranks by an iteration instead of the wall clock, and take device names from the run.',
  'negative-duration':
    'Distrust the times of these slices: the clock of their thread was set back. Record again if they matter.',
  'zero-duration': 'Nothing: events shorter than the clock’s tick are normal.',
  'missing-duration':
    'Distrust sums that these slices belong to; record again with a newer profiler if they matter.',
  'partial-overlap':
    'Nothing for a few: timestamps are rounded. Many mean that several threads share an id; look at the lanes of the track.',
  'unclosed-begin':
    'Distrust the length of these slices: their end was not recorded. A longer window catches it.',
  'unmatched-end': 'Nothing: they began before the recording did. An earlier window catches them.',
  'flow-without-partner':
    'Nothing: the other end lies outside of the recorded window. Launch delays of these are not known.',
  'flow-without-slice': 'Nothing: arrows to them are missing. Launch delays of these are not known.',
  'counter-value-unreadable': 'Nothing: the counter has gaps there.',
  'id-too-large':
    'Record fewer iterations at a time: kernels without their launch belong to no iteration, so that its GPU figures are too small.',
  'lanes-clamped': 'Record without Python stacks, or a shorter window: something recurses very deeply.',
  'categories-clamped': 'Nothing: only the colours and names of rare categories are affected.',
  'iterations-not-found':
    'Record with the engine’s profiling window, which marks every step, or describe its markers in step-markers.json.',
  'foreign-tables': 'Export the report again with the nsys that recorded it.',
  'damaged-pages': 'Export the report again; if it stays damaged, copy the report again or record again.',
  'unfinished-export':
    'Wait until the export has ended and open the file again; its last records may be missing.',
  'no-wall-clock': 'Align the ranks by an iteration; times between ranks are then relative to its start.',
  'not-drawn': 'Nothing: open the report in Nsight Systems to see them.',
  'capture-incomplete':
    'Do not compare the figures of these steps. Record fewer iterations, or let the recorder flush more often.',
  'recorder-diagnostic':
    'Read what the recorder says: lost events make figures too small. Look it up in its documentation.',
  'step-markers-refused': 'Correct step-markers.json and open the trace again.',
};

/** A sentence for each code that the reader of traces knows. */
export function cureOf(code: string): string {
  return cures[code] ?? 'Nothing is known to be done about this.';
}

export const cureCodes: readonly string[] = Object.keys(cures);
