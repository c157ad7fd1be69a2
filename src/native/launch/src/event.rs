// SPDX-License-Identifier: Apache-2.0
//! What the supervisor tells about a run: JSON lines, on its standard output and in the journal.

use serde::{Deserialize, Serialize};

use crate::error::FailureCode;
use crate::spec::EndSignal;

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndedBy {
    /// The program ended on its own.
    Program,
    /// The application asked for it.
    Cancel,
    /// Another process asked the supervisor to end, with a signal.
    Signal,
    /// The control pipe ended without a request.
    ApplicationDied,
}

/// A process that wanted the end of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instigator {
    /// Its process id.
    pub pid: i32,
    /// Its name, empty when it was gone already.
    pub name: String,
}

/// A process of the run that a signal ended before anyone asked the run to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Death {
    /// Its process id.
    pub pid: i32,
    /// Its name.
    pub name: String,
    /// Name of the signal.
    pub signal: String,
    /// Milliseconds since the start.
    pub elapsed_ms: u64,
}

/// One event of a run. Order: `starting`, `started`, any number of `sample` and `died`, at most one `ending`,
/// `exited`; or `failed`, alone or after `starting`. A run whose supervisor vanished ends with `failed`, code
/// `launch.supervisor-lost`. All durations are of a clock that no change of the time of day moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Event {
    /// The program's process exists and waits for this line to be in the journal before it takes its first step.
    Starting {
        /// Process id of the program, which leads its own session.
        pid: i32,
        /// Start time of that process in clock ticks since boot, to tell it from a later owner of the id.
        start_time_ticks: u64,
        /// Process id of the supervisor.
        supervisor_pid: i32,
        /// Start time of the supervisor in clock ticks since boot.
        supervisor_start_time_ticks: u64,
        /// Identity of this boot of the machine; ids and ticks mean nothing in another.
        boot_id: String,
        /// How the run is to be asked to end.
        end_signal: EndSignal,
        /// Milliseconds that it then has.
        grace_ms: u64,
    },
    /// The program runs.
    Started {
        /// Process id of the program.
        pid: i32,
        /// Wall clock, nanoseconds since the Unix epoch, decimal.
        at_ns: String,
    },
    /// The process tree at one moment.
    Sample {
        /// Milliseconds since the start.
        elapsed_ms: u64,
        /// CPU time of all processes of the tree so far, ended ones included.
        cpu_ms: u64,
        /// Sum of resident memory over the live processes (shared pages count in each).
        rss_bytes: u64,
        /// Live processes of the tree.
        processes: u32,
    },
    /// A process of the run was ended by a signal.
    Died(Death),
    /// The tree is being asked to end.
    Ending {
        /// Why.
        ended_by: EndedBy,
        /// Who wanted it, where someone did.
        instigator: Option<Instigator>,
        /// Milliseconds since the start.
        elapsed_ms: u64,
        /// Live processes of the tree.
        processes: u32,
    },
    /// The program and all of its descendants are gone.
    Exited {
        /// Exit code of the program, unless a signal ended it.
        code: Option<i32>,
        /// Name of the signal that ended the program.
        signal: Option<String>,
        /// From the program's start to its own end, milliseconds.
        wall_ms: u64,
        /// CPU time of the whole tree, milliseconds: the two below together.
        cpu_ms: u64,
        /// CPU time in user mode.
        user_ms: u64,
        /// CPU time in the kernel.
        system_ms: u64,
        /// Largest sampled sum of resident memory, or the largest single process where that is more.
        peak_rss_bytes: u64,
        /// Peak resident memory of the largest single process, as the kernel counted it.
        peak_process_rss_bytes: u64,
        /// Why the run ended.
        ended_by: EndedBy,
        /// Who wanted it, where someone did.
        instigator: Option<Instigator>,
        /// Descendants that the supervisor had to end: alive after the program, or not gone within the grace time.
        left_behind: u32,
        /// Processes of the run that a signal ended before the end was asked for, oldest first; not all of very many.
        deaths: Vec<Death>,
        /// How often the machine's out-of-memory killer struck while the run lived, whomever it hit.
        oom_kills: u64,
    },
    /// Nothing was started, or the supervisor was lost.
    Failed {
        /// What went wrong.
        code: FailureCode,
        /// A sentence for the user.
        message: String,
    },
}

impl Event {
    /// Whether nothing follows this event.
    #[must_use]
    pub const fn is_last(&self) -> bool {
        matches!(self, Self::Exited { .. } | Self::Failed { .. })
    }
}
