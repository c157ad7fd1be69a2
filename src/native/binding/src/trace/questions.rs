// SPDX-License-Identifier: Apache-2.0
//! Questions that sum up a part of a trace.

use std::sync::Arc;

use iterscope_analysis::{
    Extent, GroupBy, Layer, Selection, Subject, device_ranges, differences, expert_times, groups, operators,
    queues, variations, work_of_operator,
};
use iterscope_model::{ErrorCode, Result, TraceError};
use napi::bindgen_prelude::{AsyncTask, Float64Array};
use napi_derive::napi;

use super::TraceHandle;
use super::figures::{DeviceRange, Difference, Group, OperatorStat, StreamQueue, Variation};
use super::objects::whole;
use super::work::Work;

/// Which slices a question is about. Without times and iterations it is the whole trace.
#[napi(object)]
pub struct TraceSelection {
    /// `kernels`, `device-work`, `operators`, `ranges`, `calls` or `all`.
    #[napi(ts_type = "'kernels' | 'device-work' | 'operators' | 'ranges' | 'calls' | 'all'")]
    pub layer: String,
    /// Begin of a range of time.
    pub start_ns: Option<f64>,
    /// Its end.
    pub end_ns: Option<f64>,
    /// First iteration of some; device work counts where it was launched.
    pub first_iteration: Option<f64>,
    /// The last of them, included.
    pub last_iteration: Option<f64>,
    /// Number of the trace's first iteration when its markers have none; 0 by default.
    pub first_index: Option<u32>,
    /// Tracks; all by default.
    pub tracks: Option<Vec<u32>>,
}

impl TraceSelection {
    fn first_index(&self) -> i64 {
        i64::from(self.first_index.unwrap_or(0))
    }

    fn to_selection(&self) -> Result<Selection> {
        let layer = match self.layer.as_str() {
            "kernels" => Layer::Kernels,
            "device-work" => Layer::DeviceWork,
            "operators" => Layer::Operators,
            "ranges" => Layer::Ranges,
            "calls" => Layer::Calls,
            "all" => Layer::All,
            other => return Err(unknown("layer", other)),
        };
        let pair = |first: Option<f64>, last: Option<f64>| Some((whole(first?), whole(last?)));
        let extent = match (pair(self.first_iteration, self.last_iteration), pair(self.start_ns, self.end_ns))
        {
            (Some((first, last)), _) => Extent::Iterations(first, last),
            (None, Some(range)) => Extent::Range(range),
            (None, None) => Extent::Everything,
        };
        Ok(Selection { extent, layer, tracks: self.tracks.clone() })
    }
}

fn unknown(what: &str, given: &str) -> TraceError {
    TraceError::new(ErrorCode::QueryOutOfRange, format!("There is no {what} \"{given}\" to ask for."))
}

fn group_by(text: &str) -> Result<GroupBy> {
    match text {
        "nothing" => Ok(GroupBy::Nothing),
        "name" => Ok(GroupBy::Name),
        "kind" => Ok(GroupBy::Kind),
        "track" => Ok(GroupBy::Track),
        other => Err(unknown("grouping", other)),
    }
}

fn answers<T, U: From<T>>(found: Vec<T>, limit: u32) -> Vec<U> {
    found.into_iter().take(limit as usize).map(U::from).collect()
}

/// Time of expert computing in nanoseconds.
#[napi(object)]
pub struct ExpertTimes {
    /// `kernels` of `MoE`, computing launched within `ranges` named for experts, or `operators` of the host.
    #[napi(ts_type = "'kernels' | 'ranges' | 'operators'")]
    pub told_by: String,
    /// Iterations that were asked for and are there, ascending.
    pub iterations: Vec<f64>,
    /// Layers that were told, ascending.
    pub layers: Vec<u32>,
    /// layers × iterations, row by row.
    pub layer_ns: Float64Array,
    /// All expert computing by iteration; what is more than its layers' belongs to none that could be told.
    pub total_ns: Float64Array,
    /// Of all layers, what was told by order alone.
    pub by_order_ns: f64,
}

// Nanoseconds of a trace stay far below 2^53, where doubles are exact.
#[allow(clippy::cast_precision_loss)]
fn times_object(times: iterscope_analysis::ExpertTimes) -> ExpertTimes {
    let reals = |values: Vec<i64>| values.into_iter().map(|value| value as f64).collect::<Vec<f64>>();
    ExpertTimes {
        told_by: times.told_by.as_str().to_owned(),
        iterations: reals(times.iterations),
        layers: times.layers,
        layer_ns: reals(times.layer_ns).into(),
        total_ns: reals(times.total_ns).into(),
        by_order_ns: times.by_order_ns as f64,
    }
}

#[napi]
impl TraceHandle {
    /// Expert computing of iterations `first` to `last` (included) by layer; null where the trace does not tell of any.
    /// `expertLayers` are those that have experts, in the order in which an iteration goes through them.
    #[napi(ts_return_type = "Promise<ExpertTimes | null>")]
    #[must_use]
    pub fn expert_times(
        &self,
        first: f64,
        last: f64,
        expert_layers: Vec<u32>,
    ) -> AsyncTask<Work<Option<ExpertTimes>>> {
        self.ask_about(0, move |subject| {
            let found = expert_times(subject, (whole(first), whole(last)), &expert_layers)?;
            Ok(found.map(times_object))
        })
    }

    /// Selected slices summed up by `nothing`, `name`, `kind` or `track`, the most time first.
    #[napi(ts_return_type = "Promise<Array<Group>>")]
    #[must_use]
    pub fn groups(&self, selection: TraceSelection, by: String, limit: u32) -> AsyncTask<Work<Vec<Group>>> {
        self.ask_about(selection.first_index(), move |subject| {
            Ok(answers(groups(subject, &selection.to_selection()?, group_by(&by)?)?, limit))
        })
    }

    /// What changed from one selection to another, by name and kind, the largest change first.
    #[napi(ts_return_type = "Promise<Array<Difference>>")]
    #[must_use]
    pub fn differences(
        &self,
        before: TraceSelection,
        after: TraceSelection,
        limit: u32,
    ) -> AsyncTask<Work<Vec<Difference>>> {
        self.ask_about(before.first_index(), move |subject| {
            Ok(answers(differences(subject, &before.to_selection()?, &after.to_selection()?)?, limit))
        })
    }

    /// Operators or ranges by name with the device work that they launched, the most work first.
    #[napi(ts_return_type = "Promise<Array<OperatorStat>>")]
    #[must_use]
    pub fn operators(&self, selection: TraceSelection, limit: u32) -> AsyncTask<Work<Vec<OperatorStat>>> {
        self.ask_about(selection.first_index(), move |subject| {
            Ok(answers(operators(subject, &selection.to_selection()?)?, limit))
        })
    }

    /// The device work launched inside of operators or ranges of one name, by its own name.
    #[napi(ts_return_type = "Promise<Array<Group>>")]
    #[must_use]
    pub fn operator_work(
        &self,
        selection: TraceSelection,
        name: String,
        limit: u32,
    ) -> AsyncTask<Work<Vec<Group>>> {
        self.ask_about(selection.first_index(), move |subject| {
            Ok(answers(work_of_operator(subject, &selection.to_selection()?, &name)?, limit))
        })
    }

    /// How kernels vary over iterations `first` to `last` (included), the largest deviation first.
    #[napi(ts_return_type = "Promise<Array<Variation>>")]
    #[must_use]
    pub fn variations(
        &self,
        first: f64,
        last: f64,
        first_index: u32,
        limit: u32,
    ) -> AsyncTask<Work<Vec<Variation>>> {
        self.ask_about(i64::from(first_index), move |subject| {
            Ok(answers(variations(subject, whole(first), whole(last))?, limit))
        })
    }

    /// How each device spent a range, with its longest gaps.
    #[napi(ts_return_type = "Promise<Array<DeviceRange>>")]
    #[must_use]
    pub fn device_ranges(&self, start_ns: f64, end_ns: f64, gaps: u32) -> AsyncTask<Work<Vec<DeviceRange>>> {
        self.ask_about(0, move |subject| {
            let range = (whole(start_ns), whole(end_ns));
            Ok(answers(device_ranges(subject, range, gaps as usize), u32::MAX))
        })
    }

    /// The queue of each stream over a range, with its longest length in each of `parts` equal parts.
    #[napi(ts_return_type = "Promise<Array<StreamQueue>>")]
    #[must_use]
    pub fn queues(&self, start_ns: f64, end_ns: f64, parts: u32) -> AsyncTask<Work<Vec<StreamQueue>>> {
        self.ask_about(0, move |subject| {
            Ok(answers(queues(subject, (whole(start_ns), whole(end_ns)), parts.min(MOST_PARTS)), u32::MAX))
        })
    }

    pub(super) fn ask_about<T: Send + 'static>(
        &self,
        first_index: i64,
        question: impl FnOnce(&Subject<'_>) -> Result<T> + Send + 'static,
    ) -> AsyncTask<Work<T>>
    where
        Work<T>: napi::Task,
    {
        let (rules, shared) = (self.rules(), Arc::clone(&self.shared));
        self.ask(move |store| question(&Subject { store, rules: &rules, first_index, shared }))
    }
}

/// As many as a screen has columns, and some.
const MOST_PARTS: u32 = 65_536;
