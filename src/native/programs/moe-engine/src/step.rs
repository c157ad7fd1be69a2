// SPDX-License-Identifier: Apache-2.0
//! What the code of one rank measures with while it works: its clock, its recorder, the meeting
//! point, and the sums that the final report needs.

use std::sync::Arc;

use crate::clock::Clock;
use crate::error::EngineError;
use crate::recorder::{Op, Recorder, SliceArgs};
use crate::sync::RankBarrier;

/// The instruments of one rank.
#[derive(Debug)]
pub struct Instruments {
    /// Its time.
    pub clock: Clock,
    /// Its open profile window.
    pub recorder: Recorder,
    barrier: Arc<RankBarrier>,
    /// Time spent waiting for other ranks inside layers, in nanoseconds.
    pub wait_ns: u64,
    /// Time of the experts of this rank, one entry per layer of every forward, in nanoseconds.
    pub moe_ns: Vec<u64>,
}

impl Instruments {
    /// Fresh instruments.
    #[must_use]
    pub const fn new(clock: Clock, recorder: Recorder, barrier: Arc<RankBarrier>) -> Self {
        Self { clock, recorder, barrier, wait_ns: 0, moe_ns: Vec::new() }
    }

    /// Does `work`, which is worth `units` (see [`Clock::count_work`]), as one slice.
    #[inline]
    pub fn timed<R>(&mut self, op: Op, args: SliceArgs, units: usize, work: impl FnOnce() -> R) -> R {
        let start_ns = self.clock.now_ns();
        let result = work();
        self.clock.count_work(units as u64);
        self.recorder.push(op, start_ns, self.clock.now_ns(), args);
        result
    }

    /// Closes a slice that began at `start_ns`.
    #[inline]
    pub fn close(&mut self, op: Op, start_ns: u64, args: SliceArgs) {
        self.recorder.push(op, start_ns, self.clock.now_ns(), args);
    }

    /// Meets all ranks, as a slice of its own.
    ///
    /// # Errors
    /// [`EngineError::RankLost`] when another rank failed.
    pub fn meet(&mut self, args: SliceArgs) -> Result<u64, EngineError> {
        let start_ns = self.clock.now_ns();
        let joined_ns = self.barrier.meet(start_ns)?;
        self.clock.catch_up(joined_ns);
        let end_ns = self.clock.now_ns();
        self.recorder.push(Op::WaitForRanks, start_ns, end_ns, args);
        Ok(end_ns - start_ns)
    }

    /// Forgets the sums, after warm-up.
    pub fn reset_sums(&mut self) {
        self.wait_ns = 0;
        self.moe_ns.clear();
    }
}
