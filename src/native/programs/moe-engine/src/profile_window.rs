// SPDX-License-Identifier: Apache-2.0
//! `TLLM_PROFILE_START_STOP`: which iterations a window covers. The rules differ by era:
//! e1 counts loop passes and includes the last iteration, e2 and e3 test the stop first at the top of
//! an iteration and so exclude it; e3 turns a stop without a window into a warning.

use std::collections::BTreeSet;

use crate::error::EngineError;
use crate::options::Era;

/// Start and stop iterations of a span list; `A-B` gives one of each, `N` gives N to both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileSpans {
    /// Iterations at which profiling starts.
    pub starts: BTreeSet<u64>,
    /// Iterations at which profiling stops.
    pub stops: BTreeSet<u64>,
}

/// Parses a comma-separated list of spans, each `A-B` or `N`.
///
/// # Errors
/// [`EngineError::BadSpan`] that names the piece: empty, not whole numbers, negative, too many dashes.
pub fn parse_spans(variable: &'static str, text: &str) -> Result<ProfileSpans, EngineError> {
    let mut spans = ProfileSpans::default();
    for span in text.split(',') {
        let bad = || EngineError::BadSpan { variable, text: text.to_owned(), span: span.trim().to_owned() };
        let parts = span.split('-').map(python_int).collect::<Option<Vec<u64>>>();
        match parts.ok_or_else(bad)?.as_slice() {
            [only] => {
                spans.starts.insert(*only);
                spans.stops.insert(*only);
            }
            [first, last] => {
                spans.starts.insert(*first);
                spans.stops.insert(*last);
            }
            _ => return Err(bad()),
        }
    }
    Ok(spans)
}

/// A number as Python's `int` reads it: spaces around it, a plus sign, single underscores between digits.
#[must_use]
pub fn python_int(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_plain =
        digits.split('_').all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
    if is_plain { digits.replace('_', "").parse().ok() } else { None }
}

/// What the profiler has to do at the top of an iteration, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowAction {
    /// Stop, naming this iteration in the log.
    Stop(u64),
    /// Start at this iteration.
    Start(u64),
    /// Warn that a stop was scheduled at this iteration without a window.
    WarnStopWithoutWindow(u64),
}

/// The state of the windows of one rank.
#[derive(Debug, Clone)]
pub struct WindowMachine {
    era: Era,
    spans: ProfileSpans,
    active: bool,
}

impl WindowMachine {
    /// A machine with no window open.
    #[must_use]
    pub const fn new(era: Era, spans: ProfileSpans) -> Self {
        Self { era, spans, active: false }
    }

    /// Called at the top of every iteration, in order from 0.
    ///
    /// # Errors
    /// [`EngineError::InconsistentProfiling`] where the era's engine would fail its assertion.
    pub fn enter(&mut self, iteration: u64) -> Result<Vec<WindowAction>, EngineError> {
        let mut actions = Vec::new();
        // Era e1 tests the stop set before its counter moves on to this iteration.
        let finished = match self.era {
            Era::E1 => iteration.checked_sub(1),
            Era::E2 | Era::E3 => Some(iteration),
        };
        if let Some(stop) = finished.filter(|stop| self.spans.stops.contains(stop)) {
            if self.active {
                self.active = false;
                actions.push(WindowAction::Stop(stop));
            } else if self.era == Era::E3 {
                actions.push(WindowAction::WarnStopWithoutWindow(stop));
            } else {
                return Err(self.inconsistent(iteration, "stop where nothing is profiled"));
            }
        }
        if self.spans.starts.contains(&iteration) {
            if self.active {
                return Err(self.inconsistent(iteration, "overlap"));
            }
            self.active = true;
            actions.push(WindowAction::Start(iteration));
        }
        Ok(actions)
    }

    /// Called when the loop ends before iteration `next`; stops a window that is still open.
    pub fn leave(&mut self, next: u64) -> Option<WindowAction> {
        let open = std::mem::take(&mut self.active);
        let named = match self.era {
            Era::E1 => next.saturating_sub(1),
            Era::E2 | Era::E3 => next,
        };
        open.then_some(WindowAction::Stop(named))
    }

    const fn inconsistent(&self, iteration: u64, problem: &'static str) -> EngineError {
        let remedy = match self.era {
            Era::E1 => "Write windows A-B with B not below A, the next one starting at B+1 or later",
            Era::E2 | Era::E3 => "Write windows A-B with B above A, the next one starting at B or later",
        };
        EngineError::InconsistentProfiling { iteration, problem, era: self.era.name(), remedy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The iterations covered when the loop runs 0..=40, or how it ended.
    fn covered(era: Era, text: &str) -> String {
        let mut machine = WindowMachine::new(era, parse_spans("TLLM_PROFILE_START_STOP", text).unwrap());
        let mut inside = Vec::new();
        let mut notes = String::new();
        for iteration in 0..=40 {
            match machine.enter(iteration) {
                Err(error) => return format!("{inside:?} {}", error.code()),
                Ok(actions) => {
                    if actions.iter().any(|action| matches!(action, WindowAction::WarnStopWithoutWindow(_))) {
                        notes.push_str(" warned");
                    }
                }
            }
            if machine.active {
                inside.push(iteration);
            }
        }
        if machine.leave(41).is_some() {
            notes.push_str(" open");
        }
        let ends = inside.first().zip(inside.last());
        ends.map_or_else(|| format!("none{notes}"), |(a, b)| format!("{a}..={b} ({}){notes}", inside.len()))
    }

    #[test]
    fn windows_of_each_era() {
        let table = [
            ("10-20", "10..=20 (11)", "10..=19 (10)", "10..=19 (10)"),
            ("0-1", "0..=1 (2)", "0..=0 (1)", "0..=0 (1)"),
            (" 10 - 20 ", "10..=20 (11)", "10..=19 (10)", "10..=19 (10)"),
            ("30-32,10-20", "10..=32 (14)", "10..=31 (12)", "10..=31 (12)"),
            ("10-20,21-30", "10..=30 (21)", "10..=29 (19)", "10..=29 (19)"),
            ("+1_0-2_0", "10..=20 (11)", "10..=19 (10)", "10..=19 (10)"),
            ("10-20, 10-20", "10..=20 (11)", "10..=19 (10)", "10..=19 (10)"),
            ("38-50", "38..=40 (3) open", "38..=40 (3) open", "38..=40 (3) open"),
            ("60-70", "none", "none", "none"),
            ("7", "7..=7 (1)", "[] profiling.inconsistent", "7..=40 (34) warned open"),
        ];
        for (text, e1, e2, e3) in table {
            assert_eq!(covered(Era::E1, text), e1, "e1 {text}");
            assert_eq!(covered(Era::E2, text), e2, "e2 {text}");
            assert_eq!(covered(Era::E3, text), e3, "e3 {text}");
        }
        assert!(covered(Era::E1, "10-12,12-30").ends_with("profiling.inconsistent"));
        assert_eq!(covered(Era::E2, "10-12,12-30"), "10..=29 (20)");
        assert!(covered(Era::E3, "10-20,15-30").ends_with("profiling.inconsistent"));
        assert!(covered(Era::E1, "20-10").ends_with("profiling.inconsistent"));
    }

    #[test]
    fn the_log_names_the_last_iteration_in_e1_and_the_next_one_later() {
        for (era, named) in [(Era::E1, 12), (Era::E2, 12)] {
            let mut machine =
                WindowMachine::new(era, parse_spans("TLLM_PROFILE_START_STOP", "10-12").unwrap());
            let all: Vec<_> = (0..20).flat_map(|iteration| machine.enter(iteration).unwrap()).collect();
            assert_eq!(all, [WindowAction::Start(10), WindowAction::Stop(named)]);
        }
    }

    #[test]
    fn bad_spans_are_named() {
        for (text, piece) in [
            ("", ""),
            ("1,", ""),
            ("1-2-3", "1-2-3"),
            ("-5", "-5"),
            ("a-b", "a-b"),
            ("1.5", "1.5"),
            ("1__0-20", "1__0-20"),
        ] {
            let message = parse_spans("TLLM_PROFILE_START_STOP", text).unwrap_err().to_string();
            let expected = format!(
                "Cannot parse span in environment variable TLLM_PROFILE_START_STOP: '{text}' holds '{piece}'."
            );
            assert!(message.starts_with(&expected), "{message}");
        }
    }
}
