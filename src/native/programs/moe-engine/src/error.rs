// SPDX-License-Identifier: Apache-2.0
//! Everything that can go wrong, each with a code from a closed set, a sentence and an exit status.

use std::path::PathBuf;

use thiserror::Error;

/// A failure of the engine. `Display` is the sentence for the user.
#[derive(Debug, Error)]
pub enum EngineError {
    /// Options that do not fit together.
    #[error("{option}: {problem}. {remedy}.")]
    BadOption {
        /// The option or options, as typed.
        option: String,
        /// What is wrong with its value.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// A span list that cannot be parsed.
    #[error(
        "Cannot parse span in environment variable {variable}: '{text}' holds '{span}'. \
         Write spans as FIRST-LAST, separated by commas, for example 100-150."
    )]
    BadSpan {
        /// The environment variable.
        variable: &'static str,
        /// Its whole value.
        text: String,
        /// The piece that cannot be parsed.
        span: String,
    },
    /// A value of an environment variable that cannot be parsed.
    #[error("Cannot parse environment variable {variable}: '{text}'. {remedy}.")]
    BadVariable {
        /// The environment variable.
        variable: &'static str,
        /// Its value.
        text: String,
        /// What to write instead.
        remedy: &'static str,
    },
    /// A window started or stopped against the state of the profiler; ends the event loop.
    #[error(
        "AssertionError: Inconsistent CUDA profiling state at iteration {iteration}: \
         the windows of TLLM_PROFILE_START_STOP {problem} in era {era}. {remedy}."
    )]
    InconsistentProfiling {
        /// The iteration at whose start the state did not fit.
        iteration: u64,
        /// What the windows do.
        problem: &'static str,
        /// The era whose rules were applied.
        era: &'static str,
        /// What to write instead.
        remedy: &'static str,
    },
    /// The folder of an output file does not exist.
    #[error("The folder {folder} of {what} does not exist. Create it and start again.")]
    MissingFolder {
        /// Which output.
        what: &'static str,
        /// The folder.
        folder: PathBuf,
    },
    /// A file could not be written.
    #[error("Could not write {what} to {path}: {reason}. Check the folder, its permissions and free space.")]
    Write {
        /// Which output.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason of the operating system.
        reason: String,
    },
    /// A file that an option names cannot be used.
    #[error("{option}: the file {path} {problem}. {remedy}.")]
    BadFile {
        /// The option, as typed.
        option: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// The signal handlers could not be installed.
    #[error("Could not install the handlers of SIGINT and SIGTERM: {0}. Check the limits of this process.")]
    Signals(String),
    /// Another rank failed first; never shown when the cause is known.
    #[error("A rank thread ended unexpectedly. Run again; if it happens again, report the command line.")]
    RankLost,
}

impl EngineError {
    /// The code of this error, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadOption { .. } => "options.inconsistent",
            Self::BadSpan { .. } => "environment.bad_span",
            Self::BadVariable { .. } => "environment.bad_value",
            Self::InconsistentProfiling { .. } => "profiling.inconsistent",
            Self::MissingFolder { .. } => "output.missing_folder",
            Self::Write { .. } => "output.write_failed",
            Self::BadFile { .. } => "options.bad_file",
            Self::Signals(_) => "process.signals",
            Self::RankLost => "process.rank_lost",
        }
    }

    /// The exit status: 2 where the user asked for something impossible, 1 for failures of a run.
    #[must_use]
    pub const fn exit_status(&self) -> u8 {
        match self {
            Self::BadOption { .. }
            | Self::BadSpan { .. }
            | Self::BadVariable { .. }
            | Self::BadFile { .. }
            | Self::MissingFolder { .. } => 2,
            Self::InconsistentProfiling { .. } | Self::Write { .. } | Self::Signals(_) | Self::RankLost => 1,
        }
    }
}
