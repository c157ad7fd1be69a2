// SPDX-License-Identifier: Apache-2.0
//! Asking a run's processes to end.

use std::collections::HashSet;

use nix::sys::signal::Signal;

use crate::proc::Process;
use crate::signal::signal_process;
use crate::spec::EndSignal;

/// Asks each process once. What is started after the asking, say by a profiler that finalises, is left to work until
/// someone asks again.
#[derive(Debug, Default)]
pub struct Asking {
    asked: HashSet<(i32, u64)>,
}

impl Asking {
    /// Asks the run of `program_pid` while its program lives: with `SIGTERM` all processes, with `SIGINT` those of the
    /// program's own group, as a terminal does.
    pub fn ask_run(&mut self, processes: &[Process], program_pid: i32, end_signal: EndSignal) {
        for process in processes {
            match end_signal {
                EndSignal::Term => self.ask(process, Signal::SIGTERM),
                EndSignal::Int if process.group == program_pid => self.ask(process, Signal::SIGINT),
                EndSignal::Int => {}
            }
        }
    }

    /// Asks what is left after the program's own end.
    pub fn ask_rest(&mut self, processes: &[Process]) {
        for process in processes {
            self.ask(process, Signal::SIGTERM);
        }
    }

    fn ask(&mut self, process: &Process, signal: Signal) {
        if self.asked.insert(process.identity()) {
            signal_process(process, signal);
            // One that is stopped hears nothing before it goes on.
            signal_process(process, Signal::SIGCONT);
        }
    }
}
