// SPDX-License-Identifier: Apache-2.0
//! The life of a run: started, watched, asked to end, killed, gone.

use std::collections::HashSet;
use std::os::fd::AsFd;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use iterscope_launch::proc::{Process, boot_id, read_process};
use iterscope_launch::{EndedBy, Event, FailureCode, LaunchSpec};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use crate::Failure;
use crate::control::{Control, Request};
use crate::program::start_program;
use crate::reporter::Reporter;
use crate::tree::{Tree, reaped_cpu_ms, reaped_peak_rss_bytes};

/// How often the tree is looked at while it ends; grandchildren's ends cause no signal.
const ENDING_POLL: Duration = Duration::from_millis(20);

/// What ends by itself within this time after its program was not left behind.
const SETTLE: Duration = Duration::from_millis(200);

/// How and when the program itself ended.
struct ProgramEnd {
    code: Option<i32>,
    signal: Option<Signal>,
    wall: Duration,
}

/// A tree that is to end.
struct Ending {
    by: EndedBy,
    ask_at: Instant,
    kill_at: Instant,
    is_asked: bool,
}

struct Supervision<'a> {
    spec: &'a LaunchSpec,
    reporter: &'a mut Reporter,
    control: Control,
    signals: SignalFd,
    tree: Tree,
    program_pid: i32,
    started: Instant,
    next_sample: Option<Instant>,
    peak_rss_bytes: u64,
    sampled_cpu_ms: u64,
    program_end: Option<ProgramEnd>,
    ending: Option<Ending>,
    left_behind: HashSet<(i32, u64)>,
}

/// Starts the program of `spec` and returns when no process of it is left.
pub fn run_to_end(spec: &LaunchSpec, control: Control, reporter: &mut Reporter) -> Result<(), Failure> {
    let signals = receive_signals().map_err(|error| {
        Failure::new(FailureCode::System, format!("The system refused signals: {error}."))
    })?;
    let program_pid = start_program(spec)?;
    let started = Instant::now();
    reporter.report(&started_event(program_pid));
    let sample_period = (spec.sample_ms > 0).then(|| Duration::from_millis(spec.sample_ms));
    let mut supervision = Supervision {
        spec,
        reporter,
        control,
        signals,
        tree: Tree::new(),
        program_pid,
        started,
        next_sample: sample_period.map(|period| started + period),
        peak_rss_bytes: 0,
        sampled_cpu_ms: 0,
        program_end: None,
        ending: None,
        left_behind: HashSet::new(),
    };
    if let Some(request) = supervision.control.pending_request() {
        supervision.begin_ending(request);
    }
    while !supervision.step() {}
    supervision.report_exit();
    Ok(())
}

/// Blocks the signals that matter and returns the descriptor they are read from.
fn receive_signals() -> nix::Result<SignalFd> {
    let mut mask = SigSet::empty();
    for signal in [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        mask.add(signal);
    }
    mask.thread_block()?;
    SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)
}

fn started_event(program_pid: i32) -> Event {
    let start_ticks = |pid| read_process(pid).map_or(0, |process: Process| process.start_time_ticks);
    let supervisor_pid = std::process::id().cast_signed();
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Event::Started {
        pid: program_pid,
        start_time_ticks: start_ticks(program_pid),
        supervisor_pid,
        supervisor_start_time_ticks: start_ticks(supervisor_pid),
        boot_id: boot_id(),
        at_ns: since_epoch.as_nanos().to_string(),
    }
}

impl Supervision<'_> {
    /// Waits for something to happen and deals with it; true when the run is over.
    fn step(&mut self) -> bool {
        self.wait();
        self.reap();
        self.sample_if_due();
        if self.program_end.is_some() && self.ending.is_none() {
            self.ending = Some(self.new_ending(EndedBy::Program, SETTLE));
        }
        self.ending.is_some() && self.end_tree()
    }

    fn wait(&mut self) {
        let timeout = self.poll_timeout();
        let mut sources = vec![PollFd::new(self.signals.as_fd(), PollFlags::POLLIN)];
        sources.extend(self.control.pollable().map(|fd| PollFd::new(fd, PollFlags::POLLIN)));
        // An error (an interrupted wait) only means looking at everything once more.
        let _ = poll(&mut sources, timeout);
        let ready: Vec<bool> = sources.iter().map(|source| source.any().unwrap_or(false)).collect();
        while let Ok(Some(signal)) = self.signals.read_signal() {
            if signal.ssi_signo != Signal::SIGCHLD as u32 {
                self.begin_ending(Request::Cancel);
            }
        }
        if ready.get(1) == Some(&true)
            && let Some(request) = self.control.read_request()
        {
            self.begin_ending(request);
        }
    }

    fn poll_timeout(&self) -> PollTimeout {
        if self.ending.is_some() {
            return PollTimeout::try_from(ENDING_POLL).unwrap_or(PollTimeout::ZERO);
        }
        self.next_sample.map_or(PollTimeout::NONE, |at| {
            // Rounded up, or the wait would end just before the moment and spin.
            let until = at.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
            PollTimeout::try_from(until).unwrap_or(PollTimeout::MAX)
        })
    }

    fn reap(&mut self) {
        loop {
            let (pid, code, signal) = match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
                Ok(WaitStatus::Exited(pid, code)) => (pid, Some(code), None),
                Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, None, Some(signal)),
                Ok(WaitStatus::StillAlive) | Err(_) => return,
                Ok(_) => continue,
            };
            if pid.as_raw() == self.program_pid && self.program_end.is_none() {
                self.program_end = Some(ProgramEnd { code, signal, wall: self.started.elapsed() });
            }
        }
    }

    fn sample_if_due(&mut self) {
        let now = Instant::now();
        if self.ending.is_some() || self.next_sample.is_none_or(|at| at > now) {
            return;
        }
        self.next_sample = Some(now + Duration::from_millis(self.spec.sample_ms));
        let usage = self.tree.usage();
        self.peak_rss_bytes = self.peak_rss_bytes.max(usage.rss_bytes);
        self.sampled_cpu_ms = usage.cpu_ms;
        self.reporter.report(&Event::Sample {
            elapsed_ms: milliseconds(self.started.elapsed()),
            cpu_ms: usage.cpu_ms,
            rss_bytes: usage.rss_bytes,
            processes: usage.processes,
        });
    }

    /// Begins to end the tree on request. Once asked, the tree is not asked again.
    fn begin_ending(&mut self, request: Request) {
        let by = match request {
            Request::Cancel => EndedBy::Cancel,
            Request::Closed => EndedBy::ApplicationDied,
        };
        if self.program_end.is_none() && self.ending.is_none() {
            self.ending = Some(self.new_ending(by, Duration::ZERO));
            self.reporter
                .report(&Event::Ending { ended_by: by, elapsed_ms: milliseconds(self.started.elapsed()) });
        }
    }

    fn new_ending(&self, by: EndedBy, settle: Duration) -> Ending {
        let ask_at = Instant::now() + settle;
        Ending { by, ask_at, kill_at: ask_at + Duration::from_millis(self.spec.grace_ms), is_asked: false }
    }

    /// One step towards an empty tree; true when it is empty.
    fn end_tree(&mut self) -> bool {
        let processes = self.tree.processes();
        let Some(ending) = &mut self.ending else { return false };
        let now = Instant::now();
        if processes.is_empty() {
            // What became a zombie since the last reaping still has its exit code and its CPU time to tell.
            self.reap();
            return self.program_end.is_some();
        }
        let descendants = processes.iter().filter(|process| process.pid != self.program_pid);
        if now >= ending.kill_at {
            self.left_behind.extend(descendants.map(Process::identity));
            self.tree.kill_all();
        } else if now >= ending.ask_at && !ending.is_asked {
            ending.is_asked = true;
            if ending.by == EndedBy::Program {
                self.left_behind.extend(descendants.map(Process::identity));
            }
            Tree::ask_to_end(&processes, self.spec.interrupt_signal.into());
        }
        false
    }

    fn report_exit(&mut self) {
        let Some(end) = &self.program_end else { return };
        self.reporter.report(&Event::Exited {
            code: end.code,
            signal: end.signal.map(|signal| signal.as_str().to_owned()),
            wall_ms: milliseconds(end.wall),
            // Children of a parent that ignores their ends are in no account but the samples.
            cpu_ms: reaped_cpu_ms().max(self.sampled_cpu_ms),
            peak_rss_bytes: self.peak_rss_bytes.max(reaped_peak_rss_bytes()),
            ended_by: self.ending.as_ref().map_or(EndedBy::Program, |ending| ending.by),
            left_behind: u32::try_from(self.left_behind.len()).unwrap_or(u32::MAX),
        });
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
