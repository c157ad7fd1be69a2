// SPDX-License-Identifier: Apache-2.0
//! `supervisor`: owns one run, from its start until no process of it is left.
//!
//! Standard input carries one line of JSON (the specification), then the control pipe: a line `cancel`, or its end,
//! which means that the application died. Standard output carries events as JSON lines; the run's folder gets the
//! same lines as a journal. The program writes its output to files by itself: nothing here can make it wait.
//!
//! One thread, and everything that can happen (a child's end, a request, a signal, time) meets in one `poll`. Only
//! the program's start takes a second one, for as long as it lasts.

mod account;
mod control;
mod ending;
mod journal;
mod program;
mod reporter;
mod signals;
mod supervise;
mod tree;

use std::process::ExitCode;

use iterscope_launch::proc::read_process;
use iterscope_launch::{Event, FailureCode, LaunchSpec, mark_own};
use nix::sys::prctl::set_child_subreaper;

use crate::control::Control;
use crate::reporter::Reporter;

/// Why nothing was started.
pub struct Failure {
    code: FailureCode,
    message: String,
}

impl Failure {
    /// A failure with its code and a sentence for the user.
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

fn main() -> ExitCode {
    // A session of its own keeps the terminal's Ctrl-C and hang-up away. It fails only where we lead a group already.
    let _ = nix::unistd::setsid();
    let mut reporter = Reporter::new();
    match run(&mut reporter) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            reporter.report(&Event::Failed { code: failure.code, message: failure.message });
            ExitCode::FAILURE
        }
    }
}

fn run(reporter: &mut Reporter) -> Result<(), Failure> {
    let mut control = Control::new();
    let line = control
        .read_line_blocking()
        .ok_or_else(|| Failure::new(FailureCode::BadSpec, "The supervisor got no specification of a run."))?;
    let spec: LaunchSpec = serde_json::from_slice(&line).map_err(|error| {
        Failure::new(
            FailureCode::BadSpec,
            format!("The specification of the run is not understood: {error}."),
        )
    })?;
    reporter.open_journal(&spec.run_dir)?;
    // Without the mark, processes that a dead supervisor leaves are known by their environment and session alone.
    let _ = read_process(std::process::id().cast_signed()).is_some_and(|own| mark_own(&own));
    set_child_subreaper(true).map_err(|error| {
        Failure::new(FailureCode::System, format!("The system refused to let orphans be adopted: {error}."))
    })?;
    supervise::run_to_end(&spec, control, reporter)
}
