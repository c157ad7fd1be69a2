// SPDX-License-Identifier: Apache-2.0
//! The targets.

mod expert;
mod report;
mod sealed_store;
mod trace;

pub use expert::{expert_statistics, load_balancer};
pub use report::{nsys_file, nsys_rows};
pub use sealed_store::store;
pub use trace::kineto;
