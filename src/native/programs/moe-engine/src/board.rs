// SPDX-License-Identifier: Apache-2.0
//! What ranks tell each other at the top of every iteration, so that all come to the same decision.

use std::sync::{Mutex, PoisonError};

/// What a rank tells the others at the top of an iteration.
#[derive(Debug, Default, Clone)]
pub struct Notice {
    /// Lines to print.
    pub lines: Vec<String>,
    /// Rows of its batch.
    pub tokens: usize,
    /// Whether it has requests, or some are still to come.
    pub has_work: bool,
    /// Whether the run ends here.
    pub stop: bool,
}

/// The notices of all ranks, of even and odd iterations: a fast rank may already write its next
/// notice while a slow one still reads.
#[derive(Debug)]
pub struct Board {
    notices: Vec<Mutex<[Notice; 2]>>,
}

impl Board {
    /// An empty board.
    #[must_use]
    pub fn new(ranks: usize) -> Self {
        Self { notices: (0..ranks).map(|_| Mutex::default()).collect() }
    }

    /// Puts up the notice of `rank` for `turn`, 0 or 1.
    pub fn put(&self, rank: usize, turn: usize, notice: Notice) {
        self.notices[rank].lock().unwrap_or_else(PoisonError::into_inner)[turn] = notice;
    }

    /// The notices of all ranks of `turn`.
    #[must_use]
    pub fn read(&self, turn: usize) -> Vec<Notice> {
        let copy =
            |notice: &Mutex<[Notice; 2]>| notice.lock().unwrap_or_else(PoisonError::into_inner)[turn].clone();
        self.notices.iter().map(copy).collect()
    }
}
