// SPDX-License-Identifier: Apache-2.0
//! Programs that do what no program should: nothing of them survives their run, and nothing of their run is lost.

mod support;

use std::fs;
use std::time::Instant;

use iterscope_launch::proc::{has_variable, read_all};
use iterscope_launch::{EndSignal, EndedBy, Event, RUN_DIR_VARIABLE, end_journalled};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use support::{PATIENCE, Run, assert_gone, end_of, start_run};

/// Forks and ends, over and over, each time in another session: no look at the process table finds the same twice.
const COMET: &str = r"use POSIX; my $end = time + 15; $SIG{TERM} = 'IGNORE'; $| = 1; print qq($$\n);
    while (time < $end) { my $pid = fork; POSIX::_exit(0) if $pid; POSIX::setsid() if defined $pid; }";

/// Four that fork as fast as they can, children that live for a moment.
const STORM: &str = r"use POSIX; my $end = time + 15; $SIG{TERM} = 'IGNORE'; $SIG{CHLD} = 'IGNORE'; $| = 1;
    fork; fork; print qq($$\n);
    while (time < $end) { if (!fork) { select(undef, undef, undef, 0.05); POSIX::_exit(0) } }";

/// Two that start each other anew as soon as one of them is gone.
const HYDRA: &str = r"use POSIX; my $end = time + 15; $SIG{TERM} = 'IGNORE'; $| = 1; print qq($$\n);
    while (time < $end) {
        my $pid = fork;
        if ($pid) { waitpid($pid, 0) }
        else { POSIX::setsid(); my $parent = getppid; print qq($$\n); while (getppid == $parent) { select(undef, undef, undef, 0.001) } }
    }";

fn perl(script: &str) -> Run {
    start_run("", |spec| {
        "perl".clone_into(&mut spec.program);
        spec.args = vec!["-e".to_owned(), script.to_owned()];
    })
}

/// Processes that carry the variable of the run, but its supervisor, which ends once it has said so.
fn left_of(run: &Run) -> Vec<i32> {
    let path = run.dir.path().as_os_str().as_encoded_bytes();
    let supervisor = run.handle.supervisor_pid().cast_signed();
    read_all()
        .iter()
        .map(|process| process.pid)
        .filter(|pid| *pid != supervisor && has_variable(*pid, RUN_DIR_VARIABLE, path))
        .collect()
}

fn assert_none_left(run: &Run) {
    assert_eq!(left_of(run), [0; 0], "processes of the run are alive");
}

fn cancelled(run: &Run) {
    run.handle.cancel();
    assert!(matches!(end_of(run), Event::Exited { .. }));
    assert_none_left(run);
}

#[test]
fn ends_a_fork_storm() {
    let run = perl(STORM);
    run.output(4);
    cancelled(&run);
}

#[test]
fn ends_a_comet_that_is_never_where_it_was_seen() {
    let run = perl(COMET);
    run.output(1);
    cancelled(&run);
}

#[test]
fn ends_two_that_start_each_other_anew() {
    let run = perl(HYDRA);
    run.output(2);
    cancelled(&run);
}

#[test]
fn zombies_are_no_processes_and_hold_nothing_up() {
    let script = r"$| = 1; for (1 .. 30) { fork or exit } print qq($$\n); sleep 60";
    let run = start_run("", |spec| {
        "perl".clone_into(&mut spec.program);
        spec.args = vec!["-e".to_owned(), script.to_owned()];
        spec.sample_ms = 20;
    });
    run.output(1);
    run.until(|event| matches!(event, Event::Sample { processes: 1, .. }));
    cancelled(&run);
}

/// Clears its environment, leaves its session and its parent, ignores requests, and says who it is.
const STRANGER: &str =
    r#"(setsid env -i /bin/sh -c 'trap "" TERM INT; echo $$; while :; do sleep 60; done' &)"#;

#[test]
fn ends_what_cleared_its_environment() {
    let run = start_run(&format!("{STRANGER}; sleep 60"), |_| ());
    let pids = run.printed_pids(1);
    run.handle.cancel();
    end_of(&run);
    assert_gone(&pids);
}

#[test]
fn ends_what_cleared_its_environment_when_the_supervisor_was_killed() {
    let run = start_run(&format!("{STRANGER}; sleep 60"), |_| ());
    let pids = run.printed_pids(1);
    kill(Pid::from_raw(run.handle.supervisor_pid().cast_signed()), Signal::SIGKILL).expect("killed");
    assert!(matches!(end_of(&run), Event::Failed { .. }));
    assert_gone(&pids);
}

#[test]
fn a_supervisor_killed_at_any_moment_of_the_start_leaves_nothing() {
    for delay_us in (0..5_000).step_by(250) {
        let run = start_run("sleep 60", |_| ());
        let start = Instant::now();
        while start.elapsed().as_micros() < delay_us {
            std::hint::spin_loop();
        }
        kill(Pid::from_raw(run.handle.supervisor_pid().cast_signed()), Signal::SIGKILL).expect("killed");
        assert!(matches!(end_of(&run), Event::Failed { .. }), "after {delay_us} µs");
        // What waited at the gate is in no journal: it ends by itself, a moment later.
        let deadline = Instant::now() + PATIENCE;
        while !end_journalled(run.dir.path()).is_ok_and(|left| left.ended == 0) || !left_of(&run).is_empty() {
            assert!(Instant::now() < deadline, "after {delay_us} µs {:?} are alive", left_of(&run));
        }
    }
}

#[test]
fn a_program_killed_at_any_moment_of_its_start_has_an_end() {
    for round in 0..60 {
        let run = start_run("sleep 60", |_| ());
        let supervisor = run.handle.supervisor_pid().cast_signed();
        let deadline = Instant::now() + PATIENCE;
        let program = loop {
            assert!(Instant::now() < deadline, "round {round}");
            if let Some(child) = read_all().iter().find(|process| process.parent_pid == supervisor) {
                break child.pid;
            }
        };
        kill(Pid::from_raw(program), Signal::SIGKILL).expect("killed");
        let last = end_of(&run);
        let Event::Exited { signal, ended_by, .. } = &last else { panic!("round {round}: {last:?}") };
        assert_eq!((signal.as_deref(), *ended_by), (Some("SIGKILL"), EndedBy::Program), "round {round}");
        assert_none_left(&run);
    }
}

#[test]
fn what_outlives_its_program_has_time_to_finish() {
    let run = start_run("(sleep 0.4; echo late) & echo early", |spec| spec.grace_ms = 20_000);
    let Event::Exited { code, ended_by, left_behind, wall_ms, .. } = end_of(&run) else { panic!("no exit") };
    assert_eq!((code, ended_by, left_behind), (Some(0), EndedBy::Program, 0));
    assert!(wall_ms < 400, "the program's own time, {wall_ms} ms");
    assert_eq!(run.output(2), ["early", "late"]);
}

#[test]
fn an_interrupted_program_finds_its_helpers_alive() {
    // As a profiler does: the report is finished by a helper in a session of its own.
    let script = r"setsid sh -c 'echo helper; while ! [ -e ask ]; do sleep 0.02; done; echo finished; touch done' &
        trap 'touch ask; while ! [ -e done ]; do sleep 0.02; done; exit 0' INT
        while :; do sleep 0.02; done";
    let run = start_run(script, |spec| {
        spec.end_signal = EndSignal::Int;
        spec.grace_ms = 20_000;
    });
    run.output(1);
    run.handle.cancel();
    let Event::Exited { code, ended_by, left_behind, .. } = end_of(&run) else { panic!("no exit") };
    assert_eq!((code, ended_by, left_behind), (Some(0), EndedBy::Cancel, 0));
    assert_eq!(run.output(2), ["helper", "finished"]);
}

#[test]
fn closed_outputs_change_nothing() {
    let run = start_run("exec >&- 2>&-; sleep 0.1; exit 4", |_| ());
    assert!(matches!(end_of(&run), Event::Exited { code: Some(4), .. }));
}

#[test]
fn output_without_end_and_without_sense_is_kept_whole() {
    let run = start_run("head -c 100000000 /dev/zero; head -c 1000000 /dev/urandom | tee copy >&2", |_| ());
    assert!(matches!(end_of(&run), Event::Exited { code: Some(0), .. }));
    let file = |name: &str| run.dir.path().join(name);
    assert_eq!(fs::metadata(file("stdout")).expect("stdout").len(), 100_000_000);
    assert!(fs::read(file("stderr")).expect("stderr") == fs::read(file("copy")).expect("copy"));
}

#[test]
fn tells_which_process_died_by_which_signal() {
    let run = start_run("sleep 60 & echo $!; wait $!; exit $?", |_| ());
    let pids = run.printed_pids(1);
    kill(Pid::from_raw(pids[0]), Signal::SIGKILL).expect("killed");
    assert!(matches!(end_of(&run), Event::Exited { code: Some(137), .. }));
    let run = start_run("(sleep 60 & echo $!); kill -USR1 $$", |_| ());
    let Event::Exited { signal, deaths, .. } = end_of(&run) else { panic!("no exit") };
    assert_eq!(signal.as_deref(), Some("SIGUSR1"));
    let told: Vec<_> = deaths.iter().map(|death| (death.name.as_str(), death.signal.as_str())).collect();
    assert_eq!(told, [("sh", "SIGUSR1")]);
}

#[test]
fn a_program_without_memory_says_so_itself_and_is_accounted_for() {
    let run = start_run("ulimit -v 40000; exec perl -e '$x = q(x) x 200_000_000; print length $x'", |_| ());
    let Event::Exited { code, oom_kills, .. } = end_of(&run) else { panic!("no exit") };
    assert!(code.is_some_and(|code| code != 0), "{code:?}");
    assert_eq!(oom_kills, 0);
    assert!(fs::read_to_string(run.dir.path().join("stderr")).expect("stderr").contains("Out of memory"));
}

#[test]
fn tells_who_ended_the_run() {
    let run = start_run("sleep 60", |_| ());
    run.handle.cancel();
    let own_pid = std::process::id().cast_signed();
    let Event::Exited { ended_by, instigator, .. } = end_of(&run) else { panic!("no exit") };
    assert_eq!((ended_by, instigator.map(|who| who.pid)), (EndedBy::Cancel, Some(own_pid)));

    let run = start_run("sleep 60", |_| ());
    run.until(|event| matches!(event, Event::Started { .. }));
    kill(Pid::from_raw(run.handle.supervisor_pid().cast_signed()), Signal::SIGTERM).expect("sent");
    let Event::Exited { ended_by, instigator, .. } = end_of(&run) else { panic!("no exit") };
    assert_eq!((ended_by, instigator.map(|who| who.pid)), (EndedBy::Signal, Some(own_pid)));
}

#[test]
fn the_program_starts_with_no_descriptor_and_no_signal_setting_of_ours() {
    // As in the background of a shell script.
    let run = support::start_run_after(
        "trap '' INT TERM; exec 7</dev/null",
        "grep -E 'Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd | sort -n | tail -1",
    );
    end_of(&run);
    let lines = run.output(3);
    // The highest is the one by which ls reads its folder.
    assert_eq!(lines[2], "3", "{lines:?}");
    let bits = |line: &str| u64::from_str_radix(line.rsplit('\t').next().unwrap_or_default(), 16);
    assert_eq!(bits(&lines[0]), Ok(0), "{lines:?}");
    let asking = [Signal::SIGINT, Signal::SIGTERM].map(|signal| 1 << (signal as u64 - 1));
    assert_eq!(bits(&lines[1]).expect("a mask") & (asking[0] | asking[1]), 0, "{lines:?}");
}

#[test]
fn a_full_disk_costs_neither_the_journal_nor_the_end() {
    let Some(disk) = support::small_disk(1 << 20) else { return };
    let script = "while cat /dev/zero; do :; done 2>/dev/null; sleep 0.3; echo lost; exit 9";
    let run = support::start_run_in(disk.path(), script, |spec| spec.sample_ms = 2);
    let last = end_of(&run);
    assert!(matches!(last, Event::Exited { code: Some(9), .. }), "{last:?}");
    let journal = fs::read_to_string(disk.path().join("supervisor.jsonl")).expect("a journal");
    assert!(journal.ends_with('\n'));
    let events: Vec<Event> =
        journal.lines().map(|line| serde_json::from_str(line).expect("a whole event")).collect();
    assert_eq!(events.last(), Some(&last));
}
