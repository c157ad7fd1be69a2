// SPDX-License-Identifier: Apache-2.0
//! Switches between threads to slices: from getting a core to losing it.

use iterscope_model::{NO_ID, Slice};

use super::batch::Switch;

/// A slice on a core, and which thread and core; names and tracks are given later.
pub struct Turn {
    pub thread: i64,
    pub core: i64,
    pub slice: Slice,
}

/// Turns of all threads. One that had begun before the recording is left out, one that outlasts it ends with it.
pub fn turns(mut switches: Vec<Switch>, end_ns: i64, category: u8) -> Vec<Turn> {
    switches.sort_by_key(|switch| (switch.thread, switch.at_ns));
    let mut turns = Vec::with_capacity(switches.len() / 2);
    for of_thread in switches.chunk_by(|a, b| a.thread == b.thread) {
        let mut since: Option<&Switch> = None;
        for switch in of_thread {
            if let Some(begin) = since.take() {
                turns.push(turn(begin, switch.at_ns, category));
            }
            since = switch.gets_core.then_some(switch);
        }
        turns.extend(since.map(|begin| turn(begin, end_ns.max(begin.at_ns), category)));
    }
    turns
}

fn turn(begin: &Switch, end_ns: i64, category: u8) -> Turn {
    let slice = Slice {
        start_ns: begin.at_ns,
        dur_ns: end_ns.saturating_sub(begin.at_ns),
        source_offset: begin.source_offset,
        name: 0,
        track: 0,
        correlation: NO_ID,
        external_id: NO_ID,
        lane: 0,
        category,
        kind: 0,
    };
    Turn { thread: begin.thread, core: begin.core, slice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_lasts_until_the_thread_loses_its_core() {
        let switch =
            |thread, at_ns, gets_core| Switch { thread, at_ns, gets_core, core: 3, source_offset: 0 };
        let found = turns(
            vec![
                switch(2, 50, true),
                switch(1, 5, false),
                switch(1, 10, true),
                switch(1, 30, false),
                switch(1, 40, true),
                switch(1, 45, true),
            ],
            100,
            0,
        );
        let spans: Vec<(i64, i64, i64)> =
            found.iter().map(|turn| (turn.thread, turn.slice.start_ns, turn.slice.dur_ns)).collect();
        assert_eq!(spans, [(1, 10, 20), (1, 40, 5), (1, 45, 55), (2, 50, 50)]);
    }
}
