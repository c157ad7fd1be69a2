// SPDX-License-Identifier: Apache-2.0
//! The shared buffers of the all-to-all. Every rank writes its own inbox before the dispatch meeting
//! and its own outbox before the combine meeting; everybody only reads after the meeting. The locks
//! therefore never wait: they state who owns what, and the meetings order it.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The tokens of one rank, offered to the experts of all ranks.
#[derive(Debug, Default)]
pub struct Inbox {
    /// `[tokens, hidden]`, normalised.
    pub hidden: Vec<f32>,
    /// `[tokens, top_k]` places of experts, numbered over all ranks.
    pub places: Vec<u32>,
}

/// The results of the experts of one rank.
#[derive(Debug, Default)]
pub struct Outbox {
    /// `[assignments, hidden]`, grouped by expert.
    pub rows: Vec<f32>,
    /// For every source rank and slot (`token * top_k + choice`) the row of its result; only the
    /// slots of this rank's experts are written.
    pub row_of_slot: Vec<Vec<u32>>,
}

/// The buffers of all ranks.
#[derive(Debug)]
pub struct Exchange {
    inboxes: Vec<RwLock<Inbox>>,
    outboxes: Vec<RwLock<Outbox>>,
}

impl Exchange {
    /// Empty buffers for `ranks` ranks.
    #[must_use]
    pub fn new(ranks: usize) -> Self {
        let outbox = || Outbox { rows: Vec::new(), row_of_slot: vec![Vec::new(); ranks] };
        Self {
            inboxes: (0..ranks).map(|_| RwLock::default()).collect(),
            outboxes: (0..ranks).map(|_| RwLock::new(outbox())).collect(),
        }
    }

    /// Number of ranks.
    #[must_use]
    pub const fn ranks(&self) -> usize {
        self.inboxes.len()
    }

    /// The inbox of `rank`, to write.
    pub fn inbox_mut(&self, rank: usize) -> RwLockWriteGuard<'_, Inbox> {
        self.inboxes[rank].write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The inbox of `rank`, to read.
    pub fn inbox(&self, rank: usize) -> RwLockReadGuard<'_, Inbox> {
        self.inboxes[rank].read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outbox of `rank`, to write.
    pub fn outbox_mut(&self, rank: usize) -> RwLockWriteGuard<'_, Outbox> {
        self.outboxes[rank].write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The outbox of `rank`, to read.
    pub fn outbox(&self, rank: usize) -> RwLockReadGuard<'_, Outbox> {
        self.outboxes[rank].read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes `buffer` hold at least `len` values, without giving memory back.
pub fn grow(buffer: &mut Vec<f32>, len: usize) {
    if buffer.len() < len {
        buffer.resize(len, 0.0);
    }
}
