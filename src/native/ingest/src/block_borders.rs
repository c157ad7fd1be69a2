// SPDX-License-Identifier: Apache-2.0
//! The borders of blocks must not show: a source gives the same trace however it is cut, also where a cut goes
//! through a number, a string or an escape, and also when the source itself breaks off.

use std::path::Path;

use iterscope_model::{CategoryId, Instant, NameId, Result, Slice, TraceMeta};
use iterscope_store::TraceData;

use crate::ingest::read_trace;
use crate::kineto::BLOCK_BYTES;
use crate::progress::Cancel;

/// All phases, and strings that look like structure. Its events begin alike, so that cuts fall between them.
const ALIKE: &str = r#"{"schemaVersion": 1, "baseTimeNanoseconds": 5, "traceEvents": [
{"ph": "M", "name": "process_name", "pid": 1, "tid": 0, "args": {"name": "py \"}, {\" \\"}},
{"ph": "X", "cat": "cpu_op", "name": "a{[\"\\\u00e9", "pid": 1, "tid": 1, "ts": 10.125, "dur": 9.5, "args": {"External id": 7}},
{"ph": "X", "cat": "cuda_runtime", "name": "cudaLaunchKernel", "pid": 1, "tid": 1, "ts": 12, "dur": 2, "args": {"correlation": 3, "l": [[1, {}], "]"]}},
{"ph": "s", "id": 3, "pid": 1, "tid": 1, "ts": 12, "cat": "ac2g", "name": "ac2g"},
{"ph": "X", "cat": "kernel", "name": "k<int, 4>", "pid": 0, "tid": 7, "ts": 13.001, "dur": 4.999, "args": {"correlation": 3, "device": 0, "stream": 7}},
{"ph": "f", "id": 3, "pid": 0, "tid": 7, "ts": 13.001, "cat": "ac2g", "name": "ac2g", "bp": "e"},
{"ph": "B", "name": "b", "pid": 1, "tid": 2, "ts": 1},
{"ph": "E", "pid": 1, "tid": 2, "ts": 30},
{"ph": "C", "name": "mem", "pid": 1, "ts": 4, "args": {"bytes": 1e3}},
{"ph": "i", "name": "mark", "pid": 1, "tid": 1, "ts": 5, "s": "t"}
], "traceName": "t.json"}"#;

/// Events that begin with different keys, in which no place to cut is known: cuts fall anywhere.
const UNLIKE: &str = r#"[{"ph": "X", "name": "a\\", "pid": 1, "tid": 1, "ts": 1.5, "dur": 1},
{"name": "b \"quoted\", {", "args": {"k": {"ph": "X"}}, "ph": "X", "pid": 1, "tid": 1, "ts": 3, "dur": 2.25},
{"ts": 9, "dur": 0.001, "tid": "s", "pid": "p", "name": "c", "ph": "X"},
{"dur": 7, "ph": "X", "ts": 20, "name": "a\\", "tid": 1, "pid": 1}]"#;

type Told = (TraceMeta, Vec<String>);

/// Everything that a trace says, or its error. Numbers of names and categories follow from the order in which they
/// were met, which blocks may change: they are told by what they stand for.
fn read(path: &Path, block_bytes: usize) -> Result<Told> {
    let TraceData { mut meta, slices, names, instants, samples, flows, checkpoints: _ } =
        read_trace(path, block_bytes, &mut |_| {}, &Cancel::default())?;
    let texts = |category: CategoryId, name: NameId| {
        (meta.categories[usize::from(category)].clone(), names.get(name).map(str::to_owned))
    };
    let mut told = Vec::new();
    for slice in slices.into_iter().flatten() {
        let plain = Slice { category: 0, name: 0, ..slice };
        told.push(format!("{plain:?} {:?}", texts(slice.category, slice.name)));
    }
    for instant in instants {
        let plain = Instant { category: 0, name: 0, ..instant };
        told.push(format!("{plain:?} {:?}", texts(instant.category, instant.name)));
    }
    for flow in flows {
        told.push(format!("{} {} {:?}", flow.from, flow.to, texts(flow.category, 0).0));
    }
    told.extend(samples.iter().map(|sample| format!("{sample:?}")));
    meta.categories.sort_unstable();
    Ok((meta, told))
}

fn in_file<T>(text: &[u8], check: impl FnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    std::fs::write(&path, text).unwrap();
    check(&path)
}

#[test]
fn blocks_of_any_size_give_the_same_trace() {
    for (text, least_rows) in [(ALIKE, 7), (UNLIKE, 4)] {
        in_file(text.as_bytes(), |path| {
            let whole = read(path, BLOCK_BYTES).unwrap();
            assert!(whole.1.len() >= least_rows, "{:?}", whole.1);
            for block_bytes in 1..=text.len() {
                let cut = read(path, block_bytes).unwrap();
                assert!(cut == whole, "blocks of {block_bytes} bytes: {cut:?} instead of {whole:?}");
            }
        });
    }
}

#[test]
fn a_source_that_breaks_off_anywhere_gives_the_same_in_small_blocks() {
    for text in [ALIKE, UNLIKE] {
        for length in 1..text.len() {
            in_file(&text.as_bytes()[..length], |path| {
                let whole = read(path, BLOCK_BYTES).map_err(|error| error.code);
                for block_bytes in [1, 13, 64] {
                    let cut = read(path, block_bytes).map_err(|error| error.code);
                    assert!(
                        cut == whole,
                        "{length} bytes in blocks of {block_bytes}: {cut:?}, not {whole:?}"
                    );
                }
            });
        }
    }
}
