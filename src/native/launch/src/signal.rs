// SPDX-License-Identifier: Apache-2.0
//! Signals that reach the process meant, or nobody.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::io::Errno;
use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};

use crate::proc::{Process, read_process};

/// Signals `process`. A number that belongs to another process by now is left alone: the descriptor is opened first,
/// and the start time compared afterwards, so that what is compared is what is signalled. A process that is gone, or
/// is not ours to signal, is no error here: whoever asks looks at the table again.
pub fn signal_process(process: &Process, signal: Signal) {
    let Some(pid) = rustix::process::Pid::from_raw(process.pid) else { return };
    match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(descriptor) => {
            let is_meant = read_process(process.pid).is_some_and(|now| now.identity() == process.identity());
            if let Some(number) = rustix::process::Signal::from_named_raw(signal as i32).filter(|_| is_meant)
            {
                let _ = pidfd_send_signal(&descriptor, number);
            }
        }
        // Linux before 5.3 has no such descriptors.
        Err(Errno::NOSYS) => {
            let _ = kill(Pid::from_raw(process.pid), signal);
        }
        Err(_) => {}
    }
}

/// Signals every member of a process group at once. In this alone the kernel lets no fork slip through: a process that
/// is being made while the signal arrives is made again, or gets it too.
pub fn signal_group(group: i32, signal: Signal) {
    // 0 and 1 mean other things than a group of this number.
    if group > 1 {
        let _ = kill(Pid::from_raw(-group), signal);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn reaches_only_the_process_meant() {
        let mut child = Command::new("sleep").arg("60").spawn().expect("sleep runs");
        let process = read_process(child.id().cast_signed()).expect("the child");
        let stranger = Process { start_time_ticks: process.start_time_ticks + 1, ..process };
        signal_process(&stranger, Signal::SIGKILL);
        assert_eq!(read_process(process.pid).map(|now| now.identity()), Some(process.identity()));
        signal_process(&process, Signal::SIGKILL);
        assert!(!child.wait().expect("a status").success());
        signal_process(&process, Signal::SIGKILL);
    }
}
