// SPDX-License-Identifier: Apache-2.0
//! Starting a run: one supervisor, one thread that reads what it tells.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::error::{FailureCode, LaunchError};
use crate::event::Event;
use crate::journal::{Leftovers, end_journalled, read_journal};
use crate::spec::{LaunchSpec, RUN_DIR_VARIABLE};

/// File of the run's folder that holds what the supervisor itself complains about.
const SUPERVISOR_LOG: &str = "supervisor.log";

type ControlPipe = Arc<Mutex<Option<ChildStdin>>>;

/// A run in progress. Dropping the handle does not end the run: the control pipe lives until the supervisor ends.
#[derive(Debug, Clone)]
pub struct RunHandle {
    supervisor_pid: u32,
    control: ControlPipe,
}

impl RunHandle {
    /// Process id of the supervisor.
    #[must_use]
    pub const fn supervisor_pid(&self) -> u32 {
        self.supervisor_pid
    }

    /// Asks the supervisor to end the run; its events tell how that went. Asking again, or after the end, changes
    /// nothing: a request and the end of a run may always cross.
    pub fn cancel(&self) {
        if let Some(pipe) = self.control.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            let _ = pipe.write_all(b"cancel\n");
        }
    }
}

/// Starts `supervisor` for `spec` and calls `on_event` from a thread of its own with everything it tells. The last
/// event is always `exited` or `failed`: when the supervisor dies in between, its run is ended from the journal.
///
/// # Errors
/// [`LaunchError::RunDir`] when the run's folder cannot be written, [`LaunchError::SupervisorMissing`] when the
/// supervisor does not start.
pub fn start<F>(supervisor: &Path, spec: &LaunchSpec, on_event: F) -> Result<RunHandle, LaunchError>
where
    F: FnMut(&Event) + Send + 'static,
{
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(spec.run_dir.join(SUPERVISOR_LOG))
        .map_err(|source| LaunchError::RunDir { path: spec.run_dir.clone(), source })?;
    let missing = |source| LaunchError::SupervisorMissing { path: supervisor.to_owned(), source };
    let mut child = Command::new(supervisor)
        // Whose supervisor it is can be told before it has written a line.
        .env(RUN_DIR_VARIABLE, &spec.run_dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .map_err(missing)?;
    let pipes = child.stdin.take().zip(child.stdout.take());
    let Some((mut control, events)) = pipes else {
        return Err(missing(std::io::ErrorKind::BrokenPipe.into()));
    };
    let mut line = serde_json::to_vec(spec).map_err(|error| missing(error.into()))?;
    line.push(b'\n');
    if let Err(error) = control.write_all(&line) {
        // It ended before it read a line, or never will.
        let _ = child.kill();
        let _ = child.wait();
        return Err(missing(error));
    }

    let handle = RunHandle { supervisor_pid: child.id(), control: Arc::new(Mutex::new(Some(control))) };
    let watcher = Watcher { run_dir: spec.run_dir.clone(), on_event };
    let control = Arc::clone(&handle.control);
    thread::Builder::new()
        .name("run-events".to_owned())
        .spawn(move || watcher.watch(child, events, &control))
        .map_err(missing)?;
    Ok(handle)
}

/// Reads one supervisor's events to their end.
struct Watcher<F> {
    run_dir: PathBuf,
    on_event: F,
}

impl<F: FnMut(&Event)> Watcher<F> {
    fn watch(mut self, mut child: Child, events: ChildStdout, control: &ControlPipe) {
        let mut is_complete = false;
        for line in BufReader::new(events).lines().map_while(Result::ok) {
            if let Ok(event) = serde_json::from_str::<Event>(&line) {
                is_complete |= event.is_last();
                (self.on_event)(&event);
            }
        }
        // The pipe is closed only when nobody is left to read it: its end would end the run.
        let status = child.wait();
        control.lock().unwrap_or_else(PoisonError::into_inner).take();
        if !is_complete {
            let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
            let last = self.last_event(&status);
            (self.on_event)(&last);
        }
    }

    /// The end that did not arrive: from the journal if it is there, else the run is ended and called lost.
    fn last_event(&self, supervisor_status: &str) -> Event {
        let journalled = read_journal(&self.run_dir).ok().and_then(|mut events| events.pop());
        if let Some(event) = journalled.filter(Event::is_last) {
            return event;
        }
        let outcome = match end_journalled(&self.run_dir) {
            Ok(Leftovers { ended, .. }) => format!("{ended} of its processes were ended"),
            Err(error) => error.to_string(),
        };
        let message = format!(
            "The supervisor of {} ended unexpectedly ({supervisor_status}); {outcome}. What the run had written is kept.",
            self.run_dir.display()
        );
        Event::Failed { code: FailureCode::SupervisorLost, message }
    }
}
