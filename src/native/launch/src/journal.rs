// SPDX-License-Identifier: Apache-2.0
//! The journal of a run: what its supervisor told, and how to end what a dead supervisor left.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::ask::Asking;
use crate::error::LaunchError;
use crate::event::Event;
use crate::halt::Halt;
use crate::mark::is_marked;
use crate::proc::{self, Process};
use crate::spec::{EndSignal, RUN_DIR_VARIABLE};

/// Name of the journal inside the run's folder.
pub const JOURNAL_FILE: &str = "supervisor.jsonl";

/// Name of the supervisor's process.
const SUPERVISOR_NAME: &str = "supervisor";

const POLL: Duration = Duration::from_millis(20);

/// Reads the journal of a run, oldest event first. A line that was cut or is not an event is left out; no journal
/// means no event.
///
/// # Errors
/// [`LaunchError::JournalUnreadable`] when the file exists and cannot be read.
pub fn read_journal(run_dir: &Path) -> Result<Vec<Event>, LaunchError> {
    let path = run_dir.join(JOURNAL_FILE);
    match fs::read(&path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes)
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(LaunchError::JournalUnreadable { path, source }),
    }
}

/// What a run without supervisor had left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leftovers {
    /// Processes that were ended.
    pub ended: u32,
    /// The supervisor is alive and ends its run itself: nothing was done.
    pub is_supervised: bool,
}

/// Ends every process that a run without supervisor left: asks as its specification says, kills after its grace time,
/// returns when none is alive. A supervisor that is still alive keeps its run: then nothing happens.
///
/// # Errors
/// [`LaunchError::JournalUnreadable`] when the journal exists and cannot be read.
pub fn end_journalled(run_dir: &Path) -> Result<Leftovers, LaunchError> {
    let events = read_journal(run_dir)?;
    let Some(starting) = starting_here(&events) else {
        // One that has yet to start its program is about to hear of the application's death, and then ends it.
        return Ok(Leftovers { ended: 0, is_supervised: has_young_supervisor(run_dir) });
    };
    if is_alive(starting.supervisor) {
        return Ok(Leftovers { ended: 0, is_supervised: true });
    }
    let left = || left_processes(run_dir, &starting, &proc::read_all());
    let deadline = Instant::now() + starting.grace;
    let mut ended: HashSet<(i32, u64)> = HashSet::new();
    let mut asking = Asking::default();
    let mut halt = Halt::default();
    let mut is_asked = false;
    loop {
        let remaining = left();
        if remaining.is_empty() {
            let ended = u32::try_from(ended.len()).unwrap_or(u32::MAX);
            return Ok(Leftovers { ended, is_supervised: false });
        }
        ended.extend(remaining.iter().map(Process::identity));
        if !is_alive(starting.program) {
            asking.ask_rest(&remaining);
        } else if !is_asked {
            asking.ask_run(&remaining, starting.program.0, starting.end_signal);
        }
        is_asked = true;
        if Instant::now() >= deadline {
            halt.kill_all(left);
        }
        sleep(POLL);
    }
}

/// What the journal names, in this boot.
struct Starting {
    program: (i32, u64),
    supervisor: (i32, u64),
    end_signal: EndSignal,
    grace: Duration,
}

fn starting_here(events: &[Event]) -> Option<Starting> {
    let boot = proc::boot_id();
    events.iter().rev().find_map(|event| match event {
        Event::Starting {
            pid,
            start_time_ticks,
            supervisor_pid,
            supervisor_start_time_ticks,
            boot_id,
            end_signal,
            grace_ms,
        } if *boot_id == boot => Some(Starting {
            program: (*pid, *start_time_ticks),
            supervisor: (*supervisor_pid, *supervisor_start_time_ticks),
            end_signal: *end_signal,
            grace: Duration::from_millis(*grace_ms),
        }),
        _ => None,
    })
}

/// Whether a supervisor of the run lives that has journalled nothing yet. It has its specification only after it was
/// started as what it is, so that one which cannot be seen here has nothing to start.
fn has_young_supervisor(run_dir: &Path) -> bool {
    proc::read_all().iter().any(|process| {
        proc::name_of(process.pid) == SUPERVISOR_NAME
            && proc::has_variable(process.pid, RUN_DIR_VARIABLE, run_dir.as_os_str().as_bytes())
    })
}

fn is_alive(identity: (i32, u64)) -> bool {
    proc::read_process(identity.0).is_some_and(|process| process.identity() == identity)
}

/// Processes that certainly belong to the run: the journalled program, those that carry the run's mark or its
/// variable, their descendants, and whoever shares a session with one of these (a session's number is not reused
/// while it has a member, and every session of the run was made by it).
fn left_processes(run_dir: &Path, starting: &Starting, all: &[Process]) -> Vec<Process> {
    let own_pid = std::process::id().cast_signed();
    let belongs = |process: &&Process| {
        process.identity() == starting.program
            || (process.pid != own_pid
                && process.start_time_ticks >= starting.program.1
                && (is_marked(process.pid, starting.supervisor)
                    || proc::has_variable(process.pid, RUN_DIR_VARIABLE, run_dir.as_os_str().as_bytes())))
    };
    let mut pids: HashSet<i32> = HashSet::new();
    for root in all.iter().filter(belongs) {
        pids.insert(root.pid);
        pids.extend(proc::descendants_of(root.pid, all).iter().map(|process| process.pid));
    }
    let own_session = all.iter().find(|process| process.pid == own_pid).map(|process| process.session);
    let sessions: HashSet<i32> = all
        .iter()
        .filter(|process| pids.contains(&process.pid) && Some(process.session) != own_session)
        .map(|process| process.session)
        .collect();
    all.iter()
        .filter(|process| process.pid != own_pid)
        .filter(|process| pids.contains(&process.pid) || sessions.contains(&process.session))
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn ended(run_dir: &Path) -> u32 {
        end_journalled(run_dir).expect("a readable journal").ended
    }

    fn journal_line(pid: i32, ticks: u64, boot_id: &str, grace_ms: u64) -> String {
        let event = Event::Starting {
            pid,
            start_time_ticks: ticks,
            supervisor_pid: i32::MAX,
            supervisor_start_time_ticks: 1,
            boot_id: boot_id.to_owned(),
            end_signal: EndSignal::Term,
            grace_ms,
        };
        serde_json::to_string(&event).expect("an event is JSON")
    }

    #[test]
    fn a_missing_journal_names_no_process() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(ended(dir.path()), 0);
    }

    #[test]
    fn a_cut_line_is_left_out() {
        let dir = tempfile::tempdir().expect("a folder");
        let whole = journal_line(1, 2, "b", 0);
        fs::write(dir.path().join(JOURNAL_FILE), format!("{whole}\n{}", &whole[..20])).expect("a journal");
        assert_eq!(read_journal(dir.path()).expect("readable").len(), 1);
    }

    #[test]
    fn ends_the_journalled_program_only_when_its_start_time_matches() {
        let dir = tempfile::tempdir().expect("a folder");
        // Its own process group stays in this test's session, so the program leads one of its own here.
        let mut child = Command::new("setsid").args(["sleep", "60"]).spawn().expect("setsid runs");
        let pid = i32::try_from(child.id()).expect("a process id");
        let process = loop {
            match proc::read_process(pid) {
                Some(process) if process.session == pid => break process,
                _ => std::thread::yield_now(),
            }
        };
        let journal = dir.path().join(JOURNAL_FILE);
        let write = |ticks, boot_id: &str, grace_ms| {
            fs::write(&journal, journal_line(pid, ticks, boot_id, grace_ms)).expect("a journal");
        };
        write(process.start_time_ticks + 1, &proc::boot_id(), 0);
        assert_eq!(ended(dir.path()), 0);
        write(process.start_time_ticks, "another boot", 0);
        assert_eq!(ended(dir.path()), 0);
        assert!(is_alive(process.identity()));
        write(process.start_time_ticks, &proc::boot_id(), 5_000);
        assert_eq!(ended(dir.path()), 1);
        assert!(!child.wait().expect("a status").success());
    }
}
