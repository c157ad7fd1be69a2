// SPDX-License-Identifier: Apache-2.0
//! Pins rank threads to cores, so that a rank's time is its own. Outside Linux threads stay unpinned.

/// Pins the calling thread to the core that rank `rank` gets of those this process may use.
/// A refusal (containers may forbid it) is not an error: the run is the same, only less steady.
#[cfg(target_os = "linux")]
pub fn pin_to_core_of(rank: usize) {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;

    let this_thread = Pid::from_raw(0);
    let Ok(allowed) = sched_getaffinity(this_thread) else { return };
    let cores: Vec<usize> =
        (0..CpuSet::count()).filter(|&core| allowed.is_set(core).unwrap_or(false)).collect();
    if cores.is_empty() {
        return;
    }
    let mut chosen = CpuSet::new();
    if chosen.set(cores[rank % cores.len()]).is_ok() {
        let _ = sched_setaffinity(this_thread, &chosen);
    }
}

/// Does nothing here: thread affinity is a Linux feature.
#[cfg(not(target_os = "linux"))]
pub fn pin_to_core_of(_rank: usize) {}

/// The number of cores that this process may use, at least 1.
#[must_use]
pub fn usable_cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The operating system's id of the calling thread (the process id outside Linux).
#[must_use]
pub fn thread_id() -> u32 {
    #[cfg(target_os = "linux")]
    {
        u32::try_from(nix::unistd::gettid().as_raw()).unwrap_or_else(|_| std::process::id())
    }
    #[cfg(not(target_os = "linux"))]
    {
        std::process::id()
    }
}
