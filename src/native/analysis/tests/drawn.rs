// SPDX-License-Identifier: Apache-2.0
//! What the recordings lack, drawn as text: communication, overlapping kernels, missing launches, host-only traces.

#[path = "../../ingest/tests/common/mod.rs"]
mod common;

use common::{TestResult, open_picture};
use iterscope_analysis::{Captured, Composition, iterations, summary};
use iterscope_model::WarningCode;

#[test]
fn host_and_gpu_windows_are_shifted_and_split_by_priority() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1......................][S2......................][S3...]
         9/9 cuda_runtime:    .[l#1][l#2]...............[l#3]
         0/7 kernel:          .......[gemm#1.............]............[gemm#3..]
         0/8 kernel:          .................[nccl#2.............]",
    )?;
    let table = iterations(&store, 0).iterations;
    assert_eq!(table.iter().map(|step| step.index).collect::<Vec<i64>>(), [1, 2, 3]);
    let window = table[0].gpu_windows[0];
    assert_eq!(window.span, (7_000, 40_000));
    // GEMM hides NCCL where both run; NCCL alone runs for 10 µs more, and the last 2 µs are idle.
    let expected = Composition { compute_ns: 21_000, communication_ns: 10_000, memory_ns: 0, idle_ns: 2_000 };
    assert_eq!(window.composition, expected);
    assert_eq!((table[0].kernel_count, table[0].gpu_busy_ns), (2, Some(31_000)));
    assert_eq!((table[1].kernel_count, table[1].gpu_busy_ns), (1, Some(10_000)));
    assert_eq!((table[2].kernel_count, table[2].gpu_busy_ns), (0, Some(0)));
    Ok(())
}

#[test]
fn work_without_a_launch_is_placed_by_its_start_and_says_so() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1...............][S2...............]
         9/9 cuda_runtime:    .[l#1].............[l#2]
         0/7 kernel:          .....[gemm#1][lost]......[gemm#2]",
    )?;
    let table = iterations(&store, 0).iterations;
    assert_eq!((table[0].kernel_count, table[0].inferred), (2, true));
    assert_eq!((table[1].kernel_count, table[1].inferred), (1, false));
    Ok(())
}

#[test]
fn host_only_traces_are_split_by_their_innermost_operators() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1............................][S2......]
         9/9 cpu_op:          ..[moe.experts.......................]
         9/9 cpu_op:          ....[moe.expert_gemm]
         9/9 cpu_op:          ......................[comm.wait_for_ranks]
         9/9 other:           ...[Python GC gen0]",
    )?;
    let table = iterations(&store, 0).iterations;
    assert_eq!((table[0].gpu_busy_ns, table[0].gpu_windows.len()), (None, 0));
    let parts = table[0].host_composition.ok_or("no host composition")?;
    let expected = Composition { compute_ns: 20_000, communication_ns: 10_000, memory_ns: 0, idle_ns: 2_000 };
    assert_eq!(parts, expected);
    assert_eq!(table[0].host_ranges.gc_ns, 16_000);
    assert!(summary(&store).gpu.devices.is_empty());
    Ok(())
}

#[test]
fn a_trace_without_steps_says_that_it_cannot_answer() -> TestResult {
    let (_folder, store) = open_picture("1/1 cpu_op: [add][mul]")?;
    assert!(iterations(&store, 0).iterations.is_empty());
    let codes: Vec<WarningCode> = summary(&store).warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, [WarningCode::IterationsNotFound]);
    Ok(())
}

#[test]
fn the_global_lock_is_told_by_thread_and_as_a_union() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1................][S2................]
         9/9 other:           ..[Holding GIL]
         9/8 other:           ..........[Waiting for GIL]
         9/7 other:           ......[Waiting for GIL.....]
         9/7 other:           .................................[Holding GIL]
         5/5 other:           [Holding GIL.................................]",
    )?;
    let table = iterations(&store, 0).iterations;
    let all: Vec<(Option<i64>, Option<i64>)> =
        table.iter().map(|step| (step.host_ranges.gil_held_ns, step.host_ranges.gil_waiting_ns)).collect();
    // Waits of both threads overlap and count once; process 5 is another rank's.
    assert_eq!(all, [(Some(13_000), Some(14_000)), (Some(7_000), Some(8_000))]);
    let threads: Vec<(&str, Option<i64>, Option<i64>)> = table[0]
        .threads
        .iter()
        .map(|thread| (thread.tid.as_str(), thread.ranges.gil_held_ns, thread.ranges.gil_waiting_ns))
        .collect();
    assert_eq!(
        threads,
        [("7", Some(0), Some(14_000)), ("8", Some(0), Some(10_000)), ("9", Some(13_000), Some(0))]
    );
    Ok(())
}

#[test]
fn steps_with_less_than_half_of_their_kind_are_incomplete() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1........][S2........][S3........][S4........][S5........]
         9/9 cuda_runtime:    .[a#1][b#2]..[c#3][d#4]..[e#5]...................[g#7][h#8]
         0/7 kernel:          ..[k#1][k#2].[k#3][k#4]...[k#5]..................[k#7][k#8]",
    )?;
    let table = iterations(&store, 0);
    let captured: Vec<Captured> = table.iterations.iter().map(|step| step.captured).collect();
    let check = table.capture.ok_or("no check")?;
    assert_eq!(captured[..4], [Captured::Complete, Captured::Complete, Captured::Complete, Captured::Empty]);
    assert_eq!(check.incomplete.first(), Some(&4));
    assert_eq!(check.cut_in, None);
    assert!(check.message().is_some_and(|text| text.starts_with("Incomplete from step 4: 1 of 5 steps")));
    Ok(())
}

#[test]
fn a_recording_that_ends_early_says_in_which_step() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1...........][S2...........][S3....]
         9/9 cuda_runtime:    .[a#1]
         0/7 kernel:          ....[k#1]",
    )?;
    let check = iterations(&store, 0).capture.ok_or("no check")?;
    assert_eq!((check.steps, check.incomplete.as_slice(), check.cut_in), (3, &[2, 3][..], Some(1)));
    assert!(check.message().is_some_and(|text| text.contains("GPU work ends in step 1")));
    Ok(())
}
