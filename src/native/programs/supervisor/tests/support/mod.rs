// SPDX-License-Identifier: Apache-2.0
//! A run of `sh -c SCRIPT` under the real supervisor.
#![allow(dead_code, reason = "each test file uses its part")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use iterscope_launch::proc::read_process;
use iterscope_launch::{EndSignal, Event, LaunchSpec, RunHandle};
use tempfile::TempDir;

/// Nothing here takes nearly as long; a test that waits longer has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Run {
    pub handle: RunHandle,
    pub events: Receiver<Event>,
    pub dir: Folder,
}

/// Where a run lives: a folder that goes with the test, or one of the caller's.
pub enum Folder {
    Own(TempDir),
    Given(PathBuf),
}

impl Folder {
    pub fn path(&self) -> &Path {
        match self {
            Self::Own(dir) => dir.path(),
            Self::Given(path) => path,
        }
    }
}

pub fn supervisor() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_supervisor"))
}

pub fn spec(dir: &Path, script: &str) -> LaunchSpec {
    LaunchSpec {
        run_dir: dir.to_owned(),
        program: "sh".to_owned(),
        args: vec!["-c".to_owned(), script.to_owned()],
        cwd: dir.to_owned(),
        env: vec![("PATH".to_owned(), std::env::var("PATH").expect("PATH"))],
        stdout_path: dir.join("stdout"),
        stderr_path: dir.join("stderr"),
        grace_ms: 300,
        sample_ms: 0,
        end_signal: EndSignal::Term,
    }
}

pub fn start_run(script: &str, change: impl FnOnce(&mut LaunchSpec)) -> Run {
    start(&supervisor(), Folder::Own(tempfile::tempdir().expect("a folder")), script, change)
}

/// A run whose supervisor is started by a shell after `preparation`.
pub fn start_run_after(preparation: &str, script: &str) -> Run {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("supervisor.sh");
    std::fs::write(&path, format!("#!/bin/sh\n{preparation}\nexec {}\n", supervisor().display()))
        .expect("a script");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("made executable");
    start(&path, Folder::Own(dir), script, |_| ())
}

pub fn start_run_in(dir: &Path, script: &str, change: impl FnOnce(&mut LaunchSpec)) -> Run {
    start(&supervisor(), Folder::Given(dir.to_owned()), script, change)
}

fn start(supervisor: &Path, dir: Folder, script: &str, change: impl FnOnce(&mut LaunchSpec)) -> Run {
    let mut spec = spec(dir.path(), script);
    change(&mut spec);
    let (sender, events) = channel();
    let on_event = move |event: &Event| sender.send(event.clone()).unwrap_or_default();
    let handle = iterscope_launch::start(supervisor, &spec, on_event).expect("the supervisor starts");
    Run { handle, events, dir }
}

pub fn end_of(run: &Run) -> Event {
    run.events_to_end().pop().expect("a last event")
}

/// A file system of its own, gone when dropped.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// A disk of so many bytes; `None`, with the reason on standard error, where this user may not mount one.
pub fn small_disk(bytes: u64) -> Option<SmallDisk> {
    let dir = tempfile::tempdir().expect("a folder");
    let options = format!("size={bytes}");
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(dir.path()).output();
    match mount {
        Ok(done) if done.status.success() => Some(SmallDisk(dir)),
        refused => {
            eprintln!("skipped: a small disk cannot be mounted here ({refused:?})");
            None
        }
    }
}

impl Run {
    /// All events up to the last one.
    pub fn events_to_end(&self) -> Vec<Event> {
        let mut events = Vec::new();
        while !events.last().is_some_and(Event::is_last) {
            events.push(self.events.recv_timeout(PATIENCE).expect("another event"));
        }
        events
    }

    /// Waits for an event.
    pub fn until(&self, is_it: impl Fn(&Event) -> bool) {
        while !is_it(&self.events.recv_timeout(PATIENCE).expect("another event")) {}
    }

    /// Waits until the program has written `lines` lines, and returns them.
    pub fn output(&self, lines: usize) -> Vec<String> {
        let path = self.dir.path().join("stdout");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if text.matches('\n').count() >= lines {
                return text.lines().map(str::to_owned).collect();
            }
            assert!(Instant::now() < deadline, "only {text:?} came");
            std::thread::yield_now();
        }
    }

    /// Process ids that the program printed, one a line.
    pub fn printed_pids(&self, count: usize) -> Vec<i32> {
        self.output(count).iter().map(|line| line.trim().parse().expect("a process id")).collect()
    }
}

pub fn assert_gone(pids: &[i32]) {
    for pid in pids {
        assert_eq!(read_process(*pid), None, "process {pid} is still there");
    }
}
