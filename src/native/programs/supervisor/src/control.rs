// SPDX-License-Identifier: Apache-2.0
//! The control pipe: lines from standard input, read without ever waiting once the specification is there.

use std::io::{Stdin, stdin};
use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;

/// What the application wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// The application asks to end the run.
    Cancel,
    /// Another process asks for the same, with a signal.
    Signalled {
        /// Who sent it.
        sender: i32,
    },
    /// The pipe's other end is gone.
    Closed,
}

/// Standard input with the bytes that were read and not yet used.
pub struct Control {
    input: Stdin,
    pending: Vec<u8>,
    is_open: bool,
}

impl Control {
    pub fn new() -> Self {
        Self { input: stdin(), pending: Vec::new(), is_open: true }
    }

    /// The pipe to poll, until it ended.
    pub fn pollable(&self) -> Option<BorrowedFd<'_>> {
        self.is_open.then(|| self.input.as_fd())
    }

    /// Waits for one whole line, without its end; `None` when the input ends before.
    pub fn read_line_blocking(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(line) = self.take_line() {
                return Some(line);
            }
            if !self.fill() {
                return None;
            }
        }
    }

    /// Reads what is there (the caller knows from `poll` that this does not wait) and returns the first request in it.
    pub fn read_request(&mut self) -> Option<Request> {
        if !self.fill() {
            return Some(Request::Closed);
        }
        self.pending_request()
    }

    /// A request that arrived together with what was read before.
    pub fn pending_request(&mut self) -> Option<Request> {
        while let Some(line) = self.take_line() {
            if line.trim_ascii() == b"cancel" {
                return Some(Request::Cancel);
            }
        }
        None
    }

    fn take_line(&mut self) -> Option<Vec<u8>> {
        let end = self.pending.iter().position(|byte| *byte == b'\n')?;
        let mut line: Vec<u8> = self.pending.drain(..=end).collect();
        line.pop();
        Some(line)
    }

    /// Reads once; false at the end of the input.
    fn fill(&mut self) -> bool {
        // Past `Stdin`'s own buffer: what hides there would never wake a poll.
        let mut block = [0; 4096];
        match nix::unistd::read(&self.input, &mut block) {
            Ok(0) => self.is_open = false,
            Ok(length) => self.pending.extend_from_slice(&block[..length]),
            Err(Errno::EINTR | Errno::EAGAIN) => {}
            Err(_) => self.is_open = false,
        }
        self.is_open
    }
}
