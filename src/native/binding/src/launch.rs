// SPDX-License-Identifier: Apache-2.0
//! Starting, watching and ending runs.

use std::path::PathBuf;
use std::time::Duration;

use iterscope_launch::{InterruptSignal, LaunchSpec, end_journalled, start};
use napi::bindgen_prelude::AsyncTask;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, Status, Task};
use napi_derive::napi;

use crate::error::{coded_error, launch_error};

/// What to start, and how. All paths are absolute.
#[napi(object)]
pub struct RunSpec {
    /// The supervisor program.
    pub supervisor_path: String,
    /// Existing folder of the run; the supervisor's journal is written there.
    pub run_dir: String,
    /// Path, or a name that is looked up in the `PATH` of `env`.
    pub program: String,
    /// Arguments, without the program's name.
    pub args: Vec<String>,
    /// Existing working folder.
    pub cwd: String,
    /// The complete environment; only `ITERSCOPE_RUN_DIR` is added.
    pub env: Vec<(String, String)>,
    /// File to which standard output is appended.
    pub stdout_path: String,
    /// File to which standard error is appended.
    pub stderr_path: String,
    /// Milliseconds between asking the process tree to end and killing it.
    pub grace_ms: u32,
    /// Milliseconds between samples of the process tree; 0 takes none.
    pub sample_ms: u32,
    /// How the tree is asked to end.
    #[napi(ts_type = "'SIGTERM' | 'SIGINT'")]
    pub interrupt_signal: String,
}

impl RunSpec {
    fn into_launch_spec(self) -> Result<LaunchSpec> {
        let interrupt_signal = match self.interrupt_signal.as_str() {
            "SIGTERM" => InterruptSignal::Term,
            "SIGINT" => InterruptSignal::Int,
            other => {
                let message = format!("A run cannot be interrupted with {other}. Use SIGTERM or SIGINT.");
                return Err(coded_error("launch.bad-spec", &message, None));
            }
        };
        Ok(LaunchSpec {
            run_dir: self.run_dir.into(),
            program: self.program,
            args: self.args,
            cwd: self.cwd.into(),
            env: self.env,
            stdout_path: self.stdout_path.into(),
            stderr_path: self.stderr_path.into(),
            grace_ms: self.grace_ms.into(),
            sample_ms: self.sample_ms.into(),
            interrupt_signal,
        })
    }
}

/// A run in progress. It goes on when the handle is collected; it ends when this process ends.
#[napi]
pub struct RunHandle {
    handle: iterscope_launch::RunHandle,
}

#[napi]
impl RunHandle {
    /// Process id of the supervisor.
    #[napi(getter)]
    pub fn supervisor_pid(&self) -> u32 {
        self.handle.supervisor_pid()
    }

    /// Asks for the end of the run; its events tell how that went. Asking again, or after the end, changes nothing.
    #[napi]
    pub fn cancel(&self) {
        self.handle.cancel();
    }
}

type EventListener = ThreadsafeFunction<String, (), String, Status, false>;

/// Starts a run. `onEvent` gets each event of the supervisor as JSON, the last one being `exited` or `failed`; until
/// then the run keeps the event loop alive. Throws `launch.supervisor-missing`, `launch.run-dir`, `launch.bad-spec`.
#[napi(ts_args_type = "spec: RunSpec, onEvent: (eventJson: string) => void")]
pub fn start_run(spec: RunSpec, on_event: EventListener) -> Result<RunHandle> {
    let supervisor = PathBuf::from(&spec.supervisor_path);
    let spec = spec.into_launch_spec()?;
    let tell = move |event: &iterscope_launch::Event| {
        if let Ok(json) = serde_json::to_string(event) {
            on_event.call(json, ThreadsafeFunctionCallMode::NonBlocking);
        }
    };
    let handle = start(&supervisor, &spec, tell).map_err(|error| launch_error(&error))?;
    Ok(RunHandle { handle })
}

/// Work of [`end_journalled_run`].
pub struct EndJournalled {
    run_dir: PathBuf,
    grace: Duration,
}

#[napi]
impl Task for EndJournalled {
    type Output = u32;
    type JsValue = u32;

    fn compute(&mut self) -> Result<u32> {
        end_journalled(&self.run_dir, self.grace).map_err(|error| launch_error(&error))
    }

    fn resolve(&mut self, _env: Env, ended: u32) -> Result<u32> {
        Ok(ended)
    }
}

/// Ends what a run left whose supervisor died, found through the journal in `runDir`: asks, kills after `graceMs`.
/// Gives the number of processes ended; 0 while the supervisor lives. Rejects with `launch.journal-unreadable`.
#[napi(js_name = "endJournalled")]
pub fn end_journalled_run(run_dir: String, grace_ms: u32) -> AsyncTask<EndJournalled> {
    let grace = Duration::from_millis(grace_ms.into());
    AsyncTask::new(EndJournalled { run_dir: run_dir.into(), grace })
}
