// SPDX-License-Identifier: Apache-2.0
//! Every question that the application asks of an opened trace, with answers thrown away.

use std::path::Path;

use iterscope_analysis::{
    Extent, GroupBy, Layer, Selection, Subject, device_ranges, groups, iterations, operators, queues,
    slice_details, summary, top_kernels, variations,
};
use iterscope_ingest::read_args;
use iterscope_model::{CounterId, Row, TrackId};
use iterscope_store::Store;
use iterscope_window::{CounterRequest, WindowRequest, query_counters, query_instants, query_window};

/// Rows that are looked at one by one.
const MOST_ROWS: u32 = 32;

/// Asks all of it. Errors are answers.
pub fn examine(store: &Store, source: Option<&Path>) {
    let meta = store.meta();
    let _ = summary(store);
    let tracks: Vec<TrackId> = meta.tracks.iter().map(|track| track.id).collect();
    let counters: Vec<CounterId> = meta.counters.iter().map(|counter| counter.id).collect();
    let (start_ns, end_ns) = (0, meta.end_ns);
    let middle = end_ns / 2;
    for (start_ns, end_ns) in
        [(start_ns, end_ns), (middle, end_ns), (middle, middle + 1), (i64::MIN, i64::MAX)]
    {
        let request = WindowRequest { start_ns, end_ns, units: 97, tracks: &tracks };
        let _ = query_window(store, &request);
        let _ = query_instants(store, &request);
        let _ = query_counters(store, &CounterRequest { start_ns, end_ns, units: 97, counters: &counters });
    }
    let subject = Subject::of(store);
    let _ = iterations(store, 0);
    let _ = top_kernels(store, 8);
    for by in [GroupBy::Nothing, GroupBy::Name, GroupBy::Kind, GroupBy::Track] {
        let _ = groups(&subject, &Selection::all(Layer::All), by);
    }
    let later = Selection { extent: Extent::Range((middle, end_ns)), ..Selection::all(Layer::DeviceWork) };
    let _ = groups(&subject, &later, GroupBy::Name);
    let _ = operators(&subject, &Selection::all(Layer::Operators));
    let _ = variations(&subject, 0, 3);
    let _ = device_ranges(&subject, (start_ns, end_ns), 8);
    let _ = queues(&subject, (start_ns, end_ns), 8);
    look_at_rows(store, source);
}

fn look_at_rows(store: &Store, source: Option<&Path>) {
    let rows = Row::try_from(store.slice_count()).unwrap_or(Row::MAX);
    for row in (0..rows.min(MOST_ROWS)).chain([rows, Row::MAX]) {
        let _ = slice_details(store, row);
        if let (Some(source), true) = (source, row < rows) {
            let _ = read_args(source, store, store.source_offset(row));
        }
    }
}
