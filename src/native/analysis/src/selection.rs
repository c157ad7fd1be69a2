// SPDX-License-Identifier: Apache-2.0
//! Which slices a question is about. In a range of time those count that overlap it; in iterations, device
//! work counts where it was launched and host slices where they start.

use std::sync::Arc;

use iterscope_model::{CategoryRole, ErrorCode, LaneRows, Result, Row, TraceError, TrackId};
use iterscope_store::Store;
use rayon::prelude::*;

use crate::attributed::{attribute, window_holding};
use crate::devices::{roles, rows_of};
use crate::iterations::host_spans;
use crate::marker_rules::MarkerRules;
use crate::shared::Shared;
use crate::spans::{Span, clip};

/// A trace, and how its iterations are found.
#[derive(Clone)]
pub struct Subject<'a> {
    /// The trace.
    pub store: &'a Store,
    /// What its step markers look like.
    pub rules: &'a MarkerRules,
    /// Number of the first iteration when the markers have none.
    pub first_index: i64,
    /// What earlier questions about this store by these rules left; a fresh one when nothing else asks.
    pub shared: Arc<Shared>,
}

impl<'a> Subject<'a> {
    /// A trace read by the markers that every Iterscope knows, counted from zero.
    #[must_use]
    pub fn of(store: &'a Store) -> Self {
        Self { store, rules: MarkerRules::built_in(), first_index: 0, shared: Arc::default() }
    }
}

/// What slices are, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Kernels.
    Kernels,
    /// Kernels, copies and sets.
    DeviceWork,
    /// Framework operators.
    Operators,
    /// Ranges that the program named.
    Ranges,
    /// Calls into a GPU runtime or driver.
    Calls,
    /// Everything.
    All,
}

impl Layer {
    pub(crate) fn has(self, role: CategoryRole) -> bool {
        match self {
            Self::Kernels => role == CategoryRole::Kernel,
            Self::DeviceWork => role.is_device_work(),
            Self::Operators => role == CategoryRole::Operator,
            Self::Ranges => role == CategoryRole::HostRange,
            Self::Calls => role == CategoryRole::HostApi,
            Self::All => true,
        }
    }
}

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// The whole trace.
    Everything,
    /// From one time to another.
    Range(Span),
    /// From one iteration to another, both included.
    Iterations(i64, i64),
}

/// Which slices a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// When.
    pub extent: Extent,
    /// What.
    pub layer: Layer,
    /// Where; everywhere when none are named.
    pub tracks: Option<Vec<TrackId>>,
}

/// A chosen slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    pub row: Row,
    pub track: TrackId,
    /// How much of it lies in the range; all of it in iterations.
    pub inside_ns: i64,
}

impl Selection {
    /// All slices of a layer.
    #[must_use]
    pub const fn all(layer: Layer) -> Self {
        Self { extent: Extent::Everything, layer, tracks: None }
    }

    /// The chosen slices, by track, lane and start.
    pub(crate) fn choose(&self, subject: &Subject<'_>) -> Result<Vec<Chosen>> {
        let store = subject.store;
        let roles = roles(store);
        let mut chosen = match self.extent {
            Extent::Everything => self.in_range(store, (i64::MIN, i64::MAX), &roles),
            Extent::Range(range) => self.in_range(store, range, &roles),
            Extent::Iterations(first, last) => return self.in_iterations(subject, first, last, &roles),
        };
        chosen.shrink_to_fit();
        Ok(chosen)
    }

    fn has_track(&self, track: TrackId) -> bool {
        self.tracks.as_ref().is_none_or(|tracks| tracks.contains(&track))
    }

    /// The same without a list: what to go through, and a test. A list of all operators of a large trace would cost more
    /// than any question about them.
    pub(crate) fn members(&self, subject: &Subject<'_>) -> Result<Members> {
        let store = subject.store;
        let range = match self.extent {
            Extent::Everything => (i64::MIN, i64::MAX),
            Extent::Range(range) => range,
            Extent::Iterations(..) => {
                let mut is_chosen = vec![false; store.slice_count()];
                for slice in self.choose(subject)? {
                    is_chosen[slice.row as usize] = true;
                }
                return Ok(Members::Listed(is_chosen));
            }
        };
        Ok(Members::Within { range, tracks: self.tracks.clone(), roles: roles(store), layer: self.layer })
    }

    fn in_range(&self, store: &Store, range: Span, roles: &[CategoryRole]) -> Vec<Chosen> {
        let tracks = store.meta().tracks.iter().filter(|track| self.has_track(track.id));
        let lanes: Vec<(TrackId, LaneRows)> =
            tracks.flat_map(|track| store.lanes_of(track.id).iter().map(|lane| (track.id, *lane))).collect();
        let chosen_of = |(track, lane): (TrackId, LaneRows)| {
            overlapping(store, lane, range).filter_map(move |row| {
                if !self.layer.has(roles[usize::from(store.categories()[row as usize])]) {
                    return None;
                }
                let span = (store.starts()[row as usize], store.end_ns(row));
                let inside_ns = clip(span, range).map_or(0, |part| part.1 - part.0);
                Some(Chosen { row, track, inside_ns })
            })
        };
        lanes.into_par_iter().flat_map_iter(chosen_of).collect()
    }

    fn in_iterations(
        &self,
        subject: &Subject<'_>,
        first: i64,
        last: i64,
        roles: &[CategoryRole],
    ) -> Result<Vec<Chosen>> {
        let store = subject.store;
        let (numbers, windows): (Vec<i64>, Vec<Span>) = host_spans(subject).into_iter().unzip();
        let wanted = |window: usize| (first..=last).contains(&numbers[window]);
        if !(0..windows.len()).any(wanted) {
            return Err(no_iterations(first, last, &numbers));
        }
        let role = |row: Row| roles[usize::from(store.categories()[row as usize])];
        let mut rows: Vec<Row> = Vec::new();
        for work in subject.device_work().iter() {
            let attributed = attribute(work, &windows);
            let owned = work.activities.iter().zip(&attributed.owners);
            rows.extend(
                owned.filter(|(_, owner)| owner.is_some_and(wanted)).map(|(activity, _)| activity.row),
            );
        }
        for track in &store.meta().tracks {
            let starts_inside =
                |row: &Row| window_holding(&windows, store.starts()[*row as usize]).is_some_and(wanted);
            let host =
                store.lanes_of(track.id).iter().flat_map(rows_of).filter(|row| !role(*row).is_on_device());
            rows.extend(host.filter(starts_inside));
        }
        rows.retain(|row| self.layer.has(role(*row)));
        rows.sort_unstable();
        let chosen = rows.into_iter().filter_map(|row| {
            let (track, _) = store.place_of(row).ok()?;
            self.has_track(track).then(|| Chosen { row, track, inside_ns: store.dur_ns(row) })
        });
        Ok(chosen.collect())
    }
}

/// The slices of a selection.
pub enum Members {
    /// By row.
    Listed(Vec<bool>),
    /// All of a layer that reach into a range.
    Within { range: Span, tracks: Option<Vec<TrackId>>, roles: Vec<CategoryRole>, layer: Layer },
}

impl Members {
    pub fn has(&self, store: &Store, row: Row) -> bool {
        match self {
            Self::Listed(is_chosen) => is_chosen[row as usize],
            Self::Within { range, tracks, roles, layer } => {
                layer.has(roles[usize::from(store.categories()[row as usize])])
                    && reaches_into(store, row, *range)
                    && tracks.as_ref().is_none_or(|tracks| {
                        store.place_of(row).is_ok_and(|(track, _)| tracks.contains(&track))
                    })
            }
        }
    }
}

/// As [`overlapping`] has it.
fn reaches_into(store: &Store, row: Row, range: Span) -> bool {
    let start_ns = store.starts()[row as usize];
    start_ns < range.1 && (start_ns >= range.0 || store.end_ns(row) > range.0)
}

/// The chosen slices and their tracks, by row.
///
/// # Errors
/// `query.out-of-range` when the selection names iterations that the trace does not have.
pub fn chosen_rows(subject: &Subject<'_>, selection: &Selection) -> Result<Vec<(Row, TrackId)>> {
    let mut rows: Vec<(Row, TrackId)> =
        selection.choose(subject)?.into_iter().map(|slice| (slice.row, slice.track)).collect();
    rows.sort_unstable();
    Ok(rows)
}

/// From the start of one iteration to the end of another on the host, nanoseconds from the origin.
///
/// # Errors
/// `query.out-of-range` when the trace has none of them.
pub fn iteration_span(subject: &Subject<'_>, first: i64, last: i64) -> Result<Span> {
    let spans = host_spans(subject);
    let chosen = || spans.iter().filter(|(number, _)| (first..=last).contains(number)).map(|(_, span)| span);
    let start = chosen().map(|span| span.0).min();
    let end = chosen().map(|span| span.1).max();
    let numbers = || spans.iter().map(|(number, _)| *number).collect::<Vec<i64>>();
    start.zip(end).ok_or_else(|| no_iterations(first, last, &numbers()))
}

pub fn no_iterations(first: i64, last: i64, numbers: &[i64]) -> TraceError {
    let known = match (numbers.iter().min(), numbers.iter().max()) {
        (Some(low), Some(high)) => format!("it holds {low} to {high}"),
        _ => "it has no step markers, and nothing to infer iterations from".to_owned(),
    };
    let message = format!("The trace has no iterations {first} to {last}: {known}. Ask for some of those.");
    TraceError::new(ErrorCode::QueryOutOfRange, message)
}

/// The rows of a lane that reach into a range; slices of no length count when they start inside.
pub fn overlapping(store: &Store, lane: LaneRows, range: Span) -> std::ops::Range<Row> {
    let starts = &store.starts()[lane.first as usize..(lane.first + lane.count) as usize];
    let row = |position: usize| lane.first + Row::try_from(position).unwrap_or(lane.count);
    let mut first = starts.partition_point(|start| *start < range.0);
    if first > 0 && store.end_ns(row(first - 1)) > range.0 {
        first -= 1;
    }
    let end = starts.partition_point(|start| *start < range.1);
    row(first)..row(end.max(first))
}
