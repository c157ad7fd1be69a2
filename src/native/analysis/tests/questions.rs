// SPDX-License-Identifier: Apache-2.0
//! Sums, operators, queues and idle time of drawn traces, where every figure can be counted by eye.

#[path = "../../ingest/tests/common/mod.rs"]
mod common;

use common::{TestResult, open_picture};
use iterscope_analysis::{
    Extent, Group, GroupBy, IdleCause, Layer, MarkerRules, Selection, Subject, device_ranges, differences,
    groups, iterations, iterations_of, operators, queues, variations, work_of_operator,
};
use iterscope_model::ErrorCode;

const LOOP: &str = "
    9/9 user_annotation: [S1.................][S2.................]
    9/9 cpu_op:          .[outer............]..[outer...........]
    9/9 cpu_op:          ..[mm........]........[mm....]
    9/9 cuda_runtime:    ...[l#1][l#2]..[l#3].......[l#4]
    0/7 kernel:          ....[gemm#1...].....[relu#3]....[gemm#4.]
    0/8 kernel:          .........[nccl#2...........]";

fn brief(groups: &[Group]) -> Vec<(&str, u64, i64, i64)> {
    let name = |group: &'_ Group| (group.durations.count, group.durations.total_ns, group.inside_ns);
    groups
        .iter()
        .map(|group| {
            let (count, total_ns, inside_ns) = name(group);
            (group.name.as_deref().unwrap_or_default(), count, total_ns, inside_ns)
        })
        .collect()
}

#[test]
fn a_range_sums_what_overlaps_it_and_says_how_much_lies_inside() -> TestResult {
    let (_folder, store) = open_picture(LOOP)?;
    let range = Extent::Range((12_000, 30_000));
    let selection = Selection { extent: range, layer: Layer::Kernels, tracks: None };
    let found = groups(&Subject::of(&store), &selection, GroupBy::Name)?;
    assert_eq!(
        brief(&found),
        [("nccl", 1, 19_000, 16_000), ("relu", 1, 8_000, 8_000), ("gemm", 1, 11_000, 3_000)]
    );
    let total = groups(&Subject::of(&store), &selection, GroupBy::Nothing)?;
    assert_eq!((total[0].durations.count, total[0].inside_ns), (3, 27_000));
    Ok(())
}

#[test]
fn own_times_leave_out_what_is_nested_and_add_up() -> TestResult {
    let (_folder, store) = open_picture(LOOP)?;
    let selection = Selection::all(Layer::Operators);
    let found = groups(&Subject::of(&store), &selection, GroupBy::Name)?;
    let own: Vec<_> = found
        .iter()
        .map(|group| (group.name.as_deref().unwrap_or_default(), group.durations.total_ns, group.own_ns))
        .collect();
    // outer: 19 and 18 µs, of which mm takes 12 and 8.
    assert_eq!(own, [("outer", 37_000, 17_000), ("mm", 20_000, 20_000)]);
    let whole = groups(&Subject::of(&store), &selection, GroupBy::Nothing)?;
    assert_eq!(whole[0].own_ns, 37_000);
    Ok(())
}

#[test]
fn iterations_choose_device_work_by_its_launch() -> TestResult {
    let (_folder, store) = open_picture(LOOP)?;
    let selection = |first, last| Selection {
        extent: Extent::Iterations(first, last),
        layer: Layer::DeviceWork,
        tracks: None,
    };
    let subject = Subject::of(&store);
    let first = groups(&subject, &selection(1, 1), GroupBy::Name)?;
    assert_eq!(
        brief(&first),
        [("nccl", 1, 19_000, 19_000), ("gemm", 1, 11_000, 11_000), ("relu", 1, 8_000, 8_000)]
    );
    let change = differences(&subject, &selection(1, 1), &selection(2, 2))?;
    let changes: Vec<(&str, i64)> =
        change.iter().map(|found| (found.name.as_str(), found.change_ns())).collect();
    assert_eq!(changes, [("nccl", -19_000), ("relu", -8_000), ("gemm", -2_000)]);
    let refused = groups(&subject, &selection(7, 9), GroupBy::Kind).unwrap_err();
    assert_eq!(refused.code, ErrorCode::QueryOutOfRange);
    assert!(refused.message.contains("it holds 1 to 2"), "{}", refused.message);
    Ok(())
}

#[test]
fn kernels_vary_over_iterations() -> TestResult {
    let (_folder, store) = open_picture(LOOP)?;
    let found = variations(&Subject::of(&store), 1, 2)?;
    let gemm = found.iter().find(|found| found.name == "gemm").ok_or("no gemm")?;
    assert_eq!((gemm.count, gemm.present, gemm.max_iteration, gemm.max_ns), (2, 2, 1, 11_000));
    assert!((gemm.mean_ns - 10_000.0).abs() < 1e-9);
    // Sample standard deviation of 11 and 9 is the square root of 2.
    assert!((gemm.cv.ok_or("no cv")? - 2.0_f64.sqrt() / 10.0).abs() < 1e-12);
    assert_eq!(found[0].name, "nccl");
    assert_eq!(variations(&Subject::of(&store), 1, 1)?[0].cv, None);
    Ok(())
}

#[test]
fn work_belongs_to_all_operators_around_its_launch() -> TestResult {
    let (_folder, store) = open_picture(LOOP)?;
    let found = operators(&Subject::of(&store), &Selection::all(Layer::Operators))?;
    let brief: Vec<(&str, u64, u64, i64, i64)> = found
        .iter()
        .map(|stat| (stat.name.as_str(), stat.host.count, stat.work_count, stat.work_ns, stat.own_work_ns))
        .collect();
    // The first mm launches gemm#1 and nccl#2; the second ends before its loop launches gemm#4.
    assert_eq!(brief, [("outer", 2, 4, 47_000, 17_000), ("mm", 2, 2, 30_000, 30_000)]);
    let of_mm = work_of_operator(&Subject::of(&store), &Selection::all(Layer::Operators), "mm")?;
    assert_eq!(of_mm.iter().filter_map(|group| group.name.as_deref()).collect::<Vec<_>>(), ["nccl", "gemm"]);
    let by_range = operators(&Subject::of(&store), &Selection::all(Layer::Ranges))?;
    assert_eq!(by_range.iter().map(|stat| stat.work_count).sum::<u64>(), 4);
    Ok(())
}

#[test]
fn a_nested_operator_of_the_same_name_counts_its_work_once() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 cpu_op:       [add............]
         9/9 cpu_op:       .[add........]
         9/9 cuda_runtime: ..[l#1]
         0/7 kernel:       .......[k#1..]",
    )?;
    let found = operators(&Subject::of(&store), &Selection::all(Layer::Operators))?;
    assert_eq!((found.len(), found[0].host.count), (1, 2));
    assert_eq!((found[0].work_count, found[0].work_ns, found[0].own_work_ns), (1, 7_000, 7_000));
    Ok(())
}

#[test]
fn a_queue_grows_with_launches_and_shrinks_with_ends() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 cuda_runtime: [l#1][l#2][l#3]
         0/7 kernel:       .....[a#1....][b#2..][c#3..][lost]",
    )?;
    let found = queues(&Subject::of(&store), (0, 40_000), 4);
    assert_eq!(found.len(), 1);
    let queue = &found[0];
    assert_eq!((queue.activities, queue.unknown, queue.max), (3, 1, 3));
    // From 0, 5 and 10 µs to 14, 21 and 28 µs.
    assert_eq!(queue.queued_ns, 14_000 + 16_000 + 18_000);
    assert_eq!(queue.longest, [2, 3, 2, 0]);
    // A range cuts the times in the queue.
    assert_eq!(queues(&Subject::of(&store), (20_000, 40_000), 1)[0].queued_ns, 1_000 + 8_000);
    Ok(())
}

#[test]
fn gaps_are_listed_with_what_ended_them() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [S1.....................................][S2.....]
         9/9 cuda_runtime:    [l#1][l#2]..........................[l#3]
         0/7 kernel:          .....[a#1....]...[b#2...........].......[c#3....]",
    )?;
    let found = device_ranges(&Subject::of(&store), (0, 51_000), 2);
    let device = &found[0];
    assert_eq!(device.composition.idle_ns, device.idle.total_ns());
    // 5 µs before the first kernel and 7 µs, during which the launch came; 3 µs with the launch there; what
    // follows the last kernel ends with nothing.
    assert_eq!(
        (device.idle.host_ns, device.idle.kernel_gap_ns, device.idle.unknown_ns),
        (12_000, 3_000, 2_000)
    );
    let longest: Vec<_> = device.longest_gaps.iter().map(|gap| (gap.span, gap.cause)).collect();
    assert_eq!(longest, [((33_000, 40_000), IdleCause::Host), ((0, 5_000), IdleCause::Host)]);
    assert_eq!(device.gap_count, 4);
    Ok(())
}

#[test]
fn own_marker_rules_make_iterations() -> TestResult {
    let (_folder, store) = open_picture(
        "9/9 user_annotation: [tick 5 (3 requests)......][tick 6 (0 requests).....]
         9/9 cuda_runtime:    .[l#1]
         0/7 kernel:          .....[a#1....]",
    )?;
    assert!(iterations(&store, 0).iterations.is_empty());
    let rules = MarkerRules::extended(
        r#"{"version": 1, "rules": [{"producer": "x", "patterns":
           ["^tick (?<index>\\d+) \\((?<generationRequests>\\d+) requests\\)$"]}]}"#,
    )?;
    let table = iterations_of(&Subject { rules: &rules, ..Subject::of(&store) }).iterations;
    let found: Vec<_> = table.iter().map(|step| (step.index, step.generation_requests)).collect();
    assert_eq!(found, [(5, Some(3)), (6, Some(0))]);
    let delay = table[0].launch_delay.ok_or("no delay")?;
    assert_eq!((delay.count, delay.total_ns), (1, 4_000));
    assert_eq!(IdleCause::NoWork.label(), "no work");
    Ok(())
}
