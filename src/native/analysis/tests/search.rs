// SPDX-License-Identifier: Apache-2.0
//! Searches and neighbours in traces drawn as text, and against a plain walk over random ones.

#[path = "../../ingest/tests/common/mod.rs"]
mod common;

use common::{Drawn, TestResult, open_bytes, open_picture, to_json};
use iterscope_analysis::{
    AnswerSize, Pattern, PatternForm, Place, Scope, Wanted, Way, name_statistics, nearest, neighbours, search,
};
use iterscope_model::{ErrorCode, Row};
use iterscope_store::Store;
use proptest::prelude::*;

const SIZE: AnswerSize = AnswerSize { bins: 4, rows_per_track: 2, names: 10 };

fn wanted(store: &Store, text: &str) -> TestResult<Wanted> {
    Ok(Wanted::matching(store, &Pattern::new(text, PatternForm::Expression, false)?))
}

fn named(store: &Store, row: Option<Row>) -> Option<(String, i64)> {
    let index = row? as usize;
    Some((store.text(store.name_ids()[index])?.to_owned(), store.starts()[index]))
}

const PICTURE: &str = "9/9 cpu_op: [mm....][mm..][add].....................
     0/7 kernel: ..[gemm_a][norm][gemm_b]......[gemm_a].........
     0/8 kernel: ....[gemm_a]................[gemm_b][gemm_b...]";

#[test]
fn hits_are_counted_by_name_place_and_time() -> TestResult {
    let (_folder, store) = open_picture(PICTURE)?;
    let found = search(&store, &wanted(&store, "^gemm_")?, &Scope::default(), SIZE);
    let names: Vec<(&str, u64, i64)> =
        found.names.iter().map(|name| (name.name.as_str(), name.count, name.total_ns)).collect();
    assert_eq!(names, [("gemm_b", 3, 27_000), ("gemm_a", 3, 24_000)]);
    assert_eq!((found.count, found.total_ns, found.name_count), (6, 51_000, 2));
    let tracks: Vec<(u64, Vec<i64>)> = found
        .tracks
        .iter()
        .map(|track| (track.count, track.rows.iter().map(|row| store.starts()[*row as usize]).collect()))
        .collect();
    assert_eq!(tracks, [(3, vec![2_000, 16_000]), (3, vec![4_000, 28_000])]);
    // Four bins of 11.75 µs.
    assert_eq!((found.span, found.bins), ((0, 47_000), vec![2, 1, 2, 1]));
    Ok(())
}

#[test]
fn a_kind_is_found_by_its_label_and_a_scope_leaves_the_rest_out() -> TestResult {
    let (_folder, store) = open_picture(PICTURE)?;
    let operators = search(&store, &wanted(&store, "operator")?, &Scope::default(), SIZE);
    assert_eq!((operators.count, operators.name_count), (3, 2));
    let scope = Scope { range: Some((9_000, 30_000)), tracks: None };
    let inside = search(&store, &wanted(&store, "gemm_")?, &scope, SIZE);
    // Both first ones reach into the range: they count into its first bin.
    assert_eq!((inside.count, inside.bins), (4, vec![2, 1, 0, 1]));
    let nowhere = Scope { range: None, tracks: Some(vec![99]) };
    assert_eq!(search(&store, &wanted(&store, ".")?, &nowhere, SIZE).count, 0);
    Ok(())
}

#[test]
fn the_next_and_the_previous_hit_are_found_across_tracks() -> TestResult {
    let (_folder, store) = open_picture(PICTURE)?;
    let gemm = wanted(&store, "gemm_b")?;
    let scope = Scope::default();
    let at = |place: Place, way: Way| nearest(&store, &gemm, &scope, place, way);
    let first = at(Place::Time(0), Way::Next)?;
    assert_eq!(named(&store, first), Some(("gemm_b".to_owned(), 16_000)));
    let second = at(Place::Slice(first.ok_or("no first")?), Way::Next)?;
    assert_eq!(named(&store, second), Some(("gemm_b".to_owned(), 28_000)));
    assert_eq!(at(Place::Slice(second.ok_or("no second")?), Way::Previous)?, first);
    assert_eq!((at(Place::Time(16_000), Way::Next)?, at(Place::Time(16_000), Way::Previous)?), (first, None));
    let error = at(Place::Slice(1_000_000), Way::Next).expect_err("there is no such slice");
    assert_eq!(error.code, ErrorCode::QueryOutOfRange);
    Ok(())
}

#[test]
fn neighbours_have_the_same_name_on_the_same_track_or_on_any() -> TestResult {
    let (_folder, store) = open_picture(PICTURE)?;
    let gemm_a = Wanted::named(&store, "gemm_a");
    let rows: Vec<Row> = Scope::default().rows(&store).filter(|row| gemm_a.has(&store, *row)).collect();
    let first = *rows.iter().min_by_key(|row| store.starts()[**row as usize]).ok_or("no gemm_a")?;
    let start = |row: Option<Row>| named(&store, row).map(|(_, start_ns)| start_ns);
    let (own, all) = (neighbours(&store, first, true)?, neighbours(&store, first, false)?);
    assert_eq!((start(own.previous), start(own.next)), (None, Some(30_000)));
    assert_eq!((start(all.previous), start(all.next)), (None, Some(4_000)));
    Ok(())
}

#[test]
fn statistics_of_a_name_count_every_slice_once() -> TestResult {
    let (_folder, store) = open_picture(PICTURE)?;
    let found = name_statistics(&store, "gemm_b", &Scope::default()).ok_or("no gemm_b")?;
    assert_eq!((found.durations.count, found.durations.total_ns), (3, 27_000));
    assert_eq!((found.counts.iter().sum::<u32>(), found.counts.len(), found.edges_ns.len()), (3, 32, 33));
    assert_eq!((found.counts[0], found.counts[31]), (2, 1));
    let equal = name_statistics(&store, "gemm_a", &Scope::default()).ok_or("no gemm_a")?;
    assert_eq!((equal.counts, equal.edges_ns), (vec![3], vec![8_000.0, 8_000.0]));
    assert_eq!(name_statistics(&store, "gemm", &Scope::default()), None);
    Ok(())
}

fn random_slices() -> impl Strategy<Value = Vec<Drawn>> {
    let slice = (0..3_u8, 0..3_u8, 0_i64..40, 0_i64..12).prop_map(|(tid, name, start, length)| Drawn {
        pid: "1".to_owned(),
        tid: tid.to_string(),
        category: "cpu_op".to_owned(),
        name: format!("op{name}"),
        start_ns: start * 1_000,
        dur_ns: length * 1_000,
        correlation: 0,
    });
    proptest::collection::vec(slice, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_walk_from_hit_to_hit_passes_all_of_them_in_order(events in random_slices(), from_us in 0_i64..40) {
        let folder = tempfile::tempdir().unwrap();
        let store = open_bytes(folder.path(), to_json(&events).as_bytes()).unwrap();
        let hits = Wanted::named(&store, "op1");
        let scope = Scope { range: Some((from_us * 1_000, 30_000.max(from_us * 1_000 + 1))), tracks: None };
        let mut expected: Vec<(i64, Row)> = scope
            .rows(&store)
            .filter(|row| hits.has(&store, *row))
            .map(|row| (store.starts()[row as usize], row))
            .collect();
        expected.sort_unstable();
        let step = |place, way| nearest(&store, &hits, &scope, place, way).unwrap();
        let mut passed = Vec::new();
        let mut place = Place::Time(i64::MIN);
        while let Some(row) = step(place, Way::Next) {
            passed.push((store.starts()[row as usize], row));
            place = Place::Slice(row);
        }
        prop_assert_eq!(&passed, &expected);
        let mut back = Vec::new();
        place = Place::Time(i64::MAX);
        while let Some(row) = step(place, Way::Previous) {
            back.push((store.starts()[row as usize], row));
            place = Place::Slice(row);
        }
        back.reverse();
        prop_assert_eq!(&back, &expected);
        let found = search(&store, &hits, &scope, SIZE);
        prop_assert_eq!(found.count, expected.len() as u64);
        prop_assert_eq!(found.bins.iter().map(|count| u64::from(*count)).sum::<u64>(), found.count);
    }
}
