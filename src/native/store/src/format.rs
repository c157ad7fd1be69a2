// SPDX-License-Identifier: Apache-2.0
//! Names and versions of what a store folder holds.

use iterscope_model::TraceMeta;
use serde::{Deserialize, Serialize};

/// Version of the store's layout; raised by any change of files, columns or their meaning.
pub const STORE_VERSION: u32 = 3;

/// The last file written: without it a folder is no store.
pub const META_FILE: &str = "meta.json";
/// One row per slice.
pub const SLICES_FILE: &str = "slices.arrow";
/// Distinct strings.
pub const NAMES_FILE: &str = "names.arrow";
/// One row per lane of a track.
pub const LANES_FILE: &str = "lanes.arrow";
/// Rows that carry a correlation, sorted by it.
pub const CORRELATIONS_FILE: &str = "correlations.arrow";
/// Durations that do not fit 32 bits.
pub const LONG_FILE: &str = "long_durations.arrow";
/// Row of the longest slice of every block of 64 rows.
pub const LONGEST_64_FILE: &str = "longest_64.arrow";
/// Row of the longest slice of every block of 4,096 rows.
pub const LONGEST_4096_FILE: &str = "longest_4096.arrow";

/// One row per instant, sorted by track and time.
pub const INSTANTS_FILE: &str = "instants.arrow";
/// One row per counter sample, sorted by counter and time.
pub const SAMPLES_FILE: &str = "samples.arrow";
/// One row per arrow, sorted by its first slice.
pub const FLOWS_FILE: &str = "flows.arrow";
/// Rows of the arrows, sorted by their last slice.
pub const FLOWS_BY_END_FILE: &str = "flows_by_end.arrow";
/// Places in a compressed source from which it can be inflated.
pub const CHECKPOINTS_FILE: &str = "checkpoints.arrow";

/// All column files, in the order of writing.
pub const COLUMN_FILES: [&str; 12] = [
    SLICES_FILE,
    NAMES_FILE,
    LANES_FILE,
    CORRELATIONS_FILE,
    LONG_FILE,
    LONGEST_64_FILE,
    LONGEST_4096_FILE,
    INSTANTS_FILE,
    SAMPLES_FILE,
    FLOWS_FILE,
    FLOWS_BY_END_FILE,
    CHECKPOINTS_FILE,
];

/// Bytes at each end of a column file that are summed at opening; they hold Arrow's header and footer.
pub const CHECKED_BYTES: usize = 4096;

/// First line of the meta file: enough to refuse it without understanding the rest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Preamble {
    pub store_version: u32,
    pub body_crc32: u32,
}

/// Second line of the meta file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    pub files: Vec<FileCheck>,
    pub trace: TraceMeta,
}

/// What a column file must look like.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileCheck {
    pub name: String,
    pub size_bytes: u64,
    pub head_crc32: u32,
    pub tail_crc32: u32,
}
