// SPDX-License-Identifier: Apache-2.0
//! Questions about an opened trace, with small answers. Pure functions of the store; each figure follows one
//! definition, which its module states. Times are nanoseconds from the trace's origin.

mod attribution;
mod capture;
mod composition;
mod details;
mod devices;
mod host_ranges;
mod inference;
mod iterations;
mod kernels;
mod markers;
mod spans;
mod summary;

pub use capture::{CaptureCheck, Captured};
pub use composition::Composition;
pub use details::{Arrow, SliceDetails, slice_details};
pub use host_ranges::{HostRanges, ThreadRanges};
pub use iterations::{GpuWindow, Iteration, IterationTable, iterations};
pub use kernels::{KernelStat, top_kernels};
pub use summary::{DeviceBusy, GpuTotals, Summary, summary};
