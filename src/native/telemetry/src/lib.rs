// SPDX-License-Identifier: Apache-2.0
//! What the GPUs of this machine do, as NVIDIA's management library (NVML) tells it.
//!
//! The library belongs to the driver: it is loaded when the first sample is taken and never needed to build or to
//! start. A machine without it is no error but an answer, and so is a figure that a device does not offer.

mod gpus;
mod reading;

pub use gpus::{Gpus, Report};
pub use reading::{GpuProcess, GpuReading, GpuSettings, Throttle};
