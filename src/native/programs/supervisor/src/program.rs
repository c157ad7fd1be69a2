// SPDX-License-Identifier: Apache-2.0
//! Starting the program of a run.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use iterscope_launch::proc::{Process, boot_id, read_process};
use iterscope_launch::{Event, FailureCode, LaunchSpec, RUN_DIR_VARIABLE};
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::signal::{SigHandler, SigSet, Signal, signal};

use crate::Failure;
use crate::reporter::Reporter;

/// A program that runs.
pub struct Program {
    pub pid: i32,
    pub started: Instant,
}

/// Starts the program in its own session, with exactly the environment of `spec` and its output going to files.
///
/// Its process is in the journal before it takes its first step: a supervisor that dies in between leaves a child
/// which finds its gate closed and ends.
pub fn start_program(spec: &LaunchSpec, reporter: &mut Reporter) -> Result<Program, Failure> {
    let mut command = command_of(spec)?;
    let (pid_reader, pid_writer) = pipe().map_err(refused)?;
    let (gate_reader, gate_writer) = pipe().map_err(refused)?;
    wait_at_gate(&mut command, pid_writer, gate_reader, gate_writer.as_raw_fd());
    // Starting a process returns when its program runs, and it is to wait for us meanwhile.
    let spawning = thread::spawn(move || command.spawn());
    let mut pid = [0; size_of::<i32>()];
    // Ends without a word where no process could be made; the reason comes below.
    let has_forked = File::from(pid_reader).read_exact(&mut pid).is_ok();
    let pid = i32::from_ne_bytes(pid);
    if has_forked {
        reporter.report(&starting_event(pid, spec));
    }
    let started = Instant::now();
    let at_ns = wall_clock_ns();
    let _ = File::from(gate_writer).write(b"g");
    match spawning.join() {
        Ok(Ok(child)) => {
            let pid = child.id().cast_signed();
            if !has_forked {
                // Killed before it could say who it is: it is the program all the same, and its end is the run's.
                reporter.report(&starting_event(pid, spec));
            }
            reporter.report(&Event::Started { pid, at_ns });
            Ok(Program { pid, started })
        }
        Ok(Err(error)) => Err(spawn_failure(&spec.program, &error)),
        Err(_) => Err(Failure::new(FailureCode::System, "The supervisor could not start a process.")),
    }
}

fn command_of(spec: &LaunchSpec) -> Result<Command, Failure> {
    if !spec.cwd.is_dir() {
        let message = format!(
            "The working folder {} does not exist or is not a folder. Create it or choose another.",
            spec.cwd.display()
        );
        return Err(Failure::new(FailureCode::CwdMissing, message));
    }
    let mut command = Command::new(&spec.program);
    command
        .args(&spec.args)
        .current_dir(&spec.cwd)
        .env_clear()
        .envs(spec.env.iter().map(|(name, value)| (name, value)))
        .env(RUN_DIR_VARIABLE, &spec.run_dir)
        .stdin(Stdio::null())
        .stdout(open_output(&spec.stdout_path)?)
        .stderr(open_output(&spec.stderr_path)?);
    Ok(command)
}

/// Has the child lead a session of its own, take nothing over that was left open or ignored around us, tell its process
/// id and wait until it may go on.
#[allow(unsafe_code)]
fn wait_at_gate(command: &mut Command, pid_writer: OwnedFd, gate: OwnedFd, gate_writer: RawFd) {
    let child_setup = move || {
        // The child's copy of the gate's other side, or it would never see the supervisor go.
        nix::unistd::close(gate_writer)?;
        nix::unistd::setsid()?;
        // The supervisor blocks signals to read them from a descriptor; the program must not inherit that.
        SigSet::empty().thread_set_mask()?;
        for asking in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGQUIT] {
            // A shell ignores these for what it starts in the background; the program could not be asked to end.
            // SAFETY: no handler of this process is replaced, and signal is async-signal-safe.
            unsafe { signal(asking, SigHandler::SigDfl) }?;
        }
        // SAFETY: marks descriptors to be closed at exec and touches nothing else. Linux before 5.11 does not know it.
        unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) };
        nix::unistd::write(&pid_writer, &nix::unistd::getpid().as_raw().to_ne_bytes())?;
        let mut word = [0];
        loop {
            match nix::unistd::read(&gate, &mut word) {
                Ok(1) => return Ok(()),
                Err(Errno::EINTR) => {}
                _ => return Err(Errno::ECANCELED.into()),
            }
        }
    };
    // SAFETY: between fork and exec only close, setsid, sigprocmask, signal, close_range, getpid, write and read are
    // called, all async-signal-safe, and nothing is allocated or locked. The child closes a descriptor that nothing of it owns.
    unsafe { command.pre_exec(child_setup) };
}

fn starting_event(pid: i32, spec: &LaunchSpec) -> Event {
    let start_ticks = |pid| read_process(pid).map_or(0, |process: Process| process.start_time_ticks);
    let supervisor_pid = std::process::id().cast_signed();
    Event::Starting {
        pid,
        start_time_ticks: start_ticks(pid),
        supervisor_pid,
        supervisor_start_time_ticks: start_ticks(supervisor_pid),
        boot_id: boot_id(),
        end_signal: spec.end_signal,
        grace_ms: spec.grace_ms,
    }
}

/// The time of day, for people to read: nothing is measured with it.
#[expect(clippy::disallowed_methods, reason = "the one stamp of the wall clock")]
fn wall_clock_ns() -> String {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since_epoch.as_nanos().to_string()
}

fn pipe() -> nix::Result<(OwnedFd, OwnedFd)> {
    nix::unistd::pipe2(OFlag::O_CLOEXEC)
}

fn refused(error: Errno) -> Failure {
    Failure::new(FailureCode::System, format!("The system refused a pipe: {error}."))
}

fn open_output(path: &Path) -> Result<File, Failure> {
    OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
        let message = format!(
            "The output file {} cannot be written ({error}). Check its folder, permissions and room.",
            path.display()
        );
        Failure::new(FailureCode::Output, message)
    })
}

fn spawn_failure(program: &str, error: &Error) -> Failure {
    let errno = error.raw_os_error().map(Errno::from_raw);
    let (code, hint) = match (error.kind(), errno) {
        (ErrorKind::NotFound, _) => (
            FailureCode::ProgramNotFound,
            "was not found, or its interpreter is missing. Check the path or the PATH of the run.",
        ),
        (ErrorKind::PermissionDenied, _) => {
            (FailureCode::Permission, "may not be executed. Make it executable (chmod +x) or choose another.")
        }
        (_, Some(Errno::ENOEXEC)) => {
            (FailureCode::NotExecutable, "is not a program that this machine can run. Choose another.")
        }
        (_, Some(Errno::E2BIG)) => (
            FailureCode::TooLarge,
            "was given more arguments and environment than the system allows. Shorten them.",
        ),
        (ErrorKind::InvalidInput, _) => {
            (FailureCode::BadSpec, "was given an argument or variable that holds a NUL byte. Remove it.")
        }
        _ => {
            return Failure::new(
                FailureCode::System,
                format!("The program {program} could not be started: {error}."),
            );
        }
    };
    Failure::new(code, format!("The program {program} {hint}"))
}
