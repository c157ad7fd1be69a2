// SPDX-License-Identifier: Apache-2.0
//! The real loader against a stand-in for the driver's library: the functions of its ABI, for two GPUs.

use std::path::{Path, PathBuf};
use std::process::Command;

use iterscope_telemetry::{GpuProcess, GpuSettings, Gpus, Report, Throttle};

const GIB: u64 = 1 << 30;

/// Compiles the stand-in.
fn fake_library(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures/nvml/fake_nvml.rs");
    let library = folder.join("libnvidia-ml.so.1");
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let status = Command::new(compiler)
        .args(["--edition", "2024", "--crate-type", "cdylib", "-A", "warnings", "-o"])
        .arg(&library)
        .arg(&source)
        .status()
        .expect("the compiler starts");
    assert!(status.success(), "the stand-in compiles");
    library
}

#[test]
fn reads_every_figure_that_a_device_offers() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut gpus = Gpus::new(Some(fake_library(folder.path()).into()));
    let Report::Present { driver, cuda, gpus: readings } = gpus.sample() else { panic!("GPUs are there") };
    assert_eq!(driver.as_deref(), Some("999.10.01"));
    assert_eq!(cuda, Some((13, 0)));
    assert_eq!(readings.len(), 2);

    let [first, second] = &readings[..] else { panic!("two GPUs") };
    assert_eq!(first.name.as_deref(), Some("Test GPU 80GB"));
    assert_eq!(first.uuid.as_deref(), Some("GPU-00000000"));
    assert_eq!(first.busy_ratio, Some(0.51));
    assert_eq!(first.memory_busy_ratio, Some(0.3));
    assert_eq!((first.memory_used_bytes, first.memory_total_bytes), (Some(40 * GIB), Some(80 * GIB)));
    assert_eq!((first.sm_clock_mhz, first.memory_clock_mhz), (Some(1755), Some(2619)));
    assert_eq!(first.power_watts, Some(612.5));
    assert_eq!(first.temperature_celsius, Some(61));
    assert_eq!(first.throttles.as_deref(), Some(&[Throttle::PowerCap][..]));
    assert_eq!(
        first.processes.as_deref(),
        Some(&[GpuProcess { pid: 4242, memory_bytes: Some(39 * GIB) }][..])
    );
    assert_eq!(
        first.settings,
        GpuSettings {
            power_limit_watts: Some(650.0),
            default_power_limit_watts: Some(700.0),
            divided: Some(false)
        }
    );

    // What a device does not offer is absent; the rest is there.
    assert_eq!((second.power_watts, second.processes.as_ref()), (None, None));
    assert_eq!(second.settings, GpuSettings { divided: Some(true), ..GpuSettings::default() });
    assert_eq!(second.memory_used_bytes, Some(GIB));
    assert_eq!(second.throttles.as_deref(), Some(&[][..]));
    assert_eq!(second.problem, None);
}

#[test]
fn a_machine_without_the_library_is_an_answer() {
    let mut gpus = Gpus::new(Some("/nonexistent/libnvidia-ml.so.1".into()));
    for _ in 0..2 {
        let Report::Absent(reason) = gpus.sample() else { panic!("nothing is there") };
        assert_eq!(reason, "No NVIDIA driver was found on this machine, so there are no GPU figures.");
    }
}
