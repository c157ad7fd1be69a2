// SPDX-License-Identifier: Apache-2.0
//! A window shows every slice of its range at any zoom, alone or counted in a run.

#[path = "../../ingest/tests/common/mod.rs"]
mod common;

use common::{Drawn, TestResult, open_bytes, open_picture, to_json};
use iterscope_model::ErrorCode;
use iterscope_store::Store;
use iterscope_window::{
    FLAG_FOLDED, HEADER_BYTES, MAGIC, MAX_REPLY_SLICES, TRACK_BYTES, VERSION, WindowRequest, query_window,
};
use proptest::prelude::*;

/// A reply, unpacked by the documented layout.
struct Reply {
    tracks: Vec<[u32; 4]>,
    x: Vec<(u16, u16)>,
    lane: Vec<u16>,
    kind: Vec<u8>,
    flags: Vec<u8>,
    name: Vec<u32>,
    count: Vec<u32>,
    row: Vec<u32>,
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect()
}

fn unpack(bytes: &[u8], units: u32) -> Reply {
    let header = words(&bytes[..HEADER_BYTES]);
    assert_eq!(header[..3], [MAGIC, VERSION, units]);
    let (tracks, count) = (header[3] as usize, header[4] as usize);
    let mut at = HEADER_BYTES + tracks * TRACK_BYTES;
    let table = words(&bytes[HEADER_BYTES..at]);
    let mut take = |size: usize| {
        let column = &bytes[at..at + count * size];
        at += (count * size).next_multiple_of(4);
        column
    };
    let shorts = |column: &[u8]| -> Vec<u16> {
        column.as_chunks().0.iter().map(|short| u16::from_le_bytes(*short)).collect()
    };
    let (x0, x1) = (shorts(take(2)), shorts(take(2)));
    let reply = Reply {
        tracks: table.as_chunks().0.to_vec(),
        x: x0.into_iter().zip(x1).collect(),
        lane: shorts(take(2)),
        kind: take(1).to_vec(),
        flags: take(1).to_vec(),
        name: words(take(4)),
        count: words(take(4)),
        row: words(take(4)),
    };
    assert_eq!(at, bytes.len());
    reply
}

fn ask(store: &Store, start_ns: i64, end_ns: i64, units: u32, tracks: &[u32]) -> TestResult<Reply> {
    Ok(unpack(&query_window(store, &WindowRequest { start_ns, end_ns, units, tracks })?, units))
}

#[test]
fn wide_slices_stand_alone_and_narrow_ones_are_folded() -> TestResult {
    let (_folder, store) = open_picture(
        "1/1 cpu_op: [wide....................................][a][b][longest.][d]
         1/1 cpu_op: ...[inner.]",
    )?;
    let end = store.meta().end_ns;
    let fine = ask(&store, 0, end, 60_000, &[0])?;
    assert_eq!(fine.count, [1, 1, 1, 1, 1, 1]);
    assert_eq!(fine.lane, [0, 0, 0, 0, 0, 1]);
    let coarse = ask(&store, 0, end, 2, &[0])?;
    assert_eq!(coarse.count, [1, 4, 1]);
    assert_eq!(coarse.flags, [0, FLAG_FOLDED, 0]);
    assert_eq!(store.text(coarse.name[1]), Some("longest"));
    assert_eq!(coarse.kind[1], store.kinds()[coarse.row[1] as usize]);
    assert_eq!(coarse.tracks, [[0, 0, 3, 2]]);
    Ok(())
}

#[test]
fn a_slice_that_begins_before_the_window_is_clipped_to_it() -> TestResult {
    let (_folder, store) = open_picture("1/1 cpu_op: [long................][next]")?;
    let reply = ask(&store, 5_000, 10_000, 100, &[0])?;
    assert_eq!((reply.x, reply.count), (vec![(0, 100)], vec![1]));
    Ok(())
}

#[test]
fn impossible_windows_are_refused_and_unknown_tracks_are_empty() -> TestResult {
    let (_folder, store) = open_picture("1/1 cpu_op: [one]")?;
    for (start_ns, end_ns, units) in [(5, 5, 10), (0, 10, 0), (0, 10, 65_536)] {
        let error = query_window(&store, &WindowRequest { start_ns, end_ns, units, tracks: &[0] });
        assert_eq!(error.expect_err("impossible").code, ErrorCode::QueryOutOfRange);
    }
    assert_eq!(ask(&store, 0, 10, 10, &[77])?.tracks, [[77, 0, 0, 0]]);
    Ok(())
}

#[test]
fn a_reply_stays_below_its_limit_and_loses_nothing() -> TestResult {
    let events: Vec<Drawn> = (0..60_000_i64)
        .map(|index| Drawn {
            pid: (index % 6).to_string(),
            tid: "1".into(),
            category: "cpu_op".into(),
            name: format!("n{}", index % 7),
            start_ns: index / 6 * 1000,
            dur_ns: 600,
            correlation: 0,
        })
        .collect();
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), to_json(&events).as_bytes())?;
    let reply = ask(&store, 0, 10_000_000, 60_000, &[0, 1, 2, 3, 4, 5])?;
    assert!(reply.count.len() <= MAX_REPLY_SLICES);
    assert_eq!(reply.count.iter().sum::<u32>(), 60_000);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn counts_add_up_to_the_slices_of_the_range(
        spans in proptest::collection::vec((0_i64..50_000, 0_i64..4_000, 0_u8..3), 1..200),
        start_ns in 0_i64..50_000, length in 1_i64..60_000, units in 1_u32..3_000,
    ) {
        let events: Vec<Drawn> = spans.iter().map(|(start_ns, dur_ns, tid)| Drawn {
            pid: "0".into(), tid: tid.to_string(), category: "kernel".into(), name: "k".into(),
            start_ns: *start_ns, dur_ns: *dur_ns, correlation: 0,
        }).collect();
        let folder = tempfile::tempdir()?;
        let store = open_bytes(folder.path(), to_json(&events).as_bytes())?;
        let (end_ns, tracks) = (start_ns + length, [0, 1, 2]);
        let reply = ask(&store, start_ns, end_ns, units, &tracks).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let rows = 0..u32::try_from(store.slice_count())?;
        let visible = rows.filter(|row| {
            let start = store.starts()[*row as usize];
            start < end_ns && (start >= start_ns || store.end_ns(*row) > start_ns)
        });
        prop_assert_eq!(reply.count.iter().sum::<u32>() as usize, visible.count());
        prop_assert!(reply.x.iter().all(|(x0, x1)| x0 < x1 && u32::from(*x1) <= units));
        for ((flags, count), row) in reply.flags.iter().zip(&reply.count).zip(&reply.row) {
            prop_assert_eq!(*flags == FLAG_FOLDED, *count > 1);
            prop_assert!((*row as usize) < store.slice_count());
        }
    }
}
