// SPDX-License-Identifier: Apache-2.0
//! The mark of a run on its processes: one that is inherited whatever they do, and that nothing clears by accident.
//!
//! Linux keeps a resource limit for file locks that it has not enforced since 2.4.25. Limits are inherited by every
//! child, over changed sessions, double forks, cleared environments and closed descriptors, and everyone may read them
//! in `/proc`. The supervisor sets its own to a number that is made of its process id and start time, which name it
//! for as long as the machine runs: so whose a process is can be told even when its supervisor is dead.

use std::fs;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::proc::Process;

/// Process ids have at most 22 bits.
const PID_BITS: u32 = 22;

/// The mark of the run whose supervisor is `supervisor` (process id, start time). Later ones are smaller, as an
/// unprivileged process may only lower a limit: a run may start Iterscope, and that a run.
const fn mark_of(supervisor: (i32, u64)) -> u64 {
    let (pid, start_time_ticks) = supervisor;
    let number = (start_time_ticks << PID_BITS) | (pid.cast_unsigned() as u64);
    (i64::MAX as u64).saturating_sub(number)
}

/// Marks this process, a supervisor, and with it everything that it will start. False where the system refuses.
#[must_use]
pub fn mark_own(own: &Process) -> bool {
    let mark = mark_of(own.identity());
    setrlimit(Resource::RLIMIT_LOCKS, mark, mark).is_ok()
        && getrlimit(Resource::RLIMIT_LOCKS) == Ok((mark, mark))
}

/// Whether `pid` was started, over any number of generations, by the supervisor named.
#[must_use]
pub fn is_marked(pid: i32, supervisor: (i32, u64)) -> bool {
    let mark = mark_of(supervisor).to_string();
    fs::read_to_string(format!("/proc/{pid}/limits")).is_ok_and(|limits| {
        limits
            .lines()
            .find_map(|line| line.strip_prefix("Max file locks"))
            .is_some_and(|values| values.split_ascii_whitespace().next() == Some(&mark))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_unique_and_fall_with_time() {
        assert_ne!(mark_of((10, 500)), mark_of((11, 500)));
        assert!(mark_of((4_000_000, 500)) > mark_of((1, 501)));
        // A machine that runs for a century still has marks to give.
        assert!(mark_of((1, 100 * 365 * 86_400 * 100)) > 0);
    }

    #[test]
    fn what_is_not_marked_is_not_taken_for_it() {
        let pid = std::process::id().cast_signed();
        assert!(!is_marked(pid, (1, 1)));
        assert!(!is_marked(i32::MAX, (1, 1)));
    }
}
