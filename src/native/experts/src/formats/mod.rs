// SPDX-License-Identifier: Apache-2.0
//! Statistics in the files of other engines, and as plain tables.

mod parquet_table;
mod pickle;
mod rows;
mod sglang;
mod table;

pub use parquet_table::read_parquet;
pub use sglang::read_record;
pub use table::read_table;
