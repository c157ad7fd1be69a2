// SPDX-License-Identifier: Apache-2.0
//! How threads spend their time, in traces without device work: on a thread the innermost operator counts,
//! among threads the highest class.

use iterscope_model::{Kind, KindClass, TrackType};
use iterscope_store::Store;

use crate::composition::ClassTimeline;
use crate::devices::rows_of;
use crate::spans::Span;

/// What the threads do at each time.
pub fn host_timeline(store: &Store) -> ClassTimeline {
    let threads = store.meta().tracks.iter().filter(|track| track.track_type == TrackType::Thread);
    ClassTimeline::of(threads.flat_map(|track| innermost(store, track.id)))
}

fn innermost(store: &Store, track: u32) -> Vec<(Span, KindClass)> {
    let class = |row: u32| Kind::from_number(store.kinds()[row as usize]).class();
    let mut rows: Vec<u32> = store.lanes_of(track).iter().flat_map(rows_of).collect();
    rows.retain(|row| class(*row) != KindClass::None);
    rows.sort_by_key(|row| (store.starts()[*row as usize], std::cmp::Reverse(store.end_ns(*row))));
    let mut segments = Vec::with_capacity(rows.len());
    let mut open: Vec<(i64, KindClass)> = Vec::new();
    let mut since = i64::MIN;
    for row in rows {
        let start = store.starts()[row as usize];
        close_until(start, &mut open, &mut since, &mut segments);
        if let Some((_, class)) = open.last() {
            segments.push(((since, start), *class));
        }
        since = start;
        open.push((store.end_ns(row), class(row)));
    }
    close_until(i64::MAX, &mut open, &mut since, &mut segments);
    segments
}

fn close_until(
    limit: i64,
    open: &mut Vec<(i64, KindClass)>,
    since: &mut i64,
    segments: &mut Vec<(Span, KindClass)>,
) {
    while let Some((end, class)) = open.pop_if(|(end, _)| *end <= limit) {
        if end > *since {
            segments.push(((*since, end), class));
            *since = end;
        }
    }
}
