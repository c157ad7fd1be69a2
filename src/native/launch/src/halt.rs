// SPDX-License-Identifier: Apache-2.0
//! Killing a tree of processes that may be forking meanwhile.

use std::collections::HashSet;

use nix::sys::signal::Signal;

use crate::proc::{Process, read_process};
use crate::signal::{signal_group, signal_process};

/// Looks at the table, at most, before killing what was found.
const STOP_ROUNDS: u32 = 100;

/// Kills trees; remembers what it has stopped, so that a second call goes on where the first left off.
#[derive(Debug)]
pub struct Halt {
    own_group: i32,
    stopped: HashSet<(i32, u64)>,
}

impl Default for Halt {
    fn default() -> Self {
        let own = read_process(std::process::id().cast_signed());
        Self { own_group: own.map_or(0, |process| process.group), stopped: HashSet::new() }
    }
}

impl Halt {
    /// Kills everything that `look` finds. Processes are stopped first and killed only when a look finds none that is
    /// not stopped: killing at once would let a tree that forks, or one that starts anew what dies, outrun it. What is
    /// still there afterwards is for the next call.
    pub fn kill_all(&mut self, look: impl Fn() -> Vec<Process>) {
        for _ in 0..STOP_ROUNDS {
            let processes = look();
            self.signal_groups(&processes, Signal::SIGSTOP);
            let mut is_still = true;
            for process in processes.iter().filter(|process| self.stopped.insert(process.identity())) {
                signal_process(process, Signal::SIGSTOP);
                is_still = false;
            }
            if is_still {
                break;
            }
        }
        let processes = look();
        self.signal_groups(&processes, Signal::SIGKILL);
        for process in &processes {
            signal_process(process, Signal::SIGKILL);
        }
    }

    /// A group lies within one session, and every session of a run was made by it: nobody else is in its groups. Only
    /// a child between its fork and its first step is still in ours.
    fn signal_groups(&self, processes: &[Process], signal: Signal) {
        let groups: HashSet<i32> =
            processes.iter().map(|process| process.group).filter(|group| *group != self.own_group).collect();
        for group in groups {
            signal_group(group, signal);
        }
    }
}
