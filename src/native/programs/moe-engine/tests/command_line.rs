// SPDX-License-Identifier: Apache-2.0
//! The program as users start it: exit status, messages, signals.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

fn program(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moe-engine"));
    command.args(arguments.split_whitespace());
    command
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn usage_errors_exit_with_2_and_say_what_to_do() {
    let output = program("--experts 9 --ep-size 2").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        message(&output).contains("Choose --experts as a multiple of --ep-size."),
        "{}",
        message(&output)
    );
    let output = program("").env("TLLM_PROFILE_START_STOP", "1-x").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(message(&output).contains("Cannot parse span in environment variable TLLM_PROFILE_START_STOP"));
    assert_eq!(program("--era e9").output().unwrap().status.code(), Some(2));
}

#[test]
fn help_names_units() {
    let output = program("--help").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for part in ["<TOKENS>", "<LOGITS>", "TLLM_PROFILE_START_STOP", "times in ms", "Exit status"] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn signals_stop_the_run_promptly_with_their_status() {
    let tiny = "--layers 1 --hidden 16 --heads 2 --experts 4 --top-k 2 --ffn 16 --vocab 32 --ep-size 2 \
        --max-batch 4 --max-tokens 8 --input-len 4 --output-len 1000 --requests 100000 --arrival all";
    for (signal, status) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
        let mut child = program(tiny).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("iter = 3,")), "the run iterates");
        let sent = Instant::now();
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
        let rest: Vec<String> = lines.map(Result::unwrap).collect();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(status));
        assert!(sent.elapsed() < Duration::from_secs(1), "{:?}", sent.elapsed());
        assert!(message(&output).contains("no report was written"));
        assert!(!rest.iter().any(|line| line.contains("PERFORMANCE OVERVIEW")));
    }
}
