// SPDX-License-Identifier: Apache-2.0
//! Instants, samples and arrows come back as they were written; a table that does not fit is refused.

use std::error::Error;
use std::path::Path;

use iterscope_model::{
    Checkpoint, CounterInfo, ErrorCode, Flow, Instant, NamePool, Sample, Slice, SourceStamp, TraceCounts,
    TraceMeta, TrackInfo, TrackType, rules::RULES_VERSION,
};
use iterscope_store::{Store, TraceData, write_store};

type TestResult = Result<(), Box<dyn Error>>;

fn track(id: u32, slice_count: u64, instant_count: u64) -> TrackInfo {
    TrackInfo {
        id,
        pid: "1".into(),
        tid: id.to_string(),
        process_name: String::new(),
        section: None,
        name: String::new(),
        track_type: TrackType::Thread,
        device_id: None,
        stream: None,
        lanes: u32::from(slice_count > 0),
        slice_count,
        instant_count,
        covered_ns: 0,
    }
}

fn counter(id: u32, sample_count: u32) -> CounterInfo {
    CounterInfo {
        id,
        pid: "1".into(),
        process_name: String::new(),
        name: "memory".into(),
        unit: "B".into(),
        device_id: None,
        sample_count,
        min: 0.0,
        max: 9.5,
    }
}

fn slice(track: u32, start_ns: i64) -> Slice {
    Slice { start_ns, dur_ns: 5, track, ..Slice::default() }
}

fn checkpoint(inflated_offset: u64) -> Checkpoint {
    let window = inflated_offset.to_le_bytes().to_vec();
    Checkpoint { inflated_offset, file_offset: inflated_offset / 4, first_byte: 9, used_bits: 3, window }
}

fn example() -> TraceData {
    let mut names = NamePool::default();
    names.intern("mark");
    let instant =
        |track, time_ns| Instant { time_ns, source_offset: 7, name: 0, track, category: 0, kind: 17 };
    TraceData {
        meta: TraceMeta {
            source: SourceStamp { path: "/trace".into(), size_bytes: 1, modified_ns: 0, quick_hash: 0 },
            format: "chrome".into(),
            compressed: false,
            origin_ns: 0,
            end_ns: 100,
            rank: None,
            world_size: None,
            rules_version: RULES_VERSION,
            devices: Vec::new(),
            tracks: vec![track(0, 2, 1), track(1, 0, 0), track(2, 1, 2)],
            counters: vec![counter(0, 0), counter(1, 2)],
            categories: vec!["ac2g".into()],
            counts: TraceCounts::default(),
            warnings: Vec::new(),
            diagnostics: Vec::new(),
        },
        slices: vec![vec![slice(0, 0), slice(0, 10)], Vec::new(), vec![slice(2, 20)]],
        names,
        instants: vec![instant(0, 3), instant(2, 1), instant(2, 2)],
        samples: vec![
            Sample { time_ns: 1, value: 9.5, counter: 1 },
            Sample { time_ns: 4, value: 0.0, counter: 1 },
        ],
        flows: vec![
            Flow { from: 0, to: 2, category: 0 },
            Flow { from: 1, to: 2, category: 0 },
            Flow { from: 2, to: 0, category: 0 },
        ],
        checkpoints: vec![checkpoint(8), checkpoint(20)],
    }
}

fn written(folder: &Path, data: TraceData) -> iterscope_model::Result<Store> {
    write_store(folder, data, &|| Ok(()))?;
    Store::open(folder, None)
}

#[test]
fn points_come_back_as_written() -> TestResult {
    let folder = tempfile::tempdir()?;
    let data = example();
    let store = written(&folder.path().join("store"), example())?;
    let points = store.points();
    let ranges: Vec<_> = (0..4).map(|track| points.instants_of(track)).collect();
    assert_eq!(ranges, [0..1, 1..1, 1..3, 0..0]);
    let instants: Vec<_> = (0..3).filter_map(|index| points.instant(index)).collect();
    assert_eq!(instants, data.instants);
    assert_eq!(points.instant(3), None);
    assert_eq!(points.samples_of(0), (&[][..], &[][..]));
    assert_eq!(points.samples_of(1), (&[1, 4][..], &[9.5, 0.0][..]));
    assert_eq!(points.samples_of(2), (&[][..], &[][..]));
    assert_eq!(points.flows_from(1).collect::<Vec<_>>(), [data.flows[1]]);
    assert_eq!(points.flows_to(2).collect::<Vec<_>>(), [data.flows[0], data.flows[1]]);
    assert_eq!(points.flows_to(1).count(), 0);
    assert_eq!(points.flow_count(), 3);
    let before = [7, 8, 19, 20, 99].map(|offset| store.checkpoint_before(offset));
    let (first, second) = (Some(checkpoint(8)), Some(checkpoint(20)));
    assert_eq!(before, [None, first.clone(), first, second.clone(), second]);
    Ok(())
}

#[test]
fn tables_that_do_not_fit_the_trace_are_refused() -> TestResult {
    let folder = tempfile::tempdir()?;
    let refuse = |name: &str, change: &dyn Fn(&mut TraceData)| {
        let mut data = example();
        change(&mut data);
        let error = written(&folder.path().join(name), data).expect_err(name);
        assert_eq!(error.code, ErrorCode::StoreDamaged, "{name}");
    };
    refuse("samples", &|data| data.samples.truncate(1));
    refuse("instants", &|data| data.instants.truncate(1));
    refuse("tracks", &|data| data.instants.reverse());
    refuse("flows", &|data| data.flows[0].to = 99);
    refuse("checkpoints", &|data| data.checkpoints.reverse());
    Ok(())
}
