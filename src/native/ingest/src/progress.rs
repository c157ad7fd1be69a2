// SPDX-License-Identifier: Apache-2.0
//! How far an ingest is, and how to stop it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use iterscope_model::{ErrorCode, Result, TraceError};

/// Progress is told this often at most.
const INTERVAL: Duration = Duration::from_millis(50);
/// Sorting and writing take about this share of the time of reading.
const FINISH_SHARE: f64 = 0.25;
/// No time left is told before this much was read.
const LEAST_BYTES: u64 = 4 << 20;

/// How far an ingest is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Bytes of the source file (compressed ones, if it is) that were consumed.
    pub bytes_done: u64,
    /// Size of the source file.
    pub bytes_total: u64,
    /// Slices found so far.
    pub slices: u64,
    /// Seconds until the store is ready, once there is something to tell it by.
    pub seconds_left: Option<f64>,
}

impl Progress {
    /// What was done since a moment; the time left follows from the pace so far.
    pub(crate) fn since(started: Instant, bytes_done: u64, bytes_total: u64, slices: u64) -> Self {
        let seconds_left = seconds_left(started.elapsed(), bytes_done, bytes_total);
        Self { bytes_done, bytes_total, slices, seconds_left }
    }
}

/// Tells progress.
pub struct Meter<'a> {
    consumed: Arc<AtomicU64>,
    bytes_total: u64,
    on_progress: &'a mut dyn FnMut(Progress),
    started: Instant,
    told: Instant,
}

impl<'a> Meter<'a> {
    pub fn new(consumed: Arc<AtomicU64>, bytes_total: u64, on_progress: &'a mut dyn FnMut(Progress)) -> Self {
        let now = Instant::now();
        Self { consumed, bytes_total, on_progress, started: now, told: now }
    }

    /// Tells it now.
    pub fn tell(&mut self, slices: u64) {
        let bytes_done = self.consumed.load(Ordering::Relaxed).min(self.bytes_total);
        (self.on_progress)(Progress::since(self.started, bytes_done, self.bytes_total, slices));
    }

    /// Tells it unless it was told a moment ago.
    pub fn tell_at_times(&mut self, slices: u64) {
        if self.told.elapsed() >= INTERVAL {
            self.told = Instant::now();
            self.tell(slices);
        }
    }
}

#[allow(clippy::cast_precision_loss)] // An estimate.
fn seconds_left(elapsed: Duration, done: u64, total: u64) -> Option<f64> {
    if done < LEAST_BYTES.min(total) || done == 0 {
        return None;
    }
    let reading = elapsed.as_secs_f64() * total as f64 / done as f64;
    Some((reading * (1.0 + FINISH_SHARE) - elapsed.as_secs_f64()).max(0.0))
}

/// A flag that stops an ingest; checked at every block. Clones share the flag.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<Flag>);

#[derive(Debug, Default)]
struct Flag {
    is_set: AtomicBool,
    #[cfg(test)]
    counted: Counted,
}

/// How often a flag was asked, and at which time it sets itself.
#[cfg(test)]
#[derive(Debug, Default)]
struct Counted {
    asked: AtomicU64,
    set_at: AtomicU64,
}

impl Cancel {
    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.is_set.store(true, Ordering::Relaxed);
    }

    /// Whether a stop was asked for.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        #[cfg(test)]
        self.count();
        self.0.is_set.load(Ordering::Relaxed)
    }

    /// Sets itself when it is asked for the nth time.
    #[cfg(test)]
    pub(crate) fn at(nth: u64) -> Self {
        let cancel = Self::default();
        cancel.0.counted.set_at.store(nth, Ordering::Relaxed);
        cancel
    }

    /// How often it was asked.
    #[cfg(test)]
    pub(crate) fn asked(&self) -> u64 {
        self.0.counted.asked.load(Ordering::Relaxed)
    }

    #[cfg(test)]
    fn count(&self) {
        let counted = &self.0.counted;
        if counted.asked.fetch_add(1, Ordering::Relaxed) + 1 == counted.set_at.load(Ordering::Relaxed) {
            self.cancel();
        }
    }

    /// # Errors
    /// `ingest.cancelled` when a stop was asked for.
    pub fn check(&self, path: &Path) -> Result<()> {
        if self.is_cancelled() { Err(self.error(path)) } else { Ok(()) }
    }

    /// The error that says that the user stopped reading.
    #[allow(clippy::unused_self)] // Only who holds the flag can have been stopped by it.
    pub(crate) fn error(&self, path: &Path) -> TraceError {
        let message = format!("Reading {} was cancelled. Open it again to continue.", path.display());
        TraceError::at(ErrorCode::IngestCancelled, path, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_follows_the_pace_so_far_and_adds_what_comes_after_reading() {
        let half = seconds_left(Duration::from_secs(2), 50 << 20, 100 << 20);
        assert_eq!(half, Some(3.0));
        assert_eq!(seconds_left(Duration::from_secs(2), 100 << 20, 100 << 20), Some(0.5));
        assert_eq!(seconds_left(Duration::from_secs(9), 1 << 20, 100 << 20), None);
        assert_eq!(seconds_left(Duration::from_secs(1), 0, 0), None);
    }
}
