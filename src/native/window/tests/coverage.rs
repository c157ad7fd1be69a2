// SPDX-License-Identifier: Apache-2.0
//! Coverage says which share of each unit was busy, and with what.

#[path = "../../ingest/tests/common/mod.rs"]
mod common;

use common::{Drawn, TestResult, open_bytes, open_picture, to_json};
use iterscope_model::{ErrorCode, Kind};
use iterscope_store::Store;
use iterscope_window::{COVERAGE_MAGIC, COVERAGE_VERSION, CoverageRequest, query_coverage};
use proptest::prelude::*;

type Columns = Vec<(u32, Kind, Vec<u8>)>;

fn ask(store: &Store, start_ns: i64, end_ns: i64, units: u32, groups: &[Vec<u32>]) -> TestResult<Columns> {
    let bytes = query_coverage(store, &CoverageRequest { start_ns, end_ns, units, groups })?;
    let words: Vec<u32> = bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect();
    assert_eq!(words[..3], [COVERAGE_MAGIC, COVERAGE_VERSION, units]);
    assert_eq!(words[3] as usize, groups.len());
    let columns = words[4] as usize;
    let size = (units as usize).next_multiple_of(4);
    let first = 32 + columns * 8;
    assert_eq!(bytes.len(), first + columns * size);
    let column = |at: usize| {
        let kind = u8::try_from(words[9 + 2 * at]).expect("a kind is a byte");
        let from = first + at * size;
        (words[8 + 2 * at], Kind::from_number(kind), bytes[from..from + units as usize].to_vec())
    };
    Ok((0..columns).map(column).collect())
}

#[test]
fn overlapping_slices_count_once_for_the_kind_that_says_most() -> TestResult {
    let events = [("nccl_all_reduce", "7", 0, 4_000), ("cutlass_gemm", "13", 2_000, 4_000)];
    let drawn: Vec<Drawn> = events
        .map(|(name, tid, start_ns, dur_ns)| Drawn {
            pid: "0".into(),
            tid: tid.into(),
            category: "kernel".into(),
            name: name.into(),
            start_ns,
            dur_ns,
            correlation: 0,
        })
        .to_vec();
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), to_json(&drawn).as_bytes())?;
    let columns = ask(&store, 0, 8_000, 8, &[vec![0, 1]])?;
    let gemm = (0, Kind::Gemm, vec![0, 0, 255, 255, 255, 255, 0, 0]);
    let nccl = (0, Kind::Communication, vec![255, 255, 0, 0, 0, 0, 0, 0]);
    assert_eq!(columns, [gemm, nccl]);
    Ok(())
}

#[test]
fn a_part_of_a_unit_is_told_as_its_share() -> TestResult {
    let (_folder, store) = open_picture("1/1 cpu_op: [long................]")?;
    let end_ns = store.meta().end_ns;
    let columns = ask(&store, 0, end_ns * 4, 2, &[vec![0], vec![]])?;
    assert_eq!(columns, [(0, Kind::Operator, vec![128, 0])]);
    Ok(())
}

#[test]
fn impossible_ranges_are_refused() -> TestResult {
    let (_folder, store) = open_picture("1/1 cpu_op: [one]")?;
    let error = query_coverage(&store, &CoverageRequest { start_ns: 5, end_ns: 5, units: 1, groups: &[] });
    assert_eq!(error.expect_err("impossible").code, ErrorCode::QueryOutOfRange);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn busy_time_is_the_union_of_the_slices(
        spans in proptest::collection::vec((0_i64..2_000, 0_i64..300, 0_u8..3), 1..60),
        start_ns in 0_i64..1_000, units in 1_u32..40,
    ) {
        let events: Vec<Drawn> = spans.iter().map(|(start_ns, dur_ns, tid)| Drawn {
            pid: "0".into(), tid: tid.to_string(), category: "kernel".into(), name: "k".into(),
            start_ns: *start_ns, dur_ns: *dur_ns, correlation: 0,
        }).collect();
        let folder = tempfile::tempdir()?;
        let store = open_bytes(folder.path(), to_json(&events).as_bytes())?;
        // One unit is 50 ns wide: its share can be counted nanosecond by nanosecond.
        let end_ns = start_ns + i64::from(units) * 50;
        let columns = ask(&store, start_ns, end_ns, units, &[vec![0, 1, 2]])
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let origin = spans.iter().map(|(start, ..)| *start).min().unwrap_or(0);
        for unit in 0..i64::from(units) {
            let from = start_ns + unit * 50;
            let busy = (from..from + 50).filter(|at| {
                spans.iter().any(|(start, dur, _)| start - origin <= *at && *at < start - origin + dur)
            }).count();
            let at = usize::try_from(unit)?;
            let told: u32 = columns.iter().map(|(.., shares)| u32::from(shares[at])).sum();
            let expected = (busy * 255 + 25) / 50;
            prop_assert_eq!(told as usize, expected);
        }
    }
}
