// SPDX-License-Identifier: Apache-2.0
//! A run of `sh -c SCRIPT` under the real supervisor.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use iterscope_launch::proc::read_process;
use iterscope_launch::{Event, InterruptSignal, LaunchSpec, RunHandle, start};
use tempfile::TempDir;

/// Nothing here takes nearly as long; a test that waits longer has failed.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Run {
    pub handle: RunHandle,
    pub events: Receiver<Event>,
    pub dir: TempDir,
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
        interrupt_signal: InterruptSignal::Term,
    }
}

pub fn start_run(script: &str, change: impl FnOnce(&mut LaunchSpec)) -> Run {
    let dir = tempfile::tempdir().expect("a folder");
    let mut spec = spec(dir.path(), script);
    change(&mut spec);
    let (sender, events) = channel();
    let on_event = move |event: &Event| sender.send(event.clone()).unwrap_or_default();
    let handle = start(&supervisor(), &spec, on_event).expect("the supervisor starts");
    Run { handle, events, dir }
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
