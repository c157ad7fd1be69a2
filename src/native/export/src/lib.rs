// SPDX-License-Identifier: Apache-2.0
//! Parts of a trace as files that other programs open: a smaller trace as Chrome JSON, a table of slices as CSV.
//!
//! A file is written beside its target and renamed, so that what stands there is whole.

mod chrome;
mod csv;
mod file;
mod json;
mod part;

pub use chrome::{Written, write_chrome};
pub use csv::write_slices_csv;
pub use part::Part;
