// SPDX-License-Identifier: Apache-2.0
//! What the supervisor is told about a run.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Environment variable that the supervisor adds to the program's environment: the run's folder. Processes of a run
/// whose supervisor died are recognised by it, even after they left their session and their parent.
pub const RUN_DIR_VARIABLE: &str = "ITERSCOPE_RUN_DIR";

/// Signal that asks the program to end; nsys finalises its report on `SIGINT`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndSignal {
    /// Polite end for most programs; sent to every process of the run.
    #[default]
    #[serde(rename = "SIGTERM")]
    Term,
    /// As Ctrl-C in a terminal: sent to the program's process group alone, so that a program which finalises with the
    /// help of others in sessions of their own finds them alive.
    #[serde(rename = "SIGINT")]
    Int,
}

/// One run, as the supervisor reads it: one line of JSON with these names in camel case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LaunchSpec {
    /// Existing folder of the run, absolute; the journal is written there.
    pub run_dir: PathBuf,
    /// Path, or a name that is looked up in the `PATH` of `env`.
    pub program: String,
    /// Arguments, without the program's name.
    pub args: Vec<String>,
    /// Existing working folder.
    pub cwd: PathBuf,
    /// The complete environment; nothing is inherited. Only [`RUN_DIR_VARIABLE`] is added.
    pub env: Vec<(String, String)>,
    /// File to which standard output is appended.
    pub stdout_path: PathBuf,
    /// File to which standard error is appended; may be the same as `stdout_path`.
    pub stderr_path: PathBuf,
    /// Milliseconds between asking the process tree to end and killing it.
    pub grace_ms: u64,
    /// Milliseconds between samples of the process tree; 0 takes none.
    pub sample_ms: u64,
    /// How the tree is asked to end.
    pub end_signal: EndSignal,
}
