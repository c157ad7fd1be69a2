// SPDX-License-Identifier: Apache-2.0
//! What the GPUs of this machine do.

use std::sync::{Arc, Mutex, PoisonError};

use iterscope_telemetry::{GpuReading, Gpus, Report};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Result, Task};
use napi_derive::napi;

use crate::guard::guarded;

/// A process that computes on a GPU.
#[napi(object)]
pub struct GpuProcess {
    /// As the driver sees it: the host's where this runs in a container.
    pub pid: u32,
    /// Its GPU memory, where the driver tells.
    pub memory_bytes: Option<f64>,
}

/// One GPU at one moment; what it does not offer is absent.
#[napi(object)]
pub struct GpuSample {
    /// The driver's number.
    pub index: u32,
    /// Product name.
    pub name: Option<String>,
    /// Identity across restarts.
    pub uuid: Option<String>,
    /// Share of the driver's last period in which a kernel ran, 0 to 1.
    pub busy_ratio: Option<f64>,
    /// Share of that period in which device memory was read or written, 0 to 1.
    pub memory_busy_ratio: Option<f64>,
    /// Memory in use.
    pub memory_used_bytes: Option<f64>,
    /// All memory.
    pub memory_total_bytes: Option<f64>,
    /// Clock of the multiprocessors.
    pub sm_clock_mhz: Option<u32>,
    /// Clock of the memory.
    pub memory_clock_mhz: Option<u32>,
    /// Power drawn.
    pub power_watts: Option<f64>,
    /// Temperature of the die.
    pub temperature_celsius: Option<u32>,
    /// Why the clocks are lowered: `power-cap`, `thermal`, `power-brake`, `hardware`, `sync-boost`, `set-clocks`.
    pub throttles: Option<Vec<String>>,
    /// Processes that compute on it.
    pub processes: Option<Vec<GpuProcess>>,
    /// Power that it may draw.
    pub power_limit_watts: Option<f64>,
    /// Power that it may draw as it is delivered.
    pub default_power_limit_watts: Option<f64>,
    /// Whether it is divided into instances (MIG).
    pub divided: Option<bool>,
    /// Why nothing could be read.
    pub problem: Option<String>,
}

/// All GPUs at one moment, or a sentence that says why there are none.
#[napi(object)]
pub struct GpuReport {
    /// Set when there is nothing to read.
    pub absent: Option<String>,
    /// Version of the driver.
    pub driver: Option<String>,
    /// The newest CUDA that the driver serves, such as 13.0.
    pub cuda: Option<String>,
    /// One for each device, in the driver's order.
    pub gpus: Vec<GpuSample>,
}

#[allow(clippy::cast_precision_loss)]
fn bytes(value: u64) -> f64 {
    value as f64
}

fn to_sample(reading: GpuReading) -> GpuSample {
    GpuSample {
        index: reading.index,
        name: reading.name,
        uuid: reading.uuid,
        busy_ratio: reading.busy_ratio,
        memory_busy_ratio: reading.memory_busy_ratio,
        memory_used_bytes: reading.memory_used_bytes.map(bytes),
        memory_total_bytes: reading.memory_total_bytes.map(bytes),
        sm_clock_mhz: reading.sm_clock_mhz,
        memory_clock_mhz: reading.memory_clock_mhz,
        power_watts: reading.power_watts,
        temperature_celsius: reading.temperature_celsius,
        throttles: reading
            .throttles
            .map(|all| all.into_iter().map(|throttle| throttle.name().to_owned()).collect()),
        processes: reading.processes.map(|all| {
            all.into_iter()
                .map(|process| GpuProcess { pid: process.pid, memory_bytes: process.memory_bytes.map(bytes) })
                .collect()
        }),
        power_limit_watts: reading.settings.power_limit_watts,
        default_power_limit_watts: reading.settings.default_power_limit_watts,
        divided: reading.settings.divided,
        problem: reading.problem,
    }
}

/// The GPUs of this machine; the driver's library is loaded with the first sample.
#[napi]
pub struct GpuTelemetry {
    gpus: Arc<Mutex<Gpus>>,
}

#[napi]
impl GpuTelemetry {
    /// `library` names a file to load instead of the driver's own.
    #[must_use]
    #[napi(constructor)]
    pub fn new(library: Option<String>) -> Self {
        Self { gpus: Arc::new(Mutex::new(Gpus::new(library.map(Into::into)))) }
    }

    /// Reads all GPUs. Never rejects: what cannot be read is absent.
    #[napi(ts_return_type = "Promise<GpuReport>")]
    pub fn sample(&self) -> AsyncTask<SampleGpus> {
        AsyncTask::new(SampleGpus { gpus: Arc::clone(&self.gpus) })
    }
}

/// Work of [`GpuTelemetry::sample`].
pub struct SampleGpus {
    gpus: Arc<Mutex<Gpus>>,
}

#[napi]
impl Task for SampleGpus {
    type Output = Report;
    type JsValue = GpuReport;

    fn compute(&mut self) -> Result<Report> {
        guarded(|| Ok(self.gpus.lock().unwrap_or_else(PoisonError::into_inner).sample()))
    }

    fn resolve(&mut self, _env: Env, report: Report) -> Result<GpuReport> {
        Ok(match report {
            Report::Absent(reason) => {
                GpuReport { absent: Some(reason), driver: None, cuda: None, gpus: Vec::new() }
            }
            Report::Present { driver, cuda, gpus } => GpuReport {
                absent: None,
                driver,
                cuda: cuda.map(|(major, minor)| format!("{major}.{minor}")),
                gpus: gpus.into_iter().map(to_sample).collect(),
            },
        })
    }
}
