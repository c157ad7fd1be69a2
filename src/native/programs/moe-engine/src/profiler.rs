// SPDX-License-Identifier: Apache-2.0
//! Opens and closes the profile windows of one rank and writes its trace.

use std::path::PathBuf;

use crate::error::EngineError;
use crate::profile_window::{WindowAction, WindowMachine};
use crate::recorder::Recorder;
use crate::scheduler::Scheduler;
use crate::trace_file::{TraceOwner, WindowContent, write_trace};

/// Iterations for whose slices memory is set aside when a window opens; longer windows grow it.
const EXPECTED_WINDOW: usize = 64;

/// The profiler of one rank.
#[derive(Debug)]
pub struct Profiler {
    windows: WindowMachine,
    /// The trace to write, if any: without one a window only marks its start in the log.
    trace: Option<(PathBuf, TraceOwner)>,
    rank: usize,
    slices_per_iteration: usize,
    /// When the open window began, in nanoseconds since the origin.
    start_ns: u64,
}

/// What a rank knows at the top of an iteration.
#[derive(Debug)]
pub struct Moment<'a> {
    /// Its requests.
    pub scheduler: &'a Scheduler,
    /// Nanoseconds since the origin.
    pub now_ns: u64,
}

/// A line for the log, and whether it is a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfilerNote {
    /// The text.
    pub text: String,
    /// Whether it is a warning.
    pub warning: bool,
}

impl Profiler {
    /// A profiler for these windows.
    #[must_use]
    pub const fn new(
        windows: WindowMachine,
        trace: Option<(PathBuf, TraceOwner)>,
        rank: usize,
        slices_per_iteration: usize,
    ) -> Self {
        Self { windows, trace, rank, slices_per_iteration, start_ns: 0 }
    }

    /// Called at the top of every iteration. What stops comes first in the notes.
    ///
    /// # Errors
    /// [`EngineError::InconsistentProfiling`] or [`EngineError::Write`].
    pub fn enter(
        &mut self,
        iteration: u64,
        recorder: &mut Recorder,
        moment: &Moment<'_>,
    ) -> Result<Vec<ProfilerNote>, EngineError> {
        let actions = self.windows.enter(iteration)?;
        let mut notes = Vec::new();
        for action in actions {
            notes.extend(self.act(action, recorder, moment)?);
        }
        Ok(notes)
    }

    /// Called once when the loop has ended; closes an open window.
    ///
    /// # Errors
    /// [`EngineError::Write`] when the trace cannot be written.
    pub fn leave(
        &mut self,
        next: u64,
        recorder: &mut Recorder,
        moment: &Moment<'_>,
    ) -> Result<Option<ProfilerNote>, EngineError> {
        match self.windows.leave(next) {
            Some(action) => self.act(action, recorder, moment),
            None => Ok(None),
        }
    }

    fn act(
        &mut self,
        action: WindowAction,
        recorder: &mut Recorder,
        moment: &Moment<'_>,
    ) -> Result<Option<ProfilerNote>, EngineError> {
        let is_first = self.rank == 0;
        let first_rank_says = |text, warning| is_first.then_some(ProfilerNote { text, warning });
        match action {
            WindowAction::Start(iteration) => {
                self.start_ns = moment.now_ns;
                if self.trace.is_some() {
                    recorder.start(EXPECTED_WINDOW * self.slices_per_iteration);
                }
                Ok(first_rank_says(format!("Profiling started at iteration {iteration}."), false))
            }
            WindowAction::WarnStopWithoutWindow(iteration) => Ok(first_rank_says(
                format!(
                    "profile stop scheduled at iter {iteration} but no active profiling window - skipping"
                ),
                true,
            )),
            WindowAction::Stop(iteration) => {
                let Some((path, owner)) = &self.trace else { return Ok(None) };
                let content = WindowContent {
                    slices: recorder.stop(),
                    requests: if recorder.keeps_debug() {
                        moment.scheduler.lifetimes(self.start_ns)
                    } else {
                        Vec::new()
                    },
                    start_ns: self.start_ns,
                    end_ns: moment.now_ns,
                };
                write_trace(path, owner, &content).map_err(|error| EngineError::Write {
                    what: "the trace",
                    path: path.clone(),
                    reason: error.to_string(),
                })?;
                let path = path.display();
                let text = format!("Profiling stopped at iteration {iteration}, trace saved to {path}");
                Ok(Some(ProfilerNote { text, warning: false }))
            }
        }
    }
}
