// SPDX-License-Identifier: Apache-2.0
//! What is told while a source is read.

use napi_derive::napi;

use super::numbers::count;

/// How far an ingest is.
#[napi(object, use_nullable = true)]
pub struct IngestProgress {
    /// Bytes of the source file that were read.
    pub bytes_done: f64,
    /// Size of the source file.
    pub bytes_total: f64,
    /// Slices found so far.
    pub slices: f64,
    /// Seconds until the store is ready; null while there is nothing to tell it by.
    pub seconds_left: Option<f64>,
}

/// A process of a report that launched kernels.
#[napi(object)]
pub struct RankProcess {
    /// Process number as the recording has it.
    pub pid: u32,
    /// Program, empty when unknown.
    pub name: String,
    /// Devices that it used.
    pub devices: Vec<u32>,
}

impl From<iterscope_ingest::RankProcess> for RankProcess {
    fn from(process: iterscope_ingest::RankProcess) -> Self {
        Self { pid: process.pid, name: process.name, devices: process.devices }
    }
}

impl From<iterscope_ingest::Progress> for IngestProgress {
    fn from(progress: iterscope_ingest::Progress) -> Self {
        Self {
            bytes_done: count(progress.bytes_done),
            bytes_total: count(progress.bytes_total),
            slices: count(progress.slices),
            seconds_left: progress.seconds_left,
        }
    }
}
