// SPDX-License-Identifier: Apache-2.0
//! What a run used, and which of its processes died how.

use std::fs;

use iterscope_launch::Death;
use iterscope_launch::proc::Process;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use nix::unistd::{SysconfVar, sysconf};

/// A run whose workers all crash is told well enough by the first of them.
const MOST_DEATHS: usize = 32;

/// CPU time in milliseconds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Cpu {
    pub user_ms: u64,
    pub system_ms: u64,
}

impl Cpu {
    pub const fn total_ms(self) -> u64 {
        self.user_ms + self.system_ms
    }
}

/// The tree's resources at one moment.
pub struct Usage {
    pub cpu: Cpu,
    pub rss_bytes: u64,
    pub processes: u32,
}

pub struct Account {
    ticks_per_second: u64,
    page_bytes: u64,
    oom_kills_before: u64,
    sampled_cpu: Cpu,
    peak_rss_bytes: u64,
    deaths: Vec<Death>,
}

impl Account {
    pub fn new() -> Self {
        let system_value = |variable, otherwise| {
            sysconf(variable).ok().flatten().and_then(|value| u64::try_from(value).ok()).unwrap_or(otherwise)
        };
        Self {
            ticks_per_second: system_value(SysconfVar::CLK_TCK, 100).max(1),
            page_bytes: system_value(SysconfVar::PAGE_SIZE, 4096),
            oom_kills_before: machine_oom_kills(),
            sampled_cpu: Cpu::default(),
            peak_rss_bytes: 0,
            deaths: Vec::new(),
        }
    }

    /// Takes the live processes of the run into account; CPU time includes that of ended ones.
    pub fn sample(&mut self, processes: &[Process]) -> Usage {
        let milliseconds = |ticks: u64| ticks * 1000 / self.ticks_per_second;
        let reaped = reaped_cpu();
        let cpu = Cpu {
            user_ms: milliseconds(processes.iter().map(|process| process.user_ticks).sum()) + reaped.user_ms,
            system_ms: milliseconds(processes.iter().map(|process| process.system_ticks).sum())
                + reaped.system_ms,
        };
        let rss_bytes = processes.iter().map(|process| process.rss_pages).sum::<u64>() * self.page_bytes;
        self.sampled_cpu = cpu;
        self.peak_rss_bytes = self.peak_rss_bytes.max(rss_bytes);
        Usage { cpu, rss_bytes, processes: u32::try_from(processes.len()).unwrap_or(u32::MAX) }
    }

    /// Keeps a death; false when there are too many already.
    pub fn keep_death(&mut self, death: &Death) -> bool {
        let has_room = self.deaths.len() < MOST_DEATHS;
        if has_room {
            self.deaths.push(death.clone());
        }
        has_room
    }

    pub fn deaths(&self) -> &[Death] {
        &self.deaths
    }

    /// CPU time of the whole run, once everything of it has ended.
    pub fn total_cpu(&self) -> Cpu {
        // Children of a parent that ignores their ends are in no account but the samples.
        let reaped = reaped_cpu();
        if reaped.total_ms() >= self.sampled_cpu.total_ms() { reaped } else { self.sampled_cpu }
    }

    /// Largest sampled sum over the tree, or the largest single process where that is more.
    pub fn peak_rss_bytes(&self) -> u64 {
        self.peak_rss_bytes.max(reaped_peak_rss_bytes())
    }

    /// Peak of the largest single process, as the kernel counted it.
    pub fn peak_process_rss_bytes() -> u64 {
        reaped_peak_rss_bytes()
    }

    /// How often the out-of-memory killer of this machine struck since the account was opened.
    pub fn oom_kills(&self) -> u64 {
        machine_oom_kills().saturating_sub(self.oom_kills_before)
    }
}

fn reaped_cpu() -> Cpu {
    let milliseconds =
        |time: TimeVal| u64::try_from(time.tv_sec() * 1000 + time.tv_usec() / 1000).unwrap_or(0);
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(Cpu::default(), |usage| Cpu {
        user_ms: milliseconds(usage.user_time()),
        system_ms: milliseconds(usage.system_time()),
    })
}

fn reaped_peak_rss_bytes() -> u64 {
    // The kernel tells kibibytes.
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| u64::try_from(usage.max_rss()).unwrap_or(0) * 1024)
}

fn machine_oom_kills() -> u64 {
    fs::read_to_string("/proc/vmstat")
        .ok()
        .and_then(|text| text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.parse().ok()))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_first_deaths_only() {
        let mut account = Account::new();
        let death = |pid| Death { pid, name: "worker".into(), signal: "SIGKILL".into(), elapsed_ms: 1 };
        let kept = (0..100).filter(|pid| account.keep_death(&death(*pid))).count();
        assert_eq!((kept, account.deaths().len(), account.deaths()[0].pid), (MOST_DEATHS, MOST_DEATHS, 0));
    }
}
