// SPDX-License-Identifier: Apache-2.0
//! The time of one rank: the machine's, or one made of counted work so that runs repeat exactly.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::options::ClockKind;

/// Work units (floating-point operations, or copied values) that the work clock counts as one
/// nanosecond: the rate of one core of a common server.
pub const WORK_UNITS_PER_NS: u64 = 20;
/// Origin of the work clock: 2026-01-01T00:00:00Z in nanoseconds since 1970.
pub const WORK_EPOCH_NS: u64 = 1_767_225_600_000_000_000;

/// Where time began, shared by all ranks of a run.
#[derive(Debug, Clone, Copy)]
pub struct TimeOrigin {
    kind: ClockKind,
    instant: Instant,
    epoch_ns: u64,
}

impl TimeOrigin {
    /// An origin at this moment (wall), or at the fixed epoch (work).
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn now(kind: ClockKind) -> Self {
        let wall_ns = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos() as u64);
        let epoch_ns = match kind {
            ClockKind::Wall => wall_ns,
            ClockKind::Work => WORK_EPOCH_NS,
        };
        Self { kind, instant: Instant::now(), epoch_ns }
    }

    /// Nanoseconds between 1970 and the origin.
    #[must_use]
    pub const fn epoch_ns(&self) -> u64 {
        self.epoch_ns
    }

    /// Whether time is made of counted work.
    #[must_use]
    pub const fn is_work(&self) -> bool {
        matches!(self.kind, ClockKind::Work)
    }
}

/// The clock of one rank, in nanoseconds since the origin.
#[derive(Debug)]
pub struct Clock {
    origin: TimeOrigin,
    work_ns: u64,
}

impl Clock {
    /// A clock that starts at the origin.
    #[must_use]
    pub const fn new(origin: TimeOrigin) -> Self {
        Self { origin, work_ns: 0 }
    }

    /// Nanoseconds since the origin.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn now_ns(&self) -> u64 {
        match self.origin.kind {
            ClockKind::Wall => self.origin.instant.elapsed().as_nanos() as u64,
            ClockKind::Work => self.work_ns,
        }
    }

    /// Counts work that was just done; moves the work clock only.
    pub fn count_work(&mut self, units: u64) {
        self.work_ns += units.div_ceil(WORK_UNITS_PER_NS);
    }

    /// Moves the work clock to a moment that another rank reached.
    pub fn catch_up(&mut self, moment_ns: u64) {
        self.work_ns = self.work_ns.max(moment_ns);
    }

    /// The origin of this clock.
    #[must_use]
    pub const fn origin(&self) -> &TimeOrigin {
        &self.origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_clock_moves_with_work_only() {
        let mut clock = Clock::new(TimeOrigin::now(ClockKind::Work));
        assert_eq!(clock.now_ns(), 0);
        clock.count_work(41);
        assert_eq!(clock.now_ns(), 3);
        clock.catch_up(2);
        assert_eq!(clock.now_ns(), 3);
        clock.catch_up(10);
        assert_eq!(clock.now_ns(), 10);
    }
}
