// SPDX-License-Identifier: Apache-2.0
//! What a run's events say, and that nothing of a run survives it.

mod support;

use std::fs;
use std::process::{Command, Stdio};

use iterscope_launch::{
    EndSignal, EndedBy, Event, FailureCode, RUN_DIR_VARIABLE, end_journalled, read_journal,
};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::{PATIENCE, Run, assert_gone, start_run};

/// Prints its process id, then ignores requests to end.
const STUBBORN: &str = r#"trap "" TERM; echo $$; while :; do sleep 60; done"#;

fn exit_of(run: &Run) -> (Option<i32>, Option<String>, EndedBy, u32) {
    match run.events_to_end().pop() {
        Some(Event::Exited { code, signal, ended_by, left_behind, .. }) => {
            (code, signal, ended_by, left_behind)
        }
        other => panic!("expected an exit, got {other:?}"),
    }
}

fn failure_of(run: &Run) -> (FailureCode, String) {
    match run.events_to_end().pop() {
        Some(Event::Failed { code, message }) => (code, message),
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[test]
fn tells_the_exit_code_and_keeps_both_outputs_apart() {
    let run = start_run("echo out; echo err >&2; exit 7", |_| ());
    assert_eq!(exit_of(&run), (Some(7), None, EndedBy::Program, 0));
    assert_eq!(fs::read_to_string(run.dir.path().join("stdout")).expect("stdout"), "out\n");
    assert_eq!(fs::read_to_string(run.dir.path().join("stderr")).expect("stderr"), "err\n");
}

#[test]
fn tells_the_signal_that_ended_the_program() {
    assert_eq!(
        exit_of(&start_run("kill -SEGV $$", |_| ())),
        (None, Some("SIGSEGV".into()), EndedBy::Program, 0)
    );
}

#[test]
fn gives_the_program_only_the_environment_asked_for_and_its_own_session() {
    let run = start_run("env | sort; ps -o sid= -p $$; echo $$", |spec| {
        spec.env.push(("ANSWER".to_owned(), "a b'c\"\n".to_owned()));
    });
    exit_of(&run);
    let text = fs::read_to_string(run.dir.path().join("stdout")).expect("stdout");
    assert!(text.contains("ANSWER=a b'c\"\n"), "{text}");
    assert!(!text.contains("CARGO"), "{text}");
    let tail: Vec<&str> = text.lines().rev().take(2).map(str::trim).collect();
    assert_eq!(tail[0], tail[1], "the program leads its session");
}

#[test]
fn cancel_ends_stubborn_descendants_in_other_sessions_and_double_forks() {
    let script = format!("setsid sh -c '{STUBBORN}' & (setsid sh -c '{STUBBORN}' &); {STUBBORN}");
    let run = start_run(&script, |_| ());
    let pids = run.printed_pids(3);
    run.handle.cancel();
    let (code, signal, ended_by, left_behind) = exit_of(&run);
    assert_eq!((code, signal.as_deref(), ended_by), (None, Some("SIGKILL"), EndedBy::Cancel));
    assert!(left_behind >= 2, "{left_behind}");
    assert_gone(&pids);
    run.handle.cancel();
}

#[test]
fn cancel_lets_a_program_finish_on_the_signal_of_its_choice() {
    let run = start_run("trap 'echo done; exit 5' INT; echo ready; while :; do sleep 0.05; done", |spec| {
        spec.end_signal = EndSignal::Int;
        spec.grace_ms = 20_000;
    });
    run.output(1);
    run.handle.cancel();
    assert_eq!(exit_of(&run), (Some(5), None, EndedBy::Cancel, 0));
    assert_eq!(run.output(2), ["ready", "done"]);
}

#[test]
fn wakes_a_stopped_program_to_end_it() {
    let run = start_run("echo $$; kill -STOP $$", |spec| spec.grace_ms = 20_000);
    let pids = run.printed_pids(1);
    run.handle.cancel();
    assert_eq!(exit_of(&run), (None, Some("SIGTERM".into()), EndedBy::Cancel, 0));
    assert_gone(&pids);
}

#[test]
fn ends_and_counts_what_a_program_leaves_behind() {
    let run = start_run("setsid sh -c 'echo $$; exec sleep 60' & exec setsid sleep 0.1", |_| ());
    let (code, _, ended_by, left_behind) = exit_of(&run);
    assert_eq!((code, ended_by, left_behind), (Some(0), EndedBy::Program, 1));
    assert_gone(&run.printed_pids(1));
}

#[test]
fn samples_the_whole_tree() {
    let run = start_run("echo x; (while :; do :; done) & sleep 60", |spec| spec.sample_ms = 20);
    let mut peak_cpu_ms = 0;
    while peak_cpu_ms < 30 {
        if let Event::Sample { cpu_ms, rss_bytes, processes, .. } =
            run.events.recv_timeout(PATIENCE).expect("a sample")
        {
            peak_cpu_ms = cpu_ms;
            assert!(rss_bytes > 0 && processes >= 1);
        }
    }
    run.handle.cancel();
    match run.events_to_end().pop() {
        Some(Event::Exited { cpu_ms, peak_rss_bytes, .. }) => {
            assert!(cpu_ms >= 20 && peak_rss_bytes > 100_000, "{cpu_ms} ms, {peak_rss_bytes} bytes");
        }
        other => panic!("expected an exit, got {other:?}"),
    }
}

#[test]
fn journals_what_it_tells() {
    let run = start_run("exit 0", |_| ());
    assert_eq!(run.events_to_end(), read_journal(run.dir.path()).expect("a journal"));
}

#[test]
fn names_what_cannot_be_started() {
    let (code, message) = failure_of(&start_run("", |spec| spec.program = "no-such-program".to_owned()));
    assert_eq!(code, FailureCode::ProgramNotFound);
    assert!(message.contains("no-such-program"), "{message}");
    let (code, message) = failure_of(&start_run("", |spec| spec.cwd = "/no/such/folder".into()));
    assert_eq!(code, FailureCode::CwdMissing);
    assert!(message.contains("/no/such/folder"), "{message}");
    let (code, _) = failure_of(&start_run("", |spec| spec.program = "/etc/passwd".to_owned()));
    assert_eq!(code, FailureCode::Permission);
    let (code, _) = failure_of(&start_run("", |spec| spec.stderr_path = "/no/such/folder/stderr".into()));
    assert_eq!(code, FailureCode::Output);
    let (code, _) = failure_of(&start_run("", |spec| spec.args.push("x".repeat(3_000_000))));
    assert_eq!(code, FailureCode::TooLarge);
}

#[test]
fn a_killed_supervisor_loses_no_process() {
    let script = format!("setsid sh -c '{STUBBORN}' & (setsid sh -c '{STUBBORN}' &); {STUBBORN}");
    let run = start_run(&script, |_| ());
    let pids = run.printed_pids(3);
    kill(Pid::from_raw(run.handle.supervisor_pid().cast_signed()), Signal::SIGKILL).expect("killed");
    let (code, message) = failure_of(&run);
    assert_eq!(code, FailureCode::SupervisorLost, "{message}");
    assert_gone(&pids);
    assert_eq!(end_journalled(run.dir.path()).expect("readable").ended, 0, "nothing was left to end");
}

#[test]
fn a_supervisor_that_has_not_begun_keeps_its_run_too() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(support::supervisor())
        .env(RUN_DIR_VARIABLE, dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    assert!(end_journalled(dir.path()).expect("readable").is_supervised);
    drop(child.stdin.take());
    child.wait().expect("a status");
    assert!(!end_journalled(dir.path()).expect("readable").is_supervised);
}

#[test]
fn a_running_supervisor_keeps_its_run() {
    let run = start_run("echo $$; sleep 60", |_| ());
    run.printed_pids(1);
    assert!(end_journalled(run.dir.path()).expect("readable").is_supervised);
    run.handle.cancel();
    assert_eq!(exit_of(&run).2, EndedBy::Cancel);
}
