// SPDX-License-Identifier: Apache-2.0
//! Log lines in TensorRT-LLM's form, on one output, each flushed so that a reader sees progress.
//! Dates are UTC. A closed output never ends a run: the files are what counts.

use std::fmt;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

/// Severity letter of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// `[I]`
    Info,
    /// `[W]`
    Warning,
}

/// Which lines `TLLM_LOG_LEVEL` lets through. Errors end the run, and are told elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Threshold {
    /// Not even warnings.
    Errors,
    /// Warnings only.
    Warnings,
    /// Everything, as `--log_level info` of the benchmark.
    #[default]
    Everything,
}

impl Threshold {
    /// The threshold of a level's name in any case; a name that is none means `warning`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "internal_error" | "error" => Self::Errors,
            "info" | "verbose" | "debug" | "trace" => Self::Everything,
            _ => Self::Warnings,
        }
    }
}

/// The output of a run.
pub struct Log {
    output: Mutex<Box<dyn Write + Send>>,
    threshold: Threshold,
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

impl Log {
    /// A log on `output`.
    #[must_use]
    pub fn new(output: Box<dyn Write + Send>, threshold: Threshold) -> Self {
        Self { output: Mutex::new(output), threshold }
    }

    /// Whether lines of this severity are written.
    #[must_use]
    pub const fn shows(&self, level: Level) -> bool {
        match level {
            Level::Info => matches!(self.threshold, Threshold::Everything),
            Level::Warning => !matches!(self.threshold, Threshold::Errors),
        }
    }

    /// Writes what is printed without a severity, or was found to be shown: a finished line, or several.
    pub fn raw(&self, line: &str) {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(output, "{line}").and_then(|()| output.flush());
    }

    /// Writes `text` with the prefix of the moment `epoch_ns` (since 1970).
    pub fn line(&self, level: Level, epoch_ns: u64, text: &str) {
        if self.shows(level) {
            self.raw(&prefixed(level, epoch_ns, text));
        }
    }
}

/// `text` behind `[MM/DD/YYYY-HH:MM:SS] [TRT-LLM] [I] `.
#[must_use]
pub fn prefixed(level: Level, epoch_ns: u64, text: &str) -> String {
    let letter = match level {
        Level::Info => 'I',
        Level::Warning => 'W',
    };
    let at = utc(epoch_ns);
    let (day, clock) = (at.date(), at.time());
    format!(
        "[{:02}/{:02}/{:04}-{:02}:{:02}:{:02}] [TRT-LLM] [{letter}] {text}",
        u8::from(day.month()),
        day.day(),
        day.year(),
        clock.hour(),
        clock.minute(),
        clock.second()
    )
}

/// `YYYY-MM-DD HH:MM:SS` of a moment, in UTC.
#[must_use]
pub fn timestamp(epoch_ns: u64) -> String {
    let at = utc(epoch_ns);
    let (day, clock) = (at.date(), at.time());
    let month = u8::from(day.month());
    let (year, day) = (day.year(), day.day());
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", clock.hour(), clock.minute(), clock.second())
}

/// A moment in UTC.
#[must_use]
pub fn utc(epoch_ns: u64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(epoch_ns)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::WORK_EPOCH_NS;

    #[test]
    fn levels_have_names_in_any_case() {
        for (name, threshold) in [
            ("ERROR", Threshold::Errors),
            ("internal_error", Threshold::Errors),
            ("Warning", Threshold::Warnings),
            ("loud", Threshold::Warnings),
            ("info", Threshold::Everything),
            ("verbose", Threshold::Everything),
        ] {
            assert_eq!(Threshold::named(name), threshold, "{name}");
        }
    }

    #[test]
    fn dates_are_utc() {
        assert_eq!(timestamp(WORK_EPOCH_NS), "2026-01-01 00:00:00");
        let moment = WORK_EPOCH_NS + (31 * 86_400 + 3_661) * 1_000_000_000;
        assert_eq!(prefixed(Level::Info, moment, "x"), "[02/01/2026-01:01:01] [TRT-LLM] [I] x");
        assert_eq!(prefixed(Level::Warning, moment, "x"), "[02/01/2026-01:01:01] [TRT-LLM] [W] x");
    }
}
