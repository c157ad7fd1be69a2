// SPDX-License-Identifier: Apache-2.0
//! Answers as JavaScript sees them. Times are nanoseconds from the trace's origin: doubles are exact up to 104 days.

mod iterations;
mod kernels;
mod numbers;
mod reading;
mod slices;
mod summary;
mod tracks;

pub use iterations::{Composition, Iteration};
pub use kernels::KernelStat;
pub use numbers::{count, real, whole};
pub use reading::{IngestProgress, RankProcess};
pub use slices::{Arguments, SliceDetails};
pub use summary::TraceSummary;
pub use tracks::Track;
