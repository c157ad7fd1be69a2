// SPDX-License-Identifier: Apache-2.0
//! One GPU at one moment. Every figure stands alone: a device that lacks one still gives the others.

use std::time::{Duration, Instant};

use nvml_wrapper::bitmasks::device::ThrottleReasons;
use nvml_wrapper::enum_wrappers::device::{Clock, TemperatureSensor};
use nvml_wrapper::enums::device::UsedGpuMemory;
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::{Device, Nvml};

/// Why the clocks are lower than they could be. Idleness is no reason of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Throttle {
    /// The power limit was reached.
    PowerCap,
    /// Too hot.
    Thermal,
    /// The power supply asked for it.
    PowerBrake,
    /// The hardware slowed down for a reason that it does not name.
    Hardware,
    /// Another GPU of the group is slower.
    SyncBoost,
    /// Someone set the clocks.
    SetClocks,
}

impl Throttle {
    /// Its name across borders.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PowerCap => "power-cap",
            Self::Thermal => "thermal",
            Self::PowerBrake => "power-brake",
            Self::Hardware => "hardware",
            Self::SyncBoost => "sync-boost",
            Self::SetClocks => "set-clocks",
        }
    }
}

/// A process that uses a GPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GpuProcess {
    /// Process id, as the driver sees it: that of the host where this runs in a container.
    pub pid: u32,
    /// Its GPU memory, where the driver tells.
    pub memory_bytes: Option<u64>,
}

/// What one GPU says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GpuReading {
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
    pub memory_used_bytes: Option<u64>,
    /// All memory.
    pub memory_total_bytes: Option<u64>,
    /// Clock of the multiprocessors.
    pub sm_clock_mhz: Option<u32>,
    /// Clock of the memory.
    pub memory_clock_mhz: Option<u32>,
    /// Power drawn.
    pub power_watts: Option<f64>,
    /// Temperature of the die, degrees Celsius.
    pub temperature_celsius: Option<u32>,
    /// Why the clocks are lowered; empty when they are not.
    pub throttles: Option<Vec<Throttle>>,
    /// Processes that compute on it.
    pub processes: Option<Vec<GpuProcess>>,
    /// What its owner set.
    pub settings: GpuSettings,
    /// Why nothing could be read.
    pub problem: Option<String>,
}

/// What whoever owns a device decided about it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GpuSettings {
    /// Power that it may draw.
    pub power_limit_watts: Option<f64>,
    /// Power that it may draw as it is delivered.
    pub default_power_limit_watts: Option<f64>,
    /// Whether it is divided into instances (MIG).
    pub divided: Option<bool>,
}

const REASONS: [(ThrottleReasons, Throttle); 8] = [
    (ThrottleReasons::SW_POWER_CAP, Throttle::PowerCap),
    (ThrottleReasons::SW_THERMAL_SLOWDOWN, Throttle::Thermal),
    (ThrottleReasons::HW_THERMAL_SLOWDOWN, Throttle::Thermal),
    (ThrottleReasons::HW_POWER_BRAKE_SLOWDOWN, Throttle::PowerBrake),
    (ThrottleReasons::HW_SLOWDOWN, Throttle::Hardware),
    (ThrottleReasons::SYNC_BOOST, Throttle::SyncBoost),
    (ThrottleReasons::APPLICATIONS_CLOCKS_SETTING, Throttle::SetClocks),
    (ThrottleReasons::DISPLAY_CLOCK_SETTING, Throttle::SetClocks),
];

fn throttles(reasons: ThrottleReasons) -> Vec<Throttle> {
    let mut found = Vec::new();
    for (bit, throttle) in REASONS {
        if reasons.contains(bit) && !found.contains(&throttle) {
            found.push(throttle);
        }
    }
    // A thermal slowdown or a power brake sets the general bit as well.
    if found.contains(&Throttle::Thermal) || found.contains(&Throttle::PowerBrake) {
        found.retain(|throttle| *throttle != Throttle::Hardware);
    }
    found
}

fn processes(device: &Device<'_>) -> Result<Vec<GpuProcess>, NvmlError> {
    let listed = device.running_compute_processes()?;
    Ok(listed
        .into_iter()
        .map(|process| GpuProcess {
            pid: process.pid,
            memory_bytes: match process.used_gpu_memory {
                UsedGpuMemory::Used(bytes) => Some(bytes),
                UsedGpuMemory::Unavailable => None,
            },
        })
        .collect())
}

fn watts(milliwatts: u32) -> f64 {
    f64::from(milliwatts) / 1000.0
}

fn settings(device: &Device<'_>) -> GpuSettings {
    GpuSettings {
        power_limit_watts: device.power_management_limit().ok().map(watts),
        default_power_limit_watts: device.power_management_limit_default().ok().map(watts),
        divided: device.mig_mode().ok().map(|mode| mode.current != 0),
    }
}

fn percent(value: u32) -> f64 {
    f64::from(value.min(100)) / 100.0
}

/// How long a list of processes, and what seldom changes, holds: the driver takes longer for it than for all the rest.
const SLOW_HOLD: Duration = Duration::from_secs(1);

/// An answer and when it was given.
type Held<T> = Option<(Instant, T)>;

fn held<T: Clone>(known: &mut Held<T>, ask: impl FnOnce() -> T) -> T {
    let now = Instant::now();
    match known {
        Some((at, answer)) if now.duration_since(*at) < SLOW_HOLD => answer.clone(),
        _ => known.insert((now, ask())).1.clone(),
    }
}

/// What is known of a device between two samples.
#[derive(Debug, Default)]
pub struct Known {
    identity: Option<(Option<String>, Option<String>)>,
    processes: Held<Option<Vec<GpuProcess>>>,
    settings: Held<GpuSettings>,
}

impl Known {
    /// Name and identity: asked for once.
    fn identity(&mut self, device: &Device<'_>) -> (Option<String>, Option<String>) {
        self.identity.get_or_insert_with(|| (device.name().ok(), device.uuid().ok())).clone()
    }
}

/// Reads the device with the driver's number `index`.
pub fn read_device(nvml: &Nvml, index: u32, known: &mut Known) -> GpuReading {
    let device = match nvml.device_by_index(index) {
        Ok(device) => device,
        Err(error) => return GpuReading { index, problem: Some(error.to_string()), ..GpuReading::default() },
    };
    let (name, uuid) = known.identity(&device);
    let utilization = device.utilization_rates().ok();
    let memory = device.memory_info().ok();
    GpuReading {
        index,
        name,
        uuid,
        busy_ratio: utilization.as_ref().map(|rates| percent(rates.gpu)),
        memory_busy_ratio: utilization.as_ref().map(|rates| percent(rates.memory)),
        memory_used_bytes: memory.as_ref().map(|info| info.used),
        memory_total_bytes: memory.as_ref().map(|info| info.total),
        sm_clock_mhz: device.clock_info(Clock::SM).ok(),
        memory_clock_mhz: device.clock_info(Clock::Memory).ok(),
        power_watts: device.power_usage().ok().map(watts),
        temperature_celsius: device.temperature(TemperatureSensor::Gpu).ok(),
        throttles: device.current_throttle_reasons().ok().map(throttles),
        processes: held(&mut known.processes, || processes(&device).ok()),
        settings: held(&mut known.settings, || settings(&device)),
        problem: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_and_none_are_no_throttles() {
        assert_eq!(throttles(ThrottleReasons::GPU_IDLE), []);
        assert_eq!(throttles(ThrottleReasons::NONE), []);
    }

    #[test]
    fn the_named_reason_stands_for_the_general_one() {
        let hot = ThrottleReasons::HW_SLOWDOWN | ThrottleReasons::HW_THERMAL_SLOWDOWN;
        assert_eq!(throttles(hot), [Throttle::Thermal]);
        assert_eq!(throttles(ThrottleReasons::HW_SLOWDOWN), [Throttle::Hardware]);
    }

    #[test]
    fn the_same_reason_of_software_and_hardware_is_told_once() {
        let hot = ThrottleReasons::SW_THERMAL_SLOWDOWN | ThrottleReasons::HW_THERMAL_SLOWDOWN;
        assert_eq!(throttles(hot | ThrottleReasons::SW_POWER_CAP), [Throttle::PowerCap, Throttle::Thermal]);
    }
}
