// SPDX-License-Identifier: Apache-2.0
//! Signals as something to wait for: the ends of children, and requests of other processes.

use std::os::fd::{AsFd, BorrowedFd};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

pub struct Signals(SignalFd);

impl Signals {
    /// Blocks the signals that matter, to read them from a descriptor.
    pub fn receive() -> nix::Result<Self> {
        let mut mask = SigSet::empty();
        for signal in [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
            mask.add(signal);
        }
        mask.thread_block()?;
        SignalFd::with_flags(&mask, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK).map(Self)
    }

    /// Waits for a signal, for the other descriptor or for the time to pass; whether the descriptor has something.
    pub fn wait(&self, other: Option<BorrowedFd<'_>>, timeout: PollTimeout) -> bool {
        let mut sources = vec![PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        sources.extend(other.map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN)));
        // An error (an interrupted wait) only means looking at everything once more.
        let _ = poll(&mut sources, timeout);
        sources.get(1).is_some_and(|source| source.any().unwrap_or(false))
    }

    /// The process that asked the supervisor to end, for each time that one did. Children's ends are only taken away:
    /// who ended, the kernel tells otherwise.
    pub fn next_request(&mut self) -> Option<i32> {
        while let Ok(Some(signal)) = self.0.read_signal() {
            if signal.ssi_signo != Signal::SIGCHLD as u32 {
                return Some(signal.ssi_pid.cast_signed());
            }
        }
        None
    }
}
