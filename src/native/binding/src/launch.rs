// SPDX-License-Identifier: Apache-2.0
//! Starting, watching and ending runs.

use std::path::PathBuf;

use iterscope_launch::{EndSignal, LaunchSpec, Leftovers, end_journalled, start};
use napi::bindgen_prelude::AsyncTask;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Result, Status, Task};
use napi_derive::napi;

use crate::error::{coded_error, launch_error};
use crate::guard::guarded;

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
    /// How the run is asked to end: `SIGTERM` goes to all of its processes, `SIGINT` to the program's own group.
    #[napi(ts_type = "'SIGTERM' | 'SIGINT'")]
    pub end_signal: String,
}

impl RunSpec {
    fn into_launch_spec(self) -> Result<LaunchSpec> {
        let end_signal = match self.end_signal.as_str() {
            "SIGTERM" => EndSignal::Term,
            "SIGINT" => EndSignal::Int,
            other => {
                let message = format!("A run cannot be asked to end with {other}. Use SIGTERM or SIGINT.");
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
            end_signal,
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
    guarded(|| {
        start(&supervisor, &spec, tell)
            .map(|handle| RunHandle { handle })
            .map_err(|error| launch_error(&error))
    })
}

/// What a run whose application died had left.
#[napi(object)]
pub struct RunLeftovers {
    /// Processes that were ended.
    pub ended: u32,
    /// The run's supervisor is alive and ends it itself; nothing was done.
    pub supervised: bool,
}

/// Work of [`end_journalled_run`].
pub struct EndJournalled {
    run_dir: PathBuf,
}

#[napi]
impl Task for EndJournalled {
    type Output = Leftovers;
    type JsValue = RunLeftovers;

    fn compute(&mut self) -> Result<Leftovers> {
        guarded(|| end_journalled(&self.run_dir).map_err(|error| launch_error(&error)))
    }

    fn resolve(&mut self, _env: Env, left: Leftovers) -> Result<RunLeftovers> {
        Ok(RunLeftovers { ended: left.ended, supervised: left.is_supervised })
    }
}

/// Ends what a run left whose supervisor died, found through the journal in `runDir`: asks as the run's specification
/// said, kills after its grace time. Does nothing while the supervisor lives. Rejects with
/// `launch.journal-unreadable`.
#[napi(js_name = "endJournalled")]
pub fn end_journalled_run(run_dir: String) -> AsyncTask<EndJournalled> {
    AsyncTask::new(EndJournalled { run_dir: run_dir.into() })
}
