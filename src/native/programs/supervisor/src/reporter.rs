// SPDX-License-Identifier: Apache-2.0
//! Telling what happens: to the journal, which keeps everything, and to standard output, which may be closed or full
//! without any harm (a line that does not fit is dropped; lines are short enough for the pipe to take them whole).

use std::path::Path;

use iterscope_launch::{Event, FailureCode, JOURNAL_FILE};
use nix::fcntl::{FcntlArg, OFlag, fcntl};

use crate::Failure;
use crate::journal::Journal;

pub struct Reporter {
    journal: Option<Journal>,
}

impl Reporter {
    pub fn new() -> Self {
        // An application that is stopped does not empty the pipe; waiting for it would leave the run unwatched.
        let output = std::io::stdout();
        if let Ok(flags) = fcntl(&output, FcntlArg::F_GETFL) {
            let _ = fcntl(&output, FcntlArg::F_SETFL(OFlag::from_bits_retain(flags) | OFlag::O_NONBLOCK));
        }
        Self { journal: None }
    }

    /// Opens the journal for appending.
    pub fn open_journal(&mut self, run_dir: &Path) -> Result<(), Failure> {
        let path = run_dir.join(JOURNAL_FILE);
        let journal = Journal::open(&path).map_err(|error| {
            let message = format!(
                "The journal {} cannot be written ({error}). Check the run's folder.",
                path.display()
            );
            Failure::new(FailureCode::Journal, message)
        })?;
        self.journal = Some(journal);
        Ok(())
    }

    /// Tells an event. Neither a full disk nor a broken pipe may end a run, so neither is an error here.
    pub fn report(&mut self, event: &Event) {
        let Ok(mut line) = serde_json::to_vec(event) else { return };
        line.push(b'\n');
        if let Some(journal) = &mut self.journal {
            journal.append(&line, matches!(event, Event::Sample { .. }));
            if event.is_last() {
                journal.close();
            }
        }
        let _ = nix::unistd::write(std::io::stdout(), &line);
    }
}
