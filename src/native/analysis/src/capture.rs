// SPDX-License-Identifier: Apache-2.0
//! Whether each step holds what steps of its kind hold. Recorders lose events silently: a step with fewer than half
//! the kernels or API calls of the median of its kind (context, generation), or with none, was not captured whole.
//!
//! The last host window ends with its marker while the others last until the next one, so that the last step is
//! compared by what was launched within markers.

use std::ops::Range;

use iterscope_model::{CategoryRole, LaneRows, Row, TrackInfo, TrackType};
use iterscope_store::Store;
use rayon::prelude::*;

use crate::devices::{parts_of, roles};
use crate::iterations::{Iteration, iteration_at};

/// What was recorded of a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Captured {
    /// As much as of others of its kind, or nothing to compare it with.
    #[default]
    Complete,
    /// Fewer than half the kernels or API calls of the median of its kind.
    Partial,
    /// A marker, and no kernel or no API call.
    Empty,
}

/// The check of a whole trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureCheck {
    /// Steps that were compared.
    pub steps: u64,
    /// Steps that are not complete.
    pub incomplete: Vec<i64>,
    /// The last step with work, when all later ones have none: its own end may be missing.
    pub cut_in: Option<i64>,
}

impl CaptureCheck {
    /// What is missing, as a sentence; none when every step is complete.
    #[must_use]
    pub fn message(&self) -> Option<String> {
        let first = self.incomplete.first()?;
        let cut = self.cut_in.map_or_else(String::new, |step| {
            format!(" GPU work ends in step {step}, whose own end may be missing too.")
        });
        Some(format!(
            "Incomplete from step {first}: {} of {} steps hold no GPU work, or less than half of what steps of their kind \
             hold.{cut} Record again with a profiler that knows the program's CUDA version.",
            self.incomplete.len(),
            self.steps
        ))
    }
}

/// Kernels and API calls of a step.
#[derive(Debug, Clone, Copy, Default)]
pub struct Load {
    pub kernels: u64,
    pub calls: u64,
}

/// Loads of all steps, within host windows and within markers.
#[derive(Debug, Default)]
pub struct Loads {
    pub windows: Vec<Load>,
    pub markers: Vec<Load>,
}

/// Counts the API calls of a process in each step.
pub fn add_calls(store: &Store, pid: Option<&str>, iterations: &[Iteration], loads: &mut Loads) {
    let roles = roles(store);
    let is_host = |track: &&TrackInfo| {
        track.track_type != TrackType::GpuStream && pid.is_none_or(|pid| pid == track.pid)
    };
    let tracks = store.meta().tracks.iter().filter(is_host);
    let lanes: Vec<LaneRows> = tracks.flat_map(|track| store.lanes_of(track.id)).copied().collect();
    let is_call = |row: &Row| roles[usize::from(store.categories()[*row as usize])] == CategoryRole::HostApi;
    // Step, and how many calls in its window and in its marker; those of one step come together.
    let steps_of = |rows: Range<Row>| -> Vec<(usize, u64, u64)> {
        let mut counted: Vec<(usize, u64, u64)> = Vec::new();
        for start_ns in rows.filter(is_call).map(|row| store.starts()[row as usize]) {
            let known = counted.last().map(|(step, ..)| *step);
            let is_same =
                |step: &usize| (iterations[*step].span.0..iterations[*step].span.1).contains(&start_ns);
            let Some(step) = known.filter(is_same).or_else(|| iteration_at(iterations, start_ns)) else {
                continue;
            };
            let in_marker = u64::from(start_ns < iterations[step].marker_end_ns);
            match counted.last_mut().filter(|_| known == Some(step)) {
                Some((_, window, marker)) => (*window, *marker) = (*window + 1, *marker + in_marker),
                None => counted.push((step, 1, in_marker)),
            }
        }
        counted
    };
    let counted: Vec<_> = parts_of(&lanes).into_par_iter().map(steps_of).collect();
    for (step, window, marker) in counted.into_iter().flatten() {
        loads.windows[step].calls += window;
        loads.markers[step].calls += marker;
    }
}

/// Marks the steps that are incomplete; none when the trace cannot tell, because it holds no kernels.
pub fn check_capture(iterations: &mut [Iteration], loads: &Loads) -> Option<CaptureCheck> {
    let last = iterations.len().checked_sub(1)?;
    let sum = |pick: fn(&Load) -> u64| loads.windows.iter().map(pick).sum::<u64>();
    let (any_kernels, any_calls) = (sum(|load| load.kernels) > 0, sum(|load| load.calls) > 0);
    if !any_kernels {
        return None;
    }
    let kinds: Vec<Option<StepKind>> = iterations.iter().map(StepKind::of).collect();
    let medians = |all: &[Load], kind: StepKind, without_last: bool| {
        let of_kind =
            |(step, _): &(usize, &Load)| kinds[*step] == Some(kind) && !(without_last && *step == last);
        let loads: Vec<Load> = all.iter().enumerate().filter(of_kind).map(|(_, load)| *load).collect();
        (
            twice_median(loads.iter().map(|load| load.kernels)),
            twice_median(loads.iter().map(|load| load.calls)),
        )
    };
    // Once for each kind: asking anew for each step would grow with their square.
    let usual = StepKind::ALL.map(|kind| medians(&loads.windows, kind, true));
    let mut incomplete = Vec::new();
    for (step, kind) in kinds.iter().enumerate() {
        let Some(kind) = *kind else { continue };
        let (load, twice) = if step == last {
            (loads.markers[step], medians(&loads.markers, kind, false))
        } else {
            (loads.windows[step], usual[kind as usize])
        };
        let captured = if load.kernels == 0 || any_calls && load.calls == 0 {
            Captured::Empty
        } else if load.kernels * 4 < twice.0 || load.calls * 4 < twice.1 {
            Captured::Partial
        } else {
            Captured::Complete
        };
        iterations[step].captured = captured;
        if captured != Captured::Complete {
            incomplete.push(iterations[step].index);
        }
    }
    let last_with_work = iterations.iter().rposition(|step| step.captured != Captured::Empty);
    let cut_in = last_with_work.filter(|step| *step < last).map(|step| iterations[step].index);
    Some(CaptureCheck { steps: kinds.iter().flatten().count() as u64, incomplete, cut_in })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StepKind {
    Context,
    Generation,
    Unknown,
}

impl StepKind {
    /// In the order of their numbers.
    const ALL: [Self; 3] = [Self::Context, Self::Generation, Self::Unknown];

    /// None for a step that scheduled nothing: it need not hold any work.
    fn of(iteration: &Iteration) -> Option<Self> {
        match (iteration.context_requests, iteration.generation_requests) {
            (Some(0), Some(0)) => None,
            (Some(context), _) if context > 0 => Some(Self::Context),
            (_, Some(generation)) if generation > 0 => Some(Self::Generation),
            _ => Some(Self::Unknown),
        }
    }
}

/// Whole numbers only: twice the median, which of an even number is the sum of both middle values.
fn twice_median(values: impl Iterator<Item = u64>) -> u64 {
    let mut sorted: Vec<u64> = values.collect();
    sorted.sort_unstable();
    let upper = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    let lower = sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(0);
    lower + upper
}
