// SPDX-License-Identifier: Apache-2.0
//! The journal of a run: what its supervisor told, and how to end what a dead supervisor left.

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::error::LaunchError;
use crate::event::Event;
use crate::proc::{self, Process};
use crate::spec::RUN_DIR_VARIABLE;

/// Name of the journal inside the run's folder.
pub const JOURNAL_FILE: &str = "supervisor.jsonl";

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

/// Ends every process that a run without supervisor left: asks with `SIGTERM`, kills after `grace`, returns when
/// none is alive. A supervisor that is still alive keeps its run: then nothing happens.
///
/// Returns how many processes were ended.
///
/// # Errors
/// [`LaunchError::JournalUnreadable`] when the journal exists and cannot be read.
pub fn end_journalled(run_dir: &Path, grace: Duration) -> Result<u32, LaunchError> {
    let events = read_journal(run_dir)?;
    let Some(started) = started_here(&events) else { return Ok(0) };
    if is_alive(started.supervisor) {
        return Ok(0);
    }
    let deadline = Instant::now() + grace;
    let mut asked: HashSet<(i32, u64)> = HashSet::new();
    loop {
        let remaining = left_processes(run_dir, &started, &proc::read_all());
        if remaining.is_empty() {
            return Ok(u32::try_from(asked.len()).unwrap_or(u32::MAX));
        }
        let must_die = Instant::now() >= deadline;
        for process in remaining {
            if asked.insert(process.identity()) {
                signal(process.pid, Signal::SIGTERM);
                signal(process.pid, Signal::SIGCONT);
            }
            if must_die {
                signal(process.pid, Signal::SIGKILL);
            }
        }
        sleep(POLL);
    }
}

/// The journalled identities of this boot.
struct Started {
    program: (i32, u64),
    supervisor: (i32, u64),
}

fn started_here(events: &[Event]) -> Option<Started> {
    let boot = proc::boot_id();
    events.iter().rev().find_map(|event| match event {
        Event::Started {
            pid,
            start_time_ticks,
            supervisor_pid,
            supervisor_start_time_ticks,
            boot_id,
            ..
        } if *boot_id == boot => Some(Started {
            program: (*pid, *start_time_ticks),
            supervisor: (*supervisor_pid, *supervisor_start_time_ticks),
        }),
        _ => None,
    })
}

fn is_alive(identity: (i32, u64)) -> bool {
    proc::read_process(identity.0).is_some_and(|process| process.identity() == identity)
}

/// Processes that certainly belong to the run: the journalled program, those that carry the run's variable, their
/// descendants, and whoever shares a session with one of these (a session's number is not reused while it has a
/// member, and every session of the run was made by it).
fn left_processes(run_dir: &Path, started: &Started, all: &[Process]) -> Vec<Process> {
    let own_pid = i32::try_from(std::process::id()).unwrap_or(0);
    let marked = |process: &&Process| {
        process.identity() == started.program
            || (process.pid != own_pid
                && process.start_time_ticks >= started.program.1
                && proc::has_variable(process.pid, RUN_DIR_VARIABLE, run_dir.as_os_str().as_bytes()))
    };
    let mut pids: HashSet<i32> = HashSet::new();
    for root in all.iter().filter(marked) {
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

fn signal(pid: i32, signal: Signal) {
    // The process may be gone by now, which is what is wanted.
    let _ = kill(Pid::from_raw(pid), signal);
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn journal_line(pid: i32, ticks: u64, boot_id: &str) -> String {
        let event = Event::Started {
            pid,
            start_time_ticks: ticks,
            supervisor_pid: i32::MAX,
            supervisor_start_time_ticks: 1,
            boot_id: boot_id.to_owned(),
            at_ns: "1".to_owned(),
        };
        serde_json::to_string(&event).expect("an event is JSON")
    }

    #[test]
    fn a_missing_journal_names_no_process() {
        let dir = tempfile::tempdir().expect("a folder");
        assert_eq!(end_journalled(dir.path(), Duration::ZERO).expect("no journal is no error"), 0);
    }

    #[test]
    fn a_cut_line_is_left_out() {
        let dir = tempfile::tempdir().expect("a folder");
        let whole = journal_line(1, 2, "b");
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
        fs::write(&journal, journal_line(pid, process.start_time_ticks + 1, &proc::boot_id()))
            .expect("a journal");
        assert_eq!(end_journalled(dir.path(), Duration::ZERO).expect("readable"), 0);
        fs::write(&journal, journal_line(pid, process.start_time_ticks, "another boot")).expect("a journal");
        assert_eq!(end_journalled(dir.path(), Duration::ZERO).expect("readable"), 0);
        assert!(is_alive(process.identity()));
        fs::write(&journal, journal_line(pid, process.start_time_ticks, &proc::boot_id()))
            .expect("a journal");
        assert_eq!(end_journalled(dir.path(), Duration::from_secs(5)).expect("readable"), 1);
        assert!(!child.wait().expect("a status").success());
    }
}
