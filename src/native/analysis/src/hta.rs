// SPDX-License-Identifier: Apache-2.0
//! The figures of `HolisticTraceAnalysis` 0.5.0 by its own definitions, to be shown beside ours under its name.
//!
//! It counts a stream by its number, whatever its device; it knows launch calls by name, and not those of graphs; an
//! event is on a device when it names a stream, which synchronisations do. With two profiler steps or more, what was
//! launched from the start of the last one on is left out. Ranges that are mirrored onto a device count for it only
//! where they name a stream, which `PyTorch` does not write: they are left out here.

use iterscope_model::{CategoryRole, Row, TrackType};
use iterscope_store::Store;
use rayon::prelude::*;

use crate::devices::{roles, rows_of};
use crate::hta_names::{HtaNames, WorkKind};
use crate::hta_streams::{HtaStream, streams};
use crate::spans::{Span, union_ns};

/// Figures of one rank.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::struct_field_names)] // The unit.
pub struct HtaFigures {
    /// The first start.
    pub start_ns: i64,
    /// From there to the last end (`get_temporal_breakdown`).
    pub kernel_ns: i64,
    /// Of that, nothing ran.
    pub idle_ns: i64,
    /// A computation ran.
    pub compute_ns: i64,
    /// Something ran, but no computation.
    pub non_compute_ns: i64,
    /// Communication ran (`get_comm_comp_overlap`).
    pub communication_ns: i64,
    /// Of that, a computation ran, too.
    pub overlap_ns: i64,
    /// Launches whose activity is known (`get_cuda_kernel_launch_stats`, memory events included).
    pub launch_count: u64,
    /// Sum of their delays: start of the activity − end of the call, not below 0.
    pub launch_delay_ns: i64,
    /// Longest.
    pub max_launch_delay_ns: i64,
    /// Launches whose activity began before their call had ended.
    pub immediate_launches: u64,
    /// By number.
    pub streams: Vec<HtaStream>,
    /// Start of the last profiler step: what was launched from there on is left out.
    pub until_ns: Option<i64>,
}

/// An event that names a stream.
#[derive(Debug, Clone, Copy)]
pub struct HtaEvent {
    pub stream: u32,
    pub span: Span,
    /// A kernel, copy or set, and no synchronisation.
    pub is_work: bool,
    pub kind: WorkKind,
    /// The call with the same correlation.
    pub call: Option<Row>,
}

/// The figures; none of a trace without work of devices.
#[must_use]
pub fn hta_figures(store: &Store) -> Option<HtaFigures> {
    let names = HtaNames::of(store);
    let until_ns = names.last_step_ns(store);
    let mut events = events(store, &names);
    if let Some(until) = until_ns {
        events.retain(|event| event.call.is_some_and(|call| store.starts()[call as usize] < until));
    }
    let first = events.iter().map(|event| event.span.0).min()?;
    let last = events.iter().map(|event| event.span.1).max()?;
    let length_of = |wanted: &[WorkKind]| {
        union_ns(events.iter().filter(|event| wanted.contains(&event.kind)).map(|event| event.span).collect())
    };
    let busy_ns = union_ns(events.iter().map(|event| event.span).collect());
    let compute_ns = length_of(&[WorkKind::Computation]);
    let communication_ns = length_of(&[WorkKind::Communication]);
    let either_ns = length_of(&[WorkKind::Computation, WorkKind::Communication]);
    let delays: Vec<i64> = events.iter().filter_map(|event| launch_delay_ns(store, &names, event)).collect();
    Some(HtaFigures {
        start_ns: first,
        kernel_ns: last - first,
        idle_ns: last - first - busy_ns,
        compute_ns,
        non_compute_ns: busy_ns - compute_ns,
        communication_ns,
        overlap_ns: compute_ns + communication_ns - either_ns,
        launch_count: delays.len() as u64,
        launch_delay_ns: delays.iter().sum(),
        max_launch_delay_ns: delays.iter().copied().max().unwrap_or_default(),
        immediate_launches: delays.iter().filter(|delay| **delay == 0).count() as u64,
        streams: streams(store, &names, &events),
        until_ns,
    })
}

/// Events on streams, by stream and start.
fn events(store: &Store, names: &HtaNames) -> Vec<HtaEvent> {
    let roles = roles(store);
    let role_of = |row: Row| roles[usize::from(store.categories()[row as usize])];
    let event_of = |stream: u32, row: Row| {
        let is_work = role_of(row).is_device_work() && role_of(row) != CategoryRole::DeviceGraph;
        if !is_work && role_of(row) != CategoryRole::DeviceSync {
            return None;
        }
        let correlated = store.rows_with_correlation(store.correlations()[row as usize]);
        Some(HtaEvent {
            stream,
            span: (store.starts()[row as usize], store.end_ns(row)),
            is_work,
            kind: names.kind(store.name_ids()[row as usize]),
            call: correlated.iter().copied().find(|row| role_of(*row) == CategoryRole::HostApi),
        })
    };
    let tracks = store.meta().tracks.iter().filter(|track| track.track_type == TrackType::GpuStream);
    let lanes: Vec<_> = tracks
        .filter_map(|track| Some((track.stream?, store.lanes_of(track.id))))
        .flat_map(|(stream, lanes)| lanes.iter().map(move |lane| (stream, *lane)))
        .collect();
    let event_of = &event_of;
    let mut events: Vec<HtaEvent> = lanes
        .into_par_iter()
        .flat_map_iter(|(stream, lane)| rows_of(&lane).filter_map(move |row| event_of(stream, row)))
        .collect();
    events.par_sort_by_key(|event| (event.stream, event.span.0));
    events
}

fn launch_delay_ns(store: &Store, names: &HtaNames, event: &HtaEvent) -> Option<i64> {
    let call = event.call.filter(|call| names.is_timed_launch(store.name_ids()[*call as usize]))?;
    Some((event.span.0 - store.end_ns(call)).max(0))
}
