// SPDX-License-Identifier: Apache-2.0
//! Statistics in the files of other engines, and as plain tables.

mod balance_log;
mod load_window;
mod parquet_table;
mod pickle;
mod rows;
mod sglang;
mod table;
mod vllm_tensors;

pub use balance_log::read_balance_log;
pub use parquet_table::read_parquet;
pub use sglang::read_record;
pub use table::read_table;
pub use vllm_tensors::read_load_tensors;
