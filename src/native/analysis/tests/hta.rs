// SPDX-License-Identifier: Apache-2.0
//! The figures named after `HolisticTraceAnalysis` are those that it computes of the same files: the fixture holds its
//! answers (`test/independent/hta_figures.py`), to the nanosecond.

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use iterscope_analysis::{HtaFigures, hta_figures};
use iterscope_ingest::{Cancel, ingest_trace};
use iterscope_store::Store;
use serde_json::{Map, Value, json};

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures")
}

fn figures_of(name: &str) -> TestResult<HtaFigures> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store");
    let file = fixtures().join(if name == "drawn.json" { "hta" } else { "traces" }).join(name);
    ingest_trace(&file, &store, &mut |_| {}, &Cancel::default())?;
    hta_figures(&Store::open(&store, Some(&file))?).ok_or_else(|| "no work of devices".into())
}

/// Ours in the form of the fixture.
fn as_fixture(figures: &HtaFigures) -> Value {
    let percent = |part: i64, whole: i64| {
        #[expect(clippy::cast_precision_loss)] // A percentage of two decimals.
        let share = part as f64 / whole as f64;
        (share * 10_000.0).round() / 100.0
    };
    let idle: Map<String, Value> = figures.streams.iter().map(|stream| {
        let causes = json!({ "host_wait": stream.host_wait_ns, "kernel_wait": stream.kernel_wait_ns, "other": stream.other_ns });
        (stream.stream.to_string(), causes)
    }).collect();
    let queues: Map<String, Value> = figures.streams.iter().map(|stream| {
        let queue = json!({ "changes": stream.queue_changes, "max": stream.queue_max, "sum": stream.queue_sum, "last": 0 });
        (stream.stream.to_string(), queue)
    }).collect();
    json!({
        "idle": idle,
        "launches": {
            "count": figures.launch_count, "totalNs": figures.launch_delay_ns,
            "maxNs": figures.max_launch_delay_ns, "zeroCount": figures.immediate_launches,
        },
        "queues": queues,
        "breakdown": {
            "idle": figures.idle_ns, "compute": figures.compute_ns,
            "non_compute": figures.non_compute_ns, "kernel": figures.kernel_ns,
        },
        "overlapPercent": if figures.communication_ns == 0 { Value::Null }
            else { json!(percent(figures.overlap_ns, figures.communication_ns)) },
    })
}

#[test]
fn every_figure_is_what_it_says_of_the_same_file() -> TestResult {
    let answers: Map<String, Value> =
        serde_json::from_reader(File::open(fixtures().join("hta/figures.json"))?)?;
    assert_eq!(answers.len(), 6);
    for (name, mut expected) in answers {
        // It names no cause that a stream does not have.
        for causes in expected["idle"].as_object_mut().ok_or("no streams")?.values_mut() {
            for cause in ["host_wait", "kernel_wait", "other"] {
                causes.as_object_mut().ok_or("no causes")?.entry(cause).or_insert(json!(0));
            }
        }
        assert_eq!(as_fixture(&figures_of(&name)?), expected, "{name}");
    }
    Ok(())
}
