// SPDX-License-Identifier: Apache-2.0
//! The library: loaded once, asked as often as wanted.

use std::ffi::{OsStr, OsString};

use nvml_wrapper::Nvml;
use nvml_wrapper::error::NvmlError;

use crate::reading::{GpuReading, Known, read_device};

/// File names of the library where the driver installs it; the versioned one is there without development files.
#[cfg(windows)]
const LIBRARY_NAMES: &[&str] = &["nvml.dll"];
#[cfg(not(windows))]
const LIBRARY_NAMES: &[&str] = &["libnvidia-ml.so.1", "libnvidia-ml.so"];

/// All GPUs at one moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Report {
    /// There is nothing to read; a sentence says why.
    Absent(String),
    /// What was read, in the driver's order.
    Present {
        /// Version of the driver, where it tells.
        driver: Option<String>,
        /// The newest CUDA that it serves, as major and minor number.
        cuda: Option<(u32, u32)>,
        /// One reading for each device.
        gpus: Vec<GpuReading>,
    },
}

/// What the driver says of itself.
#[derive(Clone)]
struct System {
    driver: Option<String>,
    cuda: Option<(u32, u32)>,
}

enum State {
    Unopened(Option<OsString>),
    Open { nvml: Box<Nvml>, system: System, known: Vec<Known> },
    Absent(String),
}

/// The GPUs of this machine. Opening happens with the first sample, since the driver may take seconds for it.
pub struct Gpus {
    state: State,
}

impl Gpus {
    /// `library` names the file to load instead of the driver's own.
    #[must_use]
    pub fn new(library: Option<OsString>) -> Self {
        Self { state: State::Unopened(library) }
    }

    /// Reads every GPU. A library that could not be opened is not tried again.
    pub fn sample(&mut self) -> Report {
        if let State::Unopened(library) = &self.state {
            self.state = open(library.as_deref());
        }
        match &mut self.state {
            State::Open { nvml, system, known } => match nvml.device_count() {
                Ok(count) => {
                    known.resize_with(count as usize, Known::default);
                    let gpus = (0..count).zip(known).map(|(index, known)| read_device(nvml, index, known));
                    let System { driver, cuda } = system.clone();
                    Report::Present { driver, cuda, gpus: gpus.collect() }
                }
                Err(error) => Report::Absent(format!("The NVIDIA driver does not list its GPUs ({error}).")),
            },
            State::Absent(reason) => Report::Absent(reason.clone()),
            State::Unopened(_) => Report::Absent("The GPUs were not looked for yet.".to_owned()),
        }
    }
}

fn open(library: Option<&OsStr>) -> State {
    let own: Vec<&OsStr> = LIBRARY_NAMES.iter().map(OsStr::new).collect();
    let names = library.map_or(own, |name| vec![name]);
    let mut reason = String::new();
    for name in names {
        match Nvml::builder().lib_path(name).init() {
            Ok(nvml) => {
                let system = System { driver: nvml.sys_driver_version().ok(), cuda: cuda_of(&nvml) };
                return State::Open { nvml: Box::new(nvml), system, known: Vec::new() };
            }
            Err(error) => reason = why_absent(&error),
        }
    }
    State::Absent(reason)
}

/// NVML counts it as a thousand times the major and ten times the minor number.
fn cuda_of(nvml: &Nvml) -> Option<(u32, u32)> {
    let version = u32::try_from(nvml.sys_cuda_driver_version().ok()?).ok()?;
    Some((version / 1000, version % 1000 / 10))
}

fn why_absent(error: &NvmlError) -> String {
    match error {
        NvmlError::LibloadingError(_) => {
            "No NVIDIA driver was found on this machine, so there are no GPU figures.".to_owned()
        }
        NvmlError::DriverNotLoaded => {
            "The NVIDIA driver is installed but not loaded, so there are no GPU figures; load its kernel module."
                .to_owned()
        }
        NvmlError::NoPermission => {
            "The NVIDIA driver refuses to be read by this user, so there are no GPU figures.".to_owned()
        }
        other => format!("The NVIDIA driver cannot be read ({other}), so there are no GPU figures."),
    }
}
