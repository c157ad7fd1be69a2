// SPDX-License-Identifier: Apache-2.0
//! `HolisticTraceAnalysis` per stream: why it idled, and how long its queue was.

use iterscope_store::Store;

use crate::hta::HtaEvent;
use crate::hta_names::HtaNames;

/// A gap that is strictly shorter is a wait between kernels.
const KERNEL_WAIT_NS: i64 = 30_000;

/// One stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HtaStream {
    /// Its number.
    pub stream: u32,
    /// The call of what follows began after the gap did (`get_idle_time_breakdown`).
    pub host_wait_ns: i64,
    /// It did not, and the gap is shorter than 30 µs: negative where activities overlap.
    pub kernel_wait_ns: i64,
    /// It did not, and the gap is longer.
    pub other_ns: i64,
    /// How often its queue changed (`get_queue_length_time_series`): longer when a call begins, shorter when what it
    /// launched begins.
    pub queue_changes: u64,
    /// Longest.
    pub queue_max: i64,
    /// Sum of the lengths after each change; divided by the changes it is its mean.
    pub queue_sum: i64,
}

/// Streams by number; events come by stream and start.
pub fn streams(store: &Store, names: &HtaNames, events: &[HtaEvent]) -> Vec<HtaStream> {
    events.chunk_by(|a, b| a.stream == b.stream).map(|events| stream_of(store, names, events)).collect()
}

fn stream_of(store: &Store, names: &HtaNames, events: &[HtaEvent]) -> HtaStream {
    let mut stream = HtaStream { stream: events[0].stream, ..HtaStream::default() };
    // What ran before ends the gap's other side, even where an earlier one runs longer.
    let work: Vec<&HtaEvent> = events.iter().filter(|event| event.is_work).collect();
    for pair in work.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let gap_ns = after.span.0 - before.span.1;
        let called_after = after.call.is_some_and(|call| store.starts()[call as usize] > before.span.1);
        *(match (called_after, gap_ns < KERNEL_WAIT_NS) {
            (true, _) => &mut stream.host_wait_ns,
            (false, true) => &mut stream.kernel_wait_ns,
            (false, false) => &mut stream.other_ns,
        }) += gap_ns;
    }
    let queued = |event: &&HtaEvent| {
        event.call.is_some_and(|call| names.is_queued_launch(store.name_ids()[call as usize]))
    };
    let mut changes: Vec<(i64, i64)> = Vec::new();
    for event in events.iter().filter(queued) {
        let called = event.call.map_or(event.span.0, |call| store.starts()[call as usize]);
        changes.extend([(called, 1), (event.span.0, -1)]);
    }
    // It leaves open what comes first at one time; what leaves does.
    changes.sort_unstable();
    let mut length = 0;
    for (_, change) in &changes {
        length += change;
        stream.queue_max = stream.queue_max.max(length);
        stream.queue_sum += length;
    }
    stream.queue_changes = changes.len() as u64;
    stream
}
