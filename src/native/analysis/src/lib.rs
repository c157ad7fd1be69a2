// SPDX-License-Identifier: Apache-2.0
//! Questions about an opened trace, with small answers. Pure functions of the store; each figure follows one
//! definition, which its module states. Times are nanoseconds from the trace's origin.

mod attributed;
mod attribution;
mod capture;
mod composition;
mod details;
mod device_idle;
mod devices;
mod distribution;
mod groups;
mod host_ranges;
mod host_time;
mod idle;
mod inference;
mod iterations;
mod kernels;
mod marker_rules;
mod markers;
mod name_statistics;
mod neighbours;
mod operators;
mod own_time;
mod pattern;
mod queue;
mod search;
mod selection;
mod shared;
mod spans;
mod summary;
mod variation;
mod work;

pub use capture::{CaptureCheck, Captured};
pub use composition::Composition;
pub use details::{Arrow, SliceDetails, slice_details};
pub use device_idle::{DeviceRange, device_ranges};
pub use distribution::Distribution;
pub use groups::{Difference, Group, GroupBy, differences, groups};
pub use host_ranges::{HostRanges, ThreadRanges};
pub use idle::{Gap, IdleCause, IdleCauses};
pub use iterations::{GpuWindow, Iteration, IterationTable, iterations, iterations_of};
pub use kernels::{KernelStat, top_kernels, top_kernels_of};
pub use marker_rules::{MarkerRule, MarkerRules, MarkerText};
pub use name_statistics::{NameStatistics, name_statistics};
pub use neighbours::{Neighbours, Place, Way, nearest, neighbours};
pub use operators::{OperatorStat, operators, work_of_operator};
pub use pattern::{Pattern, PatternForm};
pub use queue::{StreamQueue, queues};
pub use search::{AnswerSize, Found, FoundName, FoundOnTrack, Scope, Wanted, search};
pub use selection::{Extent, Layer, Selection, Subject, chosen_rows, iteration_span};
pub use shared::Shared;
pub use summary::{DeviceBusy, GpuTotals, Summary, summary, summary_of};
pub use variation::{Variation, variations};
