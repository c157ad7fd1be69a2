// SPDX-License-Identifier: Apache-2.0
//! The point where ranks meet. A rank that arrives early spins briefly, then polls while it offers its
//! core to others, and sleeps when that lasts: a core that sleeps between layers wakes late and runs
//! slowly at first, which would cost time that imbalance alone does not. With more ranks than cores it
//! sleeps at once, since waiting awake would take the core from the rank it waits for.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use crate::error::EngineError;

const SPINS: u32 = 1_000;
/// Longer than the experts of any layer of the default model keep one rank waiting.
const AWAKE: Duration = Duration::from_millis(20);
/// Generation that says that a rank is gone and nobody may wait any more.
const ABORTED: u64 = u64::MAX;

#[derive(Debug)]
struct Meeting {
    arrived: usize,
    latest_ns: u64,
    /// The latest arrival of the meetings of even and odd generation.
    joined_ns: [u64; 2],
}

/// A reusable barrier for a fixed number of ranks that also carries the latest clock to all.
#[derive(Debug)]
pub struct RankBarrier {
    ranks: usize,
    waits_awake: bool,
    generation: AtomicU64,
    meeting: Mutex<Meeting>,
    opened: Condvar,
}

impl RankBarrier {
    /// A barrier for `ranks` threads on `cores` cores.
    #[must_use]
    pub fn new(ranks: usize, cores: usize) -> Self {
        Self {
            ranks,
            waits_awake: ranks <= cores,
            generation: AtomicU64::new(0),
            meeting: Mutex::new(Meeting { arrived: 0, latest_ns: 0, joined_ns: [0; 2] }),
            opened: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Meeting> {
        self.meeting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for all ranks; returns the latest `arrival_ns` of this meeting.
    ///
    /// # Errors
    /// [`EngineError::RankLost`] when a rank called [`RankBarrier::abort`].
    pub fn meet(&self, arrival_ns: u64) -> Result<u64, EngineError> {
        let mut meeting = self.lock();
        let generation = self.generation.load(Ordering::Acquire);
        if generation == ABORTED {
            return Err(EngineError::RankLost);
        }
        let parity = usize::from(generation & 1 == 1);
        meeting.arrived += 1;
        meeting.latest_ns = meeting.latest_ns.max(arrival_ns);
        if meeting.arrived == self.ranks {
            meeting.joined_ns[parity] = meeting.latest_ns;
            meeting.arrived = 0;
            meeting.latest_ns = 0;
            let joined_ns = meeting.joined_ns[parity];
            self.generation.store(generation + 1, Ordering::Release);
            drop(meeting);
            self.opened.notify_all();
            return Ok(joined_ns);
        }
        drop(meeting);
        self.wait_for_change(generation);
        let meeting = self.lock();
        if self.generation.load(Ordering::Acquire) == ABORTED {
            return Err(EngineError::RankLost);
        }
        Ok(meeting.joined_ns[parity])
    }

    fn wait_for_change(&self, generation: u64) {
        if self.waits_awake && self.changed_while_awake(generation) {
            return;
        }
        let mut meeting = self.lock();
        while self.generation.load(Ordering::Acquire) == generation {
            meeting = self.opened.wait(meeting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn changed_while_awake(&self, generation: u64) -> bool {
        let changed = || self.generation.load(Ordering::Acquire) != generation;
        for _ in 0..SPINS {
            if changed() {
                return true;
            }
            spin_loop();
        }
        let start = Instant::now();
        while start.elapsed() < AWAKE {
            if changed() {
                return true;
            }
            yield_now();
        }
        false
    }

    /// Lets every present and future waiter return [`EngineError::RankLost`].
    pub fn abort(&self) {
        let meeting = self.lock();
        self.generation.store(ABORTED, Ordering::Release);
        drop(meeting);
        self.opened.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn all_ranks_get_the_latest_arrival_of_each_meeting() {
        for cores in [1, 8] {
            let barrier = RankBarrier::new(3, cores);
            thread::scope(|scope| {
                for rank in 0..3u64 {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        for round in 0..200u64 {
                            let arrival = round * 10 + (rank + round) % 3;
                            assert_eq!(barrier.meet(arrival).unwrap(), round * 10 + 2);
                        }
                    });
                }
            });
        }
    }

    #[test]
    fn abort_releases_those_who_wait() {
        let barrier = RankBarrier::new(2, 1);
        thread::scope(|scope| {
            let waiter = scope.spawn(|| barrier.meet(1));
            barrier.abort();
            assert!(matches!(waiter.join().unwrap(), Err(EngineError::RankLost)));
        });
        assert!(barrier.meet(2).is_err());
    }
}
