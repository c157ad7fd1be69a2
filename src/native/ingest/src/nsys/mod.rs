// SPDX-License-Identifier: Apache-2.0
//! `SQLite` exports of NVIDIA Nsight Systems, of any version from 2022 on: tables and columns are looked for,
//! never taken for granted.
//!
//! Tables are cut into ranges of rows, read in parallel through connections of their own, and merged in a fixed
//! order, so that the same file always gives the same store.

mod arguments;
mod assemble;
mod batch;
mod counters;
mod database;
mod diagnostics;
mod labels;
mod lookup;
mod nvtx;
mod place;
mod processes;
mod ranges;
mod read;
mod rows;
mod scheduling;
mod schema;
mod tables;
mod tracks;
mod value;

pub use arguments::{ReportArguments, report_args};
pub use database::is_database;
pub use processes::{RankProcess, rank_processes};
pub use read::read_report;
