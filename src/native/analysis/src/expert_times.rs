// SPDX-License-Identifier: Apache-2.0
//! Time of expert computing by layer and iteration.
//!
//! On devices these are the `MoE` kernels; where a trace has none by name, computing that was launched within ranges or
//! operators named for experts. Without device work it is the operator `moe.experts` of the embedded engine. A layer is
//! told by the innermost range around the launch that names one. A CUDA graph is launched outside of such ranges: there
//! layers are told by order alone, and only where the iteration's kernels are the same sequence of names once for each
//! layer.

use iterscope_model::{CategoryRole, Kind, KindClass, NameId, Result, Row};
use rustc_hash::FxHashMap;

use crate::attributed::{attribute, window_holding};
use crate::devices::{roles, rows_of};
use crate::iterations::host_spans;
use crate::layer_ranges::{LayerRanges, Named};
use crate::selection::{Layer, Subject};
use crate::spans::Span;

/// The embedded engine's operator that holds nothing but expert computing.
const HOST_OPERATOR: &str = "moe.experts";

/// By what expert computing was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldBy {
    /// `MoE` kernels.
    Kernels,
    /// Kernels launched within ranges named for experts.
    Ranges,
    /// Operators of the host.
    Operators,
}

impl ToldBy {
    /// As text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kernels => "kernels",
            Self::Ranges => "ranges",
            Self::Operators => "operators",
        }
    }
}

/// Time of expert computing in nanoseconds: sums of durations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpertTimes {
    /// By what it was told.
    pub told_by: ToldBy,
    /// Iterations that were asked for and are there, ascending.
    pub iterations: Vec<i64>,
    /// Layers that were told, ascending.
    pub layers: Vec<u32>,
    /// `[layer][iteration]`.
    pub layer_ns: Vec<i64>,
    /// All expert computing, by iteration; what is more than its layers' belongs to none that could be told.
    pub total_ns: Vec<i64>,
    /// Of all layers, what was told by order alone.
    pub by_order_ns: i64,
}

/// A kernel or operator of one iteration, by position.
struct Piece {
    iteration: usize,
    row: Row,
    layer: Option<u32>,
}

/// Expert computing of the iterations `first` to `last`, both included; `None` where the trace does not tell of any.
/// `expert_layers` are those that have experts, in the order in which an iteration goes through them.
///
/// # Errors
/// `query.out-of-range` when the trace has none of the iterations.
pub fn expert_times(
    subject: &Subject<'_>,
    (first, last): (i64, i64),
    expert_layers: &[u32],
) -> Result<Option<ExpertTimes>> {
    let (numbers, windows): (Vec<i64>, Vec<Span>) = host_spans(subject).into_iter().unzip();
    let from = numbers.partition_point(|number| *number < first);
    let to = numbers.partition_point(|number| *number <= last).max(from);
    if from == to {
        return Err(crate::selection::no_iterations(first, last, &numbers));
    }
    let ranges = LayerRanges::of(subject.store);
    let asked = |window: usize| (from..to).contains(&window).then(|| window - from);
    let (told_by, mut pieces) = if subject.device_work().is_empty() {
        (ToldBy::Operators, operators(subject, &windows, asked, &ranges))
    } else {
        kernels(subject, &windows, asked, &ranges)
    };
    if pieces.is_empty() {
        return Ok(None);
    }
    let by_order_ns = tell_by_order(subject, &mut pieces, expert_layers);
    Ok(Some(summed(subject, told_by, numbers[from..to].to_vec(), &pieces, by_order_ns)))
}

fn operators(
    subject: &Subject<'_>,
    windows: &[Span],
    asked: impl Fn(usize) -> Option<usize>,
    ranges: &LayerRanges<'_>,
) -> Vec<Piece> {
    let store = subject.store;
    let roles = roles(store);
    let rows = store.meta().tracks.iter().flat_map(|track| store.lanes_of(track.id).iter().flat_map(rows_of));
    rows.filter(|row| {
        Layer::Operators.has(roles[usize::from(store.categories()[*row as usize])])
            && store.text(store.name_ids()[*row as usize]) == Some(HOST_OPERATOR)
    })
    .filter_map(|row| {
        let iteration = asked(window_holding(windows, store.starts()[row as usize])?)?;
        Some(Piece { iteration, row, layer: ranges.around(row).layer })
    })
    .collect()
}

/// `MoE` kernels; where there are none, computing within ranges named for experts. By device, in order of their starts.
fn kernels(
    subject: &Subject<'_>,
    windows: &[Span],
    asked: impl Fn(usize) -> Option<usize>,
    ranges: &LayerRanges<'_>,
) -> (ToldBy, Vec<Piece>) {
    let store = subject.store;
    let (mut by_kind, mut by_range) = (Vec::new(), Vec::new());
    let nothing = Named { layer: None, is_moe: false };
    for work in subject.device_work().iter() {
        let attributed = attribute(work, windows);
        for (position, activity) in work.activities.iter().enumerate() {
            let Some(iteration) = attributed.owners[position].and_then(&asked) else { continue };
            // A kernel of no class computes all the same.
            let is_computing = matches!(activity.class(store), KindClass::Compute | KindClass::None);
            if activity.role != CategoryRole::Kernel || !is_computing {
                continue;
            }
            let around = work.launched_by[position].map_or(nothing, |launcher| ranges.around(launcher));
            let piece = Piece { iteration, row: activity.row, layer: around.layer };
            if Kind::from_number(store.kinds()[activity.row as usize]) == Kind::Moe {
                by_kind.push(piece);
            } else if around.is_moe {
                by_range.push(piece);
            }
        }
    }
    if by_kind.is_empty() { (ToldBy::Ranges, by_range) } else { (ToldBy::Kernels, by_kind) }
}

/// Gives layers to the pieces of iterations in which no piece has one; returns their time.
fn tell_by_order(subject: &Subject<'_>, pieces: &mut [Piece], expert_layers: &[u32]) -> i64 {
    if expert_layers.is_empty() {
        return 0;
    }
    let store = subject.store;
    // Each device goes through the layers by itself.
    let device_of = |row: Row| {
        let track = store.place_of(row).ok().map(|(track, _)| track);
        track.and_then(|track| store.meta().tracks.get(track as usize)?.device_id)
    };
    let mut groups: FxHashMap<(usize, Option<u32>), Vec<usize>> = FxHashMap::default();
    for (at, piece) in pieces.iter().enumerate() {
        groups.entry((piece.iteration, device_of(piece.row))).or_default().push(at);
    }
    let mut told_ns: i64 = 0;
    for group in groups.values() {
        if group.iter().any(|at| pieces[*at].layer.is_some()) {
            continue;
        }
        let names: Vec<NameId> = group.iter().map(|at| store.name_ids()[pieces[*at].row as usize]).collect();
        let Some(length) = length_of_layer(&names, expert_layers.len()) else { continue };
        for (position, at) in group.iter().enumerate() {
            pieces[*at].layer = Some(expert_layers[position / length]);
            told_ns = told_ns.saturating_add(store.dur_ns(pieces[*at].row));
        }
    }
    told_ns
}

/// How many kernels a layer has, when all layers have the same ones in the same order.
fn length_of_layer(names: &[NameId], layers: usize) -> Option<usize> {
    let length = names.len() / layers;
    let is_even = length > 0 && names.len() == length * layers;
    (is_even && names.chunks(length).all(|layer| layer == &names[..length])).then_some(length)
}

fn summed(
    subject: &Subject<'_>,
    told_by: ToldBy,
    iterations: Vec<i64>,
    pieces: &[Piece],
    by_order_ns: i64,
) -> ExpertTimes {
    let mut layers: Vec<u32> = pieces.iter().filter_map(|piece| piece.layer).collect();
    layers.sort_unstable();
    layers.dedup();
    let mut layer_ns = vec![0_i64; layers.len() * iterations.len()];
    let mut total_ns = vec![0_i64; iterations.len()];
    for piece in pieces {
        let dur_ns = subject.store.dur_ns(piece.row);
        let total = &mut total_ns[piece.iteration];
        *total = total.saturating_add(dur_ns);
        if let Some(Ok(at)) = piece.layer.map(|layer| layers.binary_search(&layer)) {
            let cell = &mut layer_ns[at * iterations.len() + piece.iteration];
            *cell = cell.saturating_add(dur_ns);
        }
    }
    ExpertTimes { told_by, iterations, layers, layer_ns, total_ns, by_order_ns }
}
