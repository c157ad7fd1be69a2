// SPDX-License-Identifier: Apache-2.0
//! The process table as `/proc` shows it. Processes vanish while it is read; what vanished is simply not there.

use std::collections::{HashMap, HashSet};
use std::fs;

/// One live process (zombies are left out).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    /// Process id.
    pub pid: i32,
    /// Parent's process id.
    pub parent_pid: i32,
    /// Process group id.
    pub group: i32,
    /// Session id.
    pub session: i32,
    /// Start in clock ticks since boot; with the id it names a process for good.
    pub start_time_ticks: u64,
    /// CPU time in user mode of the process and of the children that it has waited for, clock ticks.
    pub user_ticks: u64,
    /// The same in the kernel.
    pub system_ticks: u64,
    /// Resident pages.
    pub rss_pages: u64,
}

impl Process {
    /// What tells this process from any other since boot.
    #[must_use]
    pub const fn identity(&self) -> (i32, u64) {
        (self.pid, self.start_time_ticks)
    }
}

/// Reads the process `pid`; `None` when it is gone or only a zombie.
#[must_use]
pub fn read_process(pid: i32) -> Option<Process> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Reads all live processes.
#[must_use]
pub fn read_all() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(read_process)
        .collect()
}

/// All processes below `root` by chains of parents, `root` itself left out.
#[must_use]
pub fn descendants_of(root: i32, processes: &[Process]) -> Vec<Process> {
    let mut children: HashMap<i32, Vec<&Process>> = HashMap::new();
    for process in processes {
        children.entry(process.parent_pid).or_default().push(process);
    }
    let mut seen = HashSet::from([root]);
    let mut pending = vec![root];
    let mut found = Vec::new();
    while let Some(parent) = pending.pop() {
        for child in children.get(&parent).into_iter().flatten() {
            if seen.insert(child.pid) {
                pending.push(child.pid);
                found.push(**child);
            }
        }
    }
    found
}

/// Whether the environment that `pid` was started with holds exactly `name=value`.
#[must_use]
pub fn has_variable(pid: i32, name: &str, value: &[u8]) -> bool {
    fs::read(format!("/proc/{pid}/environ")).is_ok_and(|block| {
        block.split(|byte| *byte == 0).any(|entry| {
            entry.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"=")) == Some(value)
        })
    })
}

/// Name of the process `pid` (its first 15 bytes), empty when it is gone. A zombie still has one.
#[must_use]
pub fn name_of(pid: i32) -> String {
    fs::read(format!("/proc/{pid}/comm"))
        .map(|name| String::from_utf8_lossy(&name).trim_end().to_owned())
        .unwrap_or_default()
}

/// Identity of this boot, empty where the kernel does not tell.
#[must_use]
pub fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map(|text| text.trim().to_owned())
        .unwrap_or_default()
}

/// Parses a line of `/proc/<pid>/stat`. The name in parentheses may itself hold spaces and parentheses.
fn parse_stat(line: &str) -> Option<Process> {
    let pid = line.split(' ').next()?.parse().ok()?;
    let after_name = line.rsplit_once(") ")?.1;
    let fields: Vec<&str> = after_name.split_ascii_whitespace().collect();
    // Field n of proc(5) is fields[n - 3].
    let number = |field: usize| fields.get(field - 3)?.parse::<i64>().ok();
    // A process whose first thread ended looks like a zombie although other threads live on.
    let is_dead = matches!(*fields.first()?, "Z" | "X") && number(20)? <= 1;
    if is_dead {
        return None;
    }
    let ticks = |own: usize, waited_for: usize| u64::try_from(number(own)? + number(waited_for)?).ok();
    Some(Process {
        pid,
        parent_pid: i32::try_from(number(4)?).ok()?,
        group: i32::try_from(number(5)?).ok()?,
        session: i32::try_from(number(6)?).ok()?,
        start_time_ticks: u64::try_from(number(22)?).ok()?,
        user_ticks: ticks(14, 16)?,
        system_ticks: ticks(15, 17)?,
        rss_pages: u64::try_from(number(24)?).unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(name: &str, state: &str, threads: u32) -> String {
        format!(
            "12 ({name}) {state} 7 12 12 0 -1 4194560 1 2 3 4 10 20 30 40 20 0 {threads} 0 777 4096 55 1844 1 1"
        )
    }

    #[test]
    fn reads_fields_after_a_name_with_parentheses_and_spaces() {
        let process = parse_stat(&stat("a) S 1 (b", "S", 3)).expect("a process");
        let expected = Process {
            pid: 12,
            parent_pid: 7,
            group: 12,
            session: 12,
            start_time_ticks: 777,
            user_ticks: 40,
            system_ticks: 60,
            rss_pages: 55,
        };
        assert_eq!(process, expected);
    }

    #[test]
    fn leaves_zombies_and_garbage_out() {
        assert_eq!(parse_stat(&stat("sh", "Z", 1)), None);
        assert!(parse_stat(&stat("first thread ended", "Z", 2)).is_some());
        assert_eq!(parse_stat("12 (sh) S 7"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn finds_descendants_through_chains_and_survives_cycles() {
        let process = |pid, parent_pid| Process {
            pid,
            parent_pid,
            group: pid,
            session: pid,
            start_time_ticks: 1,
            user_ticks: 0,
            system_ticks: 0,
            rss_pages: 0,
        };
        let table = [process(2, 1), process(3, 2), process(4, 3), process(9, 8), process(8, 9)];
        let mut pids: Vec<i32> = descendants_of(1, &table).iter().map(|found| found.pid).collect();
        pids.sort_unstable();
        assert_eq!(pids, [2, 3, 4]);
    }

    #[test]
    fn sees_this_process_and_its_environment() {
        let pid = i32::try_from(std::process::id()).expect("a process id");
        let own = read_process(pid).expect("this process");
        assert!(read_all().iter().any(|process| process.identity() == own.identity()));
        let path = std::env::var("PATH").expect("PATH");
        assert!(has_variable(pid, "PATH", path.as_bytes()));
        assert!(!has_variable(pid, "PATH", b"elsewhere"));
    }
}
