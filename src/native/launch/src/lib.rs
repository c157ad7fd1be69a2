// SPDX-License-Identifier: Apache-2.0
//! Starting, watching and ending runs.
//!
//! A run is owned by a small `supervisor` process, one per run. The application talks to it over two pipes: the
//! control pipe (the specification, then `cancel`; its end means that the application died) and the event pipe
//! (JSON lines). Everything that the event pipe carries is also appended to the run folder's journal, so that a run
//! whose supervisor or application died can still be told and ended.

mod ask;
mod error;
mod event;
mod halt;
mod journal;
mod mark;
pub mod proc;
mod signal;
mod spec;
mod start;

pub use ask::Asking;
pub use error::{FailureCode, LaunchError};
pub use event::{Death, EndedBy, Event, Instigator};
pub use halt::Halt;
pub use journal::{JOURNAL_FILE, Leftovers, end_journalled, read_journal};
pub use mark::{is_marked, mark_own};
pub use signal::{signal_group, signal_process};
pub use spec::{EndSignal, LaunchSpec, RUN_DIR_VARIABLE};
pub use start::{RunHandle, start};
