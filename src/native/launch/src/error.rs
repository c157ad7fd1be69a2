// SPDX-License-Identifier: Apache-2.0
//! Errors of launching, each with a code of a closed set and a sentence for the user.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Why a run failed to start, or was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureCode {
    /// The specification is not what the supervisor understands.
    #[serde(rename = "launch.bad-spec")]
    BadSpec,
    /// No such program, or its interpreter is missing.
    #[serde(rename = "launch.program-not-found")]
    ProgramNotFound,
    /// The program may not be executed.
    #[serde(rename = "launch.permission")]
    Permission,
    /// The file is not a program for this machine.
    #[serde(rename = "launch.not-executable")]
    NotExecutable,
    /// Arguments and environment are larger than the system allows.
    #[serde(rename = "launch.too-large")]
    TooLarge,
    /// The working folder does not exist.
    #[serde(rename = "launch.cwd-missing")]
    CwdMissing,
    /// An output file cannot be opened.
    #[serde(rename = "launch.output")]
    Output,
    /// The journal cannot be written.
    #[serde(rename = "launch.journal")]
    Journal,
    /// The system refused a new process.
    #[serde(rename = "launch.system")]
    System,
    /// The supervisor program is missing or does not run.
    #[serde(rename = "launch.supervisor-missing")]
    SupervisorMissing,
    /// The supervisor ended without a word.
    #[serde(rename = "launch.supervisor-lost")]
    SupervisorLost,
}

/// An error of this crate's functions; the supervisor's own arrive as [`crate::Event::Failed`].
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The supervisor could not be started.
    #[error("The supervisor {path} could not be started ({source}). Build the native parts again.")]
    SupervisorMissing {
        /// Where it was looked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The run's folder is missing or cannot be written.
    #[error(
        "The run folder {path} cannot be written ({source}). Check that it exists and that there is room."
    )]
    RunDir {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The journal cannot be read.
    #[error("The journal {path} cannot be read ({source}), so the run's processes cannot be found.")]
    JournalUnreadable {
        /// The journal.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl LaunchError {
    /// The code of this error, from a closed set.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SupervisorMissing { .. } => "launch.supervisor-missing",
            Self::RunDir { .. } => "launch.run-dir",
            Self::JournalUnreadable { .. } => "launch.journal-unreadable",
        }
    }
}
