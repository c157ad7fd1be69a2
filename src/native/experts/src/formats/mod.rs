// SPDX-License-Identifier: Apache-2.0
//! Statistics in the files of other engines, and as plain tables.

mod pickle;
mod rows;
mod sglang;
mod table;

pub use sglang::read_record;
pub use table::read_table;
