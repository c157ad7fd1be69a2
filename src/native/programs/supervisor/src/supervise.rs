// SPDX-License-Identifier: Apache-2.0
//! The life of a run: started, watched, asked to end, killed, gone.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use iterscope_launch::proc::{Process, name_of};
use iterscope_launch::{Asking, Death, EndedBy, Event, FailureCode, Instigator, LaunchSpec};
use nix::poll::PollTimeout;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

use crate::Failure;
use crate::account::Account;
use crate::control::{Control, Request};
use crate::ending::{Ending, Step};
use crate::program::start_program;
use crate::reporter::Reporter;
use crate::signals::Signals;
use crate::tree::{Children, Ended, Tree};

/// How long one look may chase processes that fork and end faster than the process table can be read.
const CHASE: Duration = Duration::from_millis(20);

/// How and when the program itself ended.
struct ProgramEnd {
    code: Option<i32>,
    signal: Option<Signal>,
    wall: Duration,
}

struct Supervision<'a> {
    spec: &'a LaunchSpec,
    reporter: &'a mut Reporter,
    control: Control,
    signals: Signals,
    tree: Tree,
    account: Account,
    program_pid: i32,
    started: Instant,
    next_sample: Option<Instant>,
    program_end: Option<ProgramEnd>,
    ending: Option<Ending>,
    asking: Asking,
    /// Whether processes may be dying because we told them to.
    has_asked: bool,
    left_behind: HashSet<(i32, u64)>,
}

/// Starts the program of `spec` and returns when no process of it is left.
pub fn run_to_end(spec: &LaunchSpec, control: Control, reporter: &mut Reporter) -> Result<(), Failure> {
    let signals = Signals::receive().map_err(|error| {
        Failure::new(FailureCode::System, format!("The system refused signals: {error}."))
    })?;
    let account = Account::new();
    let program = start_program(spec, reporter)?;
    let sample_period = (spec.sample_ms > 0).then(|| Duration::from_millis(spec.sample_ms));
    let mut supervision = Supervision {
        spec,
        reporter,
        control,
        signals,
        tree: Tree::new(),
        account,
        program_pid: program.pid,
        started: program.started,
        next_sample: sample_period.map(|period| program.started + period),
        program_end: None,
        ending: None,
        asking: Asking::default(),
        has_asked: false,
        left_behind: HashSet::new(),
    };
    if let Some(request) = supervision.control.pending_request() {
        supervision.begin_ending(request);
    }
    while !supervision.step() {}
    supervision.report_exit();
    Ok(())
}

impl Supervision<'_> {
    /// Waits for something to happen and deals with it; true when the run is over.
    fn step(&mut self) -> bool {
        self.wait();
        if self.reap() {
            return true;
        }
        self.sample_if_due();
        if self.program_end.is_some() && self.ending.is_none() {
            self.ending = Some(Ending::after_program(self.grace()));
        }
        self.end_tree()
    }

    fn grace(&self) -> Duration {
        Duration::from_millis(self.spec.grace_ms)
    }

    fn wait(&mut self) {
        let timeout = self.poll_timeout();
        let is_control_ready = self.signals.wait(self.control.pollable(), timeout);
        while let Some(sender) = self.signals.next_request() {
            self.begin_ending(Request::Signalled { sender });
        }
        if is_control_ready && let Some(request) = self.control.read_request() {
            self.begin_ending(request);
        }
    }

    fn poll_timeout(&self) -> PollTimeout {
        let now = Instant::now();
        let next_look = self.ending.as_ref().and_then(|ending| ending.next_look(now));
        [self.next_sample, next_look].into_iter().flatten().min().map_or(PollTimeout::NONE, |at| {
            // Rounded up, or the wait would end just before the moment and spin.
            let until = at.saturating_duration_since(now) + Duration::from_millis(1);
            PollTimeout::try_from(until).unwrap_or(PollTimeout::MAX)
        })
    }

    /// Takes note of every child that ended; true when there is none any more, living or dead.
    fn reap(&mut self) -> bool {
        loop {
            match Tree::next_ended() {
                Children::Ended(ended) => {
                    self.note_end(&ended);
                    Tree::forget(&ended);
                }
                Children::Alive => return false,
                Children::None => return true,
            }
        }
    }

    fn note_end(&mut self, ended: &Ended) {
        let elapsed = self.started.elapsed();
        if let Some(signal) = ended.signal.filter(|_| !self.has_asked) {
            let death = Death {
                pid: ended.pid,
                name: name_of(ended.pid),
                signal: signal.as_str().to_owned(),
                elapsed_ms: milliseconds(elapsed),
            };
            if self.account.keep_death(&death) {
                self.reporter.report(&Event::Died(death));
            }
        }
        if ended.pid == self.program_pid && self.program_end.is_none() {
            self.program_end = Some(ProgramEnd { code: ended.code, signal: ended.signal, wall: elapsed });
        }
    }

    fn sample_if_due(&mut self) {
        let now = Instant::now();
        if self.next_sample.is_none_or(|at| at > now) {
            return;
        }
        self.next_sample = Some(now + Duration::from_millis(self.spec.sample_ms));
        let usage = self.account.sample(&self.tree.processes());
        self.reporter.report(&Event::Sample {
            elapsed_ms: milliseconds(self.started.elapsed()),
            cpu_ms: usage.cpu.total_ms(),
            rss_bytes: usage.rss_bytes,
            processes: usage.processes,
        });
    }

    /// Begins to end the tree on request. Once asked, the program is not asked again.
    fn begin_ending(&mut self, request: Request) {
        let instigator = |pid: i32| (pid > 0).then(|| Instigator { pid, name: name_of(pid) });
        let (by, who) = match request {
            Request::Cancel => (EndedBy::Cancel, instigator(getppid().as_raw())),
            Request::Signalled { sender } => (EndedBy::Signal, instigator(sender)),
            Request::Closed => (EndedBy::ApplicationDied, None),
        };
        match &mut self.ending {
            Some(ending) => ending.hasten(Instant::now()),
            None => self.ending = Some(Ending::requested(by, who, self.grace())),
        }
    }

    /// One step towards an empty tree; true when it is empty.
    fn end_tree(&mut self) -> bool {
        let Some(ending) = &mut self.ending else { return false };
        match ending.step(Instant::now(), self.program_end.is_none()) {
            Step::Wait => false,
            Step::AskRun => {
                let processes = self.report_ending();
                self.asking.ask_run(&processes, self.program_pid, self.spec.end_signal);
                false
            }
            Step::AskRest => {
                let processes = self.report_ending();
                self.left_behind.extend(processes.iter().map(Process::identity));
                self.asking.ask_rest(&processes);
                false
            }
            Step::Kill => self.kill_tree(),
        }
    }

    /// Says why the tree is asked to end now, and gives its processes.
    fn report_ending(&mut self) -> Vec<Process> {
        let processes = self.tree.processes();
        let is_first = !std::mem::replace(&mut self.has_asked, true);
        if let Some(ending) = self.ending.as_ref().filter(|_| is_first) {
            self.reporter.report(&Event::Ending {
                ended_by: ending.by,
                instigator: ending.instigator.clone(),
                elapsed_ms: milliseconds(self.started.elapsed()),
                processes: u32::try_from(processes.len()).unwrap_or(u32::MAX),
            });
        }
        processes
    }

    fn kill_tree(&mut self) -> bool {
        let processes = self.tree.processes();
        let descendants = processes.iter().filter(|process| process.pid != self.program_pid);
        self.left_behind.extend(descendants.map(Process::identity));
        self.tree.kill_all();
        let until = Instant::now() + CHASE;
        while Instant::now() < until {
            if self.reap() {
                return true;
            }
            self.tree.kill_children();
        }
        false
    }

    fn report_exit(&mut self) {
        let Some(end) = &self.program_end else { return };
        let cpu = self.account.total_cpu();
        let ending = self.ending.as_ref();
        self.reporter.report(&Event::Exited {
            code: end.code,
            signal: end.signal.map(|signal| signal.as_str().to_owned()),
            wall_ms: milliseconds(end.wall),
            cpu_ms: cpu.total_ms(),
            user_ms: cpu.user_ms,
            system_ms: cpu.system_ms,
            peak_rss_bytes: self.account.peak_rss_bytes(),
            peak_process_rss_bytes: Account::peak_process_rss_bytes(),
            ended_by: ending.map_or(EndedBy::Program, |ending| ending.by),
            instigator: ending.and_then(|ending| ending.instigator.clone()),
            left_behind: u32::try_from(self.left_behind.len()).unwrap_or(u32::MAX),
            deaths: self.account.deaths().to_vec(),
            oom_kills: self.account.oom_kills(),
        });
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
