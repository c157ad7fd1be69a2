// SPDX-License-Identifier: Apache-2.0
//! Queue length of a stream: activities that were launched and have not ended, whatever launched them. The
//! kernels of one graph launch enter together.

use iterscope_model::{TrackId, TrackInfo, TrackType};
use rayon::prelude::*;

use crate::attribution::Calls;
use crate::devices::{roles, rows_of};
use crate::selection::Subject;
use crate::spans::{Span, clip, sum_ns};

/// The queue of one stream over a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamQueue {
    /// Track of the stream.
    pub track: TrackId,
    /// Device.
    pub device: u32,
    /// Activities with a known launch call that were in the queue at some time of the range.
    pub activities: u64,
    /// Activities of the stream that no launch call is known of: they are not counted in.
    pub unknown: u64,
    /// Longest.
    pub max: u32,
    /// Sum of the times that activities spent in the queue within the range; divided by the range's length it
    /// is the mean length.
    pub queued_ns: i64,
    /// Longest queue in each of the equal parts of the range.
    pub longest: Vec<u32>,
}

/// The queues of all streams over a range, with the longest length in each of `parts` equal parts of it.
#[must_use]
pub fn queues(subject: &Subject<'_>, range: Span, parts: u32) -> Vec<StreamQueue> {
    let store = subject.store;
    let roles = roles(store);
    let calls = Calls::of(store, &roles);
    let queue_of = |track: &TrackInfo| {
        let work = store.lanes_of(track.id).iter().flat_map(rows_of);
        let work = work.filter(|row| roles[usize::from(store.categories()[*row as usize])].is_device_work());
        let (mut waits, mut unknown) = (Vec::new(), 0);
        for row in work {
            match calls.call_of(row) {
                Some(call) => waits.extend(clip((store.starts()[call as usize], store.end_ns(row)), range)),
                None => unknown += 1,
            }
        }
        if waits.is_empty() && unknown == 0 {
            return None;
        }
        let queue = StreamQueue {
            track: track.id,
            device: track.device_id.unwrap_or_default(),
            activities: waits.len() as u64,
            unknown,
            max: 0,
            queued_ns: sum_ns(waits.iter().map(|wait| wait.1 - wait.0)),
            longest: vec![0; parts as usize],
        };
        Some(with_lengths(queue, &waits, range))
    };
    let streams = store.meta().tracks.par_iter().filter(|track| track.track_type == TrackType::GpuStream);
    streams.filter_map(queue_of).collect()
}

fn with_lengths(mut queue: StreamQueue, waits: &[Span], range: Span) -> StreamQueue {
    // At one time, ends come before starts: who leaves as another enters does not meet it.
    let mut edges: Vec<(i64, i32)> = waits.iter().flat_map(|wait| [(wait.0, 1), (wait.1, -1)]).collect();
    edges.sort_unstable();
    let (mut length, mut since) = (0_i32, range.0);
    for (time, change) in edges {
        note(&mut queue, length, (since, time), range);
        length += change;
        since = time;
    }
    queue
}

fn note(queue: &mut StreamQueue, length: i32, span: Span, range: Span) {
    let length = u32::try_from(length).unwrap_or_default();
    if span.1 <= span.0 || length == 0 {
        return;
    }
    queue.max = queue.max.max(length);
    let parts = queue.longest.len() as i128;
    let part_of = |time: i64| i128::from(time - range.0) * parts / i128::from((range.1 - range.0).max(1));
    let (first, last) = (part_of(span.0), part_of(span.1 - 1));
    for part in first..=last {
        if let Some(longest) = usize::try_from(part).ok().and_then(|part| queue.longest.get_mut(part)) {
            *longest = (*longest).max(length);
        }
    }
}
