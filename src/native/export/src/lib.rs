// SPDX-License-Identifier: Apache-2.0
//! Parts of a trace as files that other programs open: a smaller trace as Chrome JSON, tables as CSV and Parquet.
//!
//! A file is written beside its target and renamed, so that what stands there is whole.

mod chrome;
mod csv;
mod file;
mod json;
mod parquet_file;
mod part;
mod slices_parquet;
mod table;

pub use chrome::{Written, write_chrome};
pub use csv::write_slices_csv;
pub use parquet_file::{Cell, Cells, Head};
pub use part::Part;
pub use slices_parquet::write_slices_parquet;
pub use table::{write_table_csv, write_table_parquet};
