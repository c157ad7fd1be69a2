// SPDX-License-Identifier: Apache-2.0
//! Starting the program of a run.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use iterscope_launch::{FailureCode, LaunchSpec, RUN_DIR_VARIABLE};
use nix::errno::Errno;
use nix::sys::signal::SigSet;

use crate::Failure;

/// Starts the program in its own session, with exactly the environment of `spec` and its output going to files.
/// Returns its process id.
pub fn start_program(spec: &LaunchSpec) -> Result<i32, Failure> {
    if !spec.cwd.is_dir() {
        let message = format!(
            "The working folder {} does not exist or is not a folder. Create it or choose another.",
            spec.cwd.display()
        );
        return Err(Failure::new(FailureCode::CwdMissing, message));
    }
    let stdout = open_output(&spec.stdout_path)?;
    let stderr = open_output(&spec.stderr_path)?;
    let mut command = Command::new(&spec.program);
    command
        .args(&spec.args)
        .current_dir(&spec.cwd)
        .env_clear()
        .envs(spec.env.iter().map(|(name, value)| (name, value)))
        .env(RUN_DIR_VARIABLE, &spec.run_dir)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr);
    lead_own_session(&mut command);
    let child = command.spawn().map_err(|error| spawn_failure(&spec.program, &error))?;
    i32::try_from(child.id())
        .map_err(|_| Failure::new(FailureCode::System, "The system gave a process id out of range."))
}

#[allow(unsafe_code)]
fn lead_own_session(command: &mut Command) {
    let child_setup = || {
        nix::unistd::setsid()?;
        // The supervisor blocks signals to read them from a descriptor; the program must not inherit that.
        SigSet::empty().thread_set_mask()?;
        Ok(())
    };
    // SAFETY: between fork and exec only setsid and sigprocmask are called, both async-signal-safe, and nothing is
    // allocated or locked.
    unsafe { command.pre_exec(child_setup) };
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
