// SPDX-License-Identifier: Apache-2.0
//! The process tree of the run. As the supervisor is the subreaper, everything that the program ever started is below
//! it by chains of parents, whatever session or group it moved to and however often it forked.
//!
//! The process table cannot be read at one moment, so that a tree which forks may look empty in it. The kernel's own
//! word that the supervisor has no child, living or dead, is what ends a run.

use std::fs;

use iterscope_launch::Halt;
use iterscope_launch::proc::{Process, descendants_of, read_all};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;

/// A child that ended, not yet waited for.
pub struct Ended {
    pub pid: i32,
    pub code: Option<i32>,
    pub signal: Option<Signal>,
}

/// What the kernel says of the supervisor's children.
pub enum Children {
    /// One has ended; it stays in the table until [`Tree::forget`].
    Ended(Ended),
    /// All of them live.
    Alive,
    /// There is none, so nothing of the run is left.
    None,
}

pub struct Tree {
    own_pid: i32,
    halt: Halt,
}

impl Tree {
    pub fn new() -> Self {
        Self { own_pid: std::process::id().cast_signed(), halt: Halt::default() }
    }

    /// All live processes of the run that the table shows.
    pub fn processes(&self) -> Vec<Process> {
        descendants_of(self.own_pid, &read_all())
    }

    /// A child that ended, with what it can still tell about itself.
    pub fn next_ended() -> Children {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        match waitid(Id::All, flags) {
            Ok(WaitStatus::Exited(pid, code)) => {
                Children::Ended(Ended { pid: pid.as_raw(), code: Some(code), signal: None })
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) => {
                Children::Ended(Ended { pid: pid.as_raw(), code: None, signal: Some(signal) })
            }
            Err(Errno::ECHILD) => Children::None,
            _ => Children::Alive,
        }
    }

    /// Takes an ended child out of the table; its number may be given away from now on.
    pub fn forget(ended: &Ended) {
        let _ = waitpid(Pid::from_raw(ended.pid), Some(WaitPidFlag::WNOHANG));
    }

    /// Kills everything; what is still there afterwards is for the next call.
    pub fn kill_all(&mut self) {
        let own_pid = self.own_pid;
        self.halt.kill_all(|| descendants_of(own_pid, &read_all()));
    }

    /// Kills the supervisor's own children. A process that forks and ends, over and over, is never still there when
    /// the whole table has been read; but its child becomes ours at that moment, and ours are listed apart. They
    /// cannot be mistaken: their numbers stay theirs until they are waited for.
    pub fn kill_children(&self) {
        let path = format!("/proc/self/task/{}/children", self.own_pid);
        let Ok(children) = fs::read_to_string(path) else { return };
        for pid in children.split_ascii_whitespace().filter_map(|pid| pid.parse().ok()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}
