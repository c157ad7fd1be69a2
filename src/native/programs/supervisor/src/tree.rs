// SPDX-License-Identifier: Apache-2.0
//! The process tree of the run. As the supervisor is the subreaper, everything that the program ever started is below
//! it by chains of parents, whatever session or group it moved to and however often it forked.

use std::collections::HashSet;

use iterscope_launch::proc::{Process, descendants_of, read_all};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, kill};
use nix::sys::time::TimeVal;
use nix::unistd::{Pid, SysconfVar, sysconf};

/// Looks at the table, at most, before killing what was found.
const STOP_ROUNDS: u32 = 100;

/// The tree's resources at one moment.
pub struct Usage {
    pub cpu_ms: u64,
    pub rss_bytes: u64,
    pub processes: u32,
}

pub struct Tree {
    supervisor_pid: i32,
    ticks_per_second: u64,
    page_bytes: u64,
    stopped: HashSet<(i32, u64)>,
}

impl Tree {
    pub fn new() -> Self {
        let system_value = |variable, otherwise| {
            sysconf(variable).ok().flatten().and_then(|value| u64::try_from(value).ok()).unwrap_or(otherwise)
        };
        Self {
            supervisor_pid: std::process::id().cast_signed(),
            ticks_per_second: system_value(SysconfVar::CLK_TCK, 100).max(1),
            page_bytes: system_value(SysconfVar::PAGE_SIZE, 4096),
            stopped: HashSet::new(),
        }
    }

    /// All live processes of the run.
    pub fn processes(&self) -> Vec<Process> {
        descendants_of(self.supervisor_pid, &read_all())
    }

    /// CPU time so far (ended processes included) and resident memory now.
    pub fn usage(&self) -> Usage {
        let processes = self.processes();
        let live_ticks: u64 = processes.iter().map(|process| process.cpu_ticks).sum();
        Usage {
            cpu_ms: live_ticks * 1000 / self.ticks_per_second + reaped_cpu_ms(),
            rss_bytes: processes.iter().map(|process| process.rss_pages).sum::<u64>() * self.page_bytes,
            processes: u32::try_from(processes.len()).unwrap_or(u32::MAX),
        }
    }

    /// Asks processes to end, waking those that are stopped.
    pub fn ask_to_end(processes: &[Process], signal: Signal) {
        for process in processes {
            send(process.pid, signal);
            send(process.pid, Signal::SIGCONT);
        }
    }

    /// Kills everything. Processes are stopped first and killed only when a look at the table shows none that is not
    /// stopped: a fork storm could otherwise outrun the killing. What is still there afterwards is for the next call.
    pub fn kill_all(&mut self) {
        for _ in 0..STOP_ROUNDS {
            let processes = self.processes();
            let mut is_still = true;
            for process in processes.iter().filter(|process| self.stopped.insert(process.identity())) {
                send(process.pid, Signal::SIGSTOP);
                is_still = false;
            }
            if is_still {
                break;
            }
        }
        for process in self.processes() {
            send(process.pid, Signal::SIGKILL);
        }
    }
}

/// CPU time of everything that ended and was waited for, in milliseconds.
pub fn reaped_cpu_ms() -> u64 {
    let milliseconds = |time: TimeVal| time.tv_sec() * 1000 + time.tv_usec() / 1000;
    getrusage(UsageWho::RUSAGE_CHILDREN)
        .map(|usage| milliseconds(usage.user_time()) + milliseconds(usage.system_time()))
        .map_or(0, |total| u64::try_from(total).unwrap_or(0))
}

/// Peak resident memory of the largest single process that ended.
pub fn reaped_peak_rss_bytes() -> u64 {
    // The kernel tells kibibytes.
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| u64::try_from(usage.max_rss()).unwrap_or(0) * 1024)
}

fn send(pid: i32, signal: Signal) {
    // The process may be gone by now, which is what is wanted.
    let _ = kill(Pid::from_raw(pid), signal);
}
