// SPDX-License-Identifier: Apache-2.0
//! When a tree that is to end is asked, asked again and killed. Decides only, on the moments that it is given.

use std::time::{Duration, Instant};

use iterscope_launch::{EndedBy, Instigator};

/// What outlives its program has this long, or the grace time where that is shorter, to end by itself: it may be
/// writing what the run was made for.
const LINGER: Duration = Duration::from_secs(2);

/// Looks at the tree this often once it is being killed.
const KILL_POLL: Duration = Duration::from_millis(2);

/// What is to be done with the tree now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Wait,
    /// Ask the run as its specification says.
    AskRun,
    /// Ask what outlived the program.
    AskRest,
    Kill,
}

/// A tree that is to end.
#[derive(Debug)]
pub struct Ending {
    pub by: EndedBy,
    pub instigator: Option<Instigator>,
    grace: Duration,
    is_run_asked: bool,
    is_rest_asked: bool,
    ask_rest_at: Option<Instant>,
    kill_at: Option<Instant>,
}

impl Ending {
    /// The end that someone asked for.
    pub const fn requested(by: EndedBy, instigator: Option<Instigator>, grace: Duration) -> Self {
        Self {
            by,
            instigator,
            grace,
            is_run_asked: false,
            is_rest_asked: false,
            ask_rest_at: None,
            kill_at: None,
        }
    }

    /// The end that comes after the program's own.
    pub const fn after_program(grace: Duration) -> Self {
        let mut ending = Self::requested(EndedBy::Program, None, grace);
        ending.is_run_asked = true;
        ending
    }

    /// Someone is in a hurry: what outlived the program has had its time.
    pub fn hasten(&mut self, now: Instant) {
        self.ask_rest_at = Some(now);
    }

    /// What is to be done at `now`; each request is made once.
    pub fn step(&mut self, now: Instant, is_program_alive: bool) -> Step {
        if self.kill_at.is_some_and(|at| now >= at) {
            return Step::Kill;
        }
        if !self.is_run_asked {
            self.is_run_asked = true;
            self.kill_at = Some(now + self.grace);
            return Step::AskRun;
        }
        if is_program_alive || self.is_rest_asked {
            return Step::Wait;
        }
        let ask_rest_at = *self.ask_rest_at.get_or_insert(now + LINGER.min(self.grace));
        if now < ask_rest_at {
            return Step::Wait;
        }
        self.is_rest_asked = true;
        self.kill_at.get_or_insert(now + self.grace);
        Step::AskRest
    }

    /// When to look again at the latest, if nothing happens before.
    pub fn next_look(&self, now: Instant) -> Option<Instant> {
        if !self.is_run_asked {
            return Some(now);
        }
        if self.kill_at.is_some_and(|at| now >= at) {
            return Some(now + KILL_POLL);
        }
        let ask_rest_at = self.ask_rest_at.filter(|_| !self.is_rest_asked);
        [ask_rest_at, self.kill_at].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRACE: Duration = Duration::from_secs(5);

    #[test]
    fn a_requested_end_asks_once_and_kills_after_the_grace_time() {
        let start = Instant::now();
        let mut ending = Ending::requested(EndedBy::Cancel, None, GRACE);
        assert_eq!(ending.next_look(start), Some(start));
        assert_eq!(ending.step(start, true), Step::AskRun);
        assert_eq!(ending.step(start + GRACE / 2, true), Step::Wait);
        assert_eq!(ending.next_look(start), Some(start + GRACE));
        assert_eq!(ending.step(start + GRACE, true), Step::Kill);
        assert_eq!(ending.step(start + 2 * GRACE, false), Step::Kill);
    }

    #[test]
    fn what_outlives_a_program_that_was_asked_is_asked_after_a_while_within_the_same_grace_time() {
        let start = Instant::now();
        let mut ending = Ending::requested(EndedBy::Cancel, None, GRACE);
        assert_eq!(ending.step(start, true), Step::AskRun);
        assert_eq!(ending.step(start + LINGER / 2, false), Step::Wait);
        assert_eq!(ending.step(start + LINGER / 2 + LINGER, false), Step::AskRest);
        assert_eq!(ending.step(start + GRACE, false), Step::Kill);
    }

    #[test]
    fn what_outlives_a_program_that_ended_by_itself_lingers_before_it_is_asked() {
        let start = Instant::now();
        let mut ending = Ending::after_program(GRACE);
        assert_eq!(ending.step(start, false), Step::Wait);
        assert_eq!(ending.next_look(start), Some(start + LINGER));
        assert_eq!(ending.step(start + LINGER, false), Step::AskRest);
        assert_eq!(ending.step(start + LINGER + GRACE / 2, false), Step::Wait);
        assert_eq!(ending.step(start + LINGER + GRACE, false), Step::Kill);
    }

    #[test]
    fn a_request_cuts_the_lingering_short() {
        let start = Instant::now();
        let mut ending = Ending::after_program(GRACE);
        assert_eq!(ending.step(start, false), Step::Wait);
        ending.hasten(start);
        assert_eq!(ending.step(start, false), Step::AskRest);
    }
}
