// SPDX-License-Identifier: Apache-2.0
//! Records of `SGLang` and plain tables; and that no bytes, however hostile, do more than end the reading.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use iterscope_experts::{Combination, ExpertStatistics, ExpertsError, WarningCode, read_statistics};
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::data_type::Int64Type;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use safetensors::Dtype;
use safetensors::tensor::TensorView;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures/expert-records").join(name)
}

const TOTALS: &str = "expert_distribution_recorder_1700000000.1.pt";
const PASSES: &str = "expert_distribution_recorder_1700000000.2.pt";

fn written(name: &str, bytes: &[u8]) -> Result<ExpertStatistics, ExpertsError> {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(name);
    fs::write(&path, bytes).expect("written");
    read_statistics(&path)
}

#[test]
fn totals_by_step_are_those_that_were_recorded() {
    let statistics = read_statistics(&fixture(TOTALS)).expect("readable");
    assert_eq!((statistics.experts, statistics.ranks.as_slice()), (8, [0].as_slice()));
    assert_eq!((statistics.iterations.len(), statistics.layers.as_slice()), (6, [0, 1, 2].as_slice()));
    let sums = |layer| statistics.histogram(layer, &(0..6)).expect("the layer");
    assert_eq!(sums(0), [69, 202, 164, 167, 204, 180, 100, 202]);
    assert_eq!(sums(2), [133, 146, 118, 96, 215, 127, 127, 154]);
    assert_eq!(statistics.warnings[0].code, WarningCode::StepsUnordered);
}

#[test]
fn slots_of_forward_passes_are_added_up_to_their_experts() {
    let statistics = read_statistics(&fixture(PASSES)).expect("readable");
    assert_eq!((statistics.experts, statistics.iterations.as_slice()), (4, [4, 5, 7].as_slice()));
    assert_eq!(statistics.histogram(0, &(5..6)).expect("layer 0"), [5 + 10, 1 + 20, 2, 3]);
    assert_eq!(statistics.histogram(1, &(7..8)).expect("layer 1"), [8, 7, 6, 5 + 9 + 7]);
    assert_eq!(statistics.warnings[0].code, WarningCode::IterationsGap);
}

#[test]
fn slots_of_a_load_window_are_added_up_to_their_experts() {
    let statistics = read_statistics(&fixture("load_window.pt")).expect("readable");
    assert_eq!((statistics.experts, statistics.layers.as_slice()), (3, [0, 1].as_slice()));
    assert_eq!(statistics.iterations, [0, 1]);
    // Layer 0 has experts 0, 1, 2, 0 in its slots, layer 1 has 2, 1, 0, 1.
    assert_eq!(statistics.histogram(0, &(0..1)).expect("layer 0"), [1 + 4, 2, 3]);
    assert_eq!(statistics.histogram(1, &(1..2)).expect("layer 1"), [15, 14 + 16, 13]);
    assert_eq!(statistics.warnings[0].code, WarningCode::StepsUnordered);
}

#[test]
fn columns_of_a_parquet_file_are_a_table() {
    let statistics = read_statistics(&fixture("counts.parquet")).expect("readable");
    let table = read_statistics(&fixture("counts.csv")).expect("readable");
    assert_eq!((statistics.experts, statistics.combination), (table.experts, table.combination));
    assert_eq!(statistics.iterations, table.iterations);
    assert_eq!(statistics.heatmap(&(0..u32::MAX)), table.heatmap(&(0..u32::MAX)));
    let error = read_statistics(&fixture("texts.parquet")).expect_err("refused");
    assert_eq!(error.code(), "experts.damaged");
    assert!(error.to_string().contains("row 0: “\"5\"” is not a whole number"), "{error}");
    let whole = fs::read(fixture("counts.parquet")).expect("the fixture is readable");
    for length in [0, 4, 40, whole.len() - 1] {
        let error = written("t.parquet", &whole[..length]).expect_err("refused");
        assert_eq!(error.code(), "experts.damaged", "{length} bytes");
    }
}

/// The columns of counts.csv, compressed.
fn compressed(codec: Compression) -> Vec<u8> {
    const NUMBERS: [[i64; 5]; 2] = [[3, 0, 0, 10, 0], [3, 0, 1, 7, 1]];
    let names = ["iteration", "layer", "expert", "tokens", "rank"];
    let schema =
        format!("message counts {{ {} }}", names.map(|name| format!("required int64 {name};")).join(" "));
    let schema = Arc::new(parse_message_type(&schema).expect("a schema"));
    let settings = Arc::new(WriterProperties::builder().set_compression(codec).build());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, settings).expect("a file");
    let mut group = file.next_row_group().expect("a group");
    for column in 0..names.len() {
        let values = NUMBERS.map(|row| row[column]);
        let mut writer = group.next_column().expect("readable").expect("a column");
        writer.typed::<Int64Type>().write_batch(&values, None, None).expect("written");
        writer.close().expect("closed");
    }
    group.close().expect("closed");
    file.into_inner().expect("closed")
}

#[test]
fn compressed_columns_are_the_same_table() {
    for codec in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
    ] {
        let statistics = written("t.parquet", &compressed(codec)).expect("readable");
        assert_eq!(statistics.combination, Combination::Summed, "{codec}");
        assert_eq!(statistics.histogram(0, &(3..4)).expect("layer 0"), [10, 7], "{codec}");
    }
}

/// A safetensors file of these tensors: name, shape and numbers.
fn tensors(of: &[(&str, &[usize], &[i64])]) -> Vec<u8> {
    let bytes: Vec<Vec<u8>> =
        of.iter().map(|(_, _, numbers)| numbers.iter().flat_map(|n| n.to_le_bytes()).collect()).collect();
    let views = of.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
        (*name, TensorView::new(Dtype::I64, shape.to_vec(), bytes).expect("a tensor"))
    });
    safetensors::serialize(views.collect::<Vec<_>>(), None).expect("a file")
}

#[test]
fn a_load_window_as_safetensors_is_that_of_the_pickle() {
    let map: (&str, &[usize], &[i64]) = ("physical_to_logical_map", &[2, 4], &[0, 1, 2, 0, 2, 1, 0, 1]);
    let numbers: Vec<i64> = (1..=16).collect();
    let window: (&str, &[usize], &[i64]) = ("expert_load_window", &[2, 2, 4], &numbers);
    let statistics = written("w.safetensors", &tensors(&[map, window])).expect("readable");
    let pickled = read_statistics(&fixture("load_window.pt")).expect("readable");
    assert_eq!(statistics.heatmap(&(0..2)), pickled.heatmap(&(0..2)));
    assert_eq!(statistics.warnings[0].code, WarningCode::StepsUnordered);
    let refused = |of: &[(&str, &[usize], &[i64])]| {
        written("w.safetensors", &tensors(of)).expect_err("refused").to_string()
    };
    assert!(refused(&[window]).contains("no physical_to_logical_map"));
    let far: (&str, &[usize], &[i64]) = ("physical_to_logical_map", &[2, 4], &[0, 1, 2, 60_000, 2, 1, 0, 1]);
    assert!(refused(&[far, window]).contains("cannot hold 60001 experts"));
    let short: (&str, &[usize], &[i64]) = ("physical_to_logical_map", &[2, 3], &[0, 1, 2, 0, 2, 1]);
    assert!(refused(&[short, window]).contains("other slots"));
}

#[test]
fn lines_about_balance_are_found_among_all_others() {
    let line = |at: usize| {
        format!(
            "INFO 06-01 [eplb_state.py:360] EPLB step: {at} for model m: avg_tokens=3.00, max_tokens={}, balancedness=0.{}000\n",
            3 + at,
            9 - at
        )
    };
    let text = format!("INFO starting\n{}\u{1b}[0m\n{}{}", line(0), line(1), line(2));
    let statistics = written("server.log", text.as_bytes()).expect("readable");
    assert!(statistics.layers.is_empty());
    assert_eq!(statistics.balance.models, ["m"]);
    let series = statistics.balance.series(0, 2);
    assert_eq!((series.lines_per_row, series.rows.len()), (2, 2));
    let mean = series.rows[0].balancedness.expect("tokens");
    assert!((mean - 0.85).abs() < 1e-12 && series.rows[0].least == Some(0.8), "{mean}");
    assert_eq!((series.rows[1].first, series.rows[1].last, series.rows[1].step), (2, 2, Some(2)));
    assert_eq!(series.balancedness_of_sums, Some(9.0 / 12.0));
    assert_eq!(series.quartiles, [0.7, 0.8, 0.8, 0.9, 0.9]);
    let none = written("other.log", b"INFO EPLB step\n").expect_err("refused");
    assert_eq!(none.code(), "experts.no-statistics");
}

#[test]
fn a_pickle_that_asks_for_anything_else_is_not_opened() {
    let error = read_statistics(&fixture("hostile.pt")).expect_err("refused");
    assert_eq!(error.code(), "experts.damaged");
    assert!(error.to_string().contains("posix.system"), "{error}");
}

#[test]
fn a_table_is_read_in_any_order_of_its_columns() {
    let statistics = read_statistics(&fixture("counts.csv")).expect("readable");
    assert_eq!((statistics.experts, statistics.combination), (4, Combination::Summed));
    assert_eq!(statistics.histogram(0, &(3..4)).expect("layer 0"), [10, 7, 0, 0]);
    let plain = written("t.csv", b"Tokens,Expert,Layer,Iteration\n4,1,0,9\n3,1,0,9\n").expect("readable");
    assert_eq!(plain.histogram(0, &(9..10)).expect("layer 0"), [0, 7]);
    let same = b"iteration,layer,expert,tokens,rank\n1,0,0,5,0\n1,0,1,6,0\n1,0,0,5,1\n1,0,1,6,1\n";
    let same = written("t.csv", same).expect("readable");
    assert_eq!(same.combination, Combination::OneOfIdentical);
    assert_eq!(same.histogram(0, &(1..2)).expect("layer 0"), [5, 6]);
}

#[test]
fn a_table_that_is_not_understood_names_the_line() {
    let error = |text: &str| written("t.csv", text.as_bytes()).expect_err("refused").to_string();
    assert!(error("layer,expert,tokens\n").contains("no column iteration"));
    assert!(error("iteration,layer,expert,tokens\n1,0,0,5\n1,0,x,5\n").contains("line 3: “x”"));
    assert!(error("iteration,layer,expert,tokens\n1,0,70000,5\n").contains("70000"));
    let lines: Vec<String> = (0..200).map(|at| format!("{at},{at},65535,1")).collect();
    let far = format!("iteration,layer,expert,tokens\n{}\n", lines.join("\n"));
    assert_eq!(written("t.csv", far.as_bytes()).expect_err("refused").code(), "experts.too-sparse");
}

/// A record as `torch.save` packs it: a pickle and, compressed, the numbers of storage 0.
fn record(pickle: &[u8], numbers: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("r/data.pkl", pickle), ("r/data/0", numbers)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

fn text(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).expect("short");
    [b"X".as_slice(), &length.to_le_bytes(), text.as_bytes()].concat()
}

/// ('storage', torch.ShortStorage, key, 'cpu', 0), kept under number 0.
fn storage(key: &str) -> Vec<u8> {
    [b"(".as_slice(), &text("storage"), b"ctorch\nShortStorage\n", &text(key), &text("cpu"), b"K\0tq\0"]
        .concat()
}

#[test]
fn a_small_pickle_cannot_copy_a_large_text_or_tuple_many_times() {
    // Each of the 200,000 instructions would copy a megabyte.
    let repeated = |start: Vec<u8>, again: &[u8]| [start, again.repeat(200_000)].concat();
    let keys = repeated(storage(&"0".repeat(1 << 20)), b"h\0Q");
    let tuple = [b"(".as_slice(), &b"N".repeat(1 << 17), b"tq\x01"].concat();
    let calls = repeated(tuple, b"ccollections\nOrderedDict\nh\x01R");
    for pickle in [keys, calls] {
        let error = written("r.pt", &record(&pickle, &[])).expect_err("refused").to_string();
        assert!(error.contains("unknown way") || error.contains("too many"), "{error}");
    }
}

#[test]
fn a_small_record_cannot_unpack_to_more_counts_than_any_has() {
    let int = |value: u32| [b"J".as_slice(), &value.to_le_bytes()].concat();
    let (layers, experts) = (1_000, 68_000);
    let tensor = [
        b"}".as_slice(),
        &text("logical_count"),
        b"ctorch._utils\n_rebuild_tensor_v2\n(",
        &storage("0"),
        b"QK\0K\x01",
        &int(layers),
        &int(experts),
        b"\x87",
        &int(layers * experts),
        &int(experts),
        b"K\x01\x87tRs.",
    ]
    .concat();
    let error = written("r.pt", &record(&tensor, &[0; 64])).expect_err("refused").to_string();
    assert!(error.contains("68000 experts"), "{error}");
    let many = [b"}".as_slice(), &text("logical_count")].concat();
    let many =
        [many, b"ctorch._utils\n_rebuild_tensor_v2\n(".to_vec(), storage("0"), b"QK\0".to_vec()].concat();
    let shape = [int(1_100), int(1_000), int(64), b"\x87".to_vec()].concat();
    let strides = [int(64_000), int(64), int(1), b"\x87tRs.".to_vec()].concat();
    let numbers = vec![0; 2 * 1_100 * 64_000];
    let error = written("r.pt", &record(&[many, shape, strides].concat(), &numbers)).expect_err("refused");
    assert!(error.to_string().contains("more counts than any record"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_record_and_is_not_waited_for() {
    let dir = tempfile::tempdir().expect("a folder");
    for name in ["r.pt", "t.csv", "rank0.safetensors", "meta_info.json"] {
        let made = std::process::Command::new("mkfifo").arg(dir.path().join(name)).status().expect("mkfifo");
        assert!(made.success());
    }
    for path in [dir.path().join("r.pt"), dir.path().join("t.csv"), dir.path().to_owned()] {
        let error = read_statistics(&path).expect_err("refused").to_string();
        assert!(error.contains("not a regular file") || error.contains("Not a directory"), "{error}");
    }
}

proptest! {
    #[test]
    fn changed_records_are_read_or_refused(
        name in prop::sample::select(vec![TOTALS, PASSES, "load_window.pt", "counts.parquet"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(), is_cut in any::<bool>(),
    ) {
        let mut bytes = fs::read(fixture(name)).expect("the fixture is readable");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(length.index(bytes.len()));
        }
        let ending = name.rsplit('.').next().unwrap_or_default();
        if let Err(error) = written(&format!("r.{ending}"), &bytes) {
            prop_assert!(error.to_string().ends_with('.'), "{}", error);
        }
    }

    #[test]
    fn any_text_is_a_log_or_refused(text in "([^\n]{0,20}EPLB step: [0-9]{0,3}[^=\n]{0,9}avg_tokens=[0-9.e-]{0,9}, max_tokens=[0-9.]{0,9}\n?){0,3}") {
        if let Ok(statistics) = written("t.log", text.as_bytes()) {
            prop_assert!(!statistics.balance.lines.is_empty());
        }
    }

    #[test]
    fn any_text_is_a_table_or_refused(text in "(iteration,layer,expert,tokens\n)?([0-9]{0,6},){0,4}[^\\r]{0,40}") {
        if let Ok(statistics) = written("t.csv", text.as_bytes()) {
            prop_assert!(statistics.experts > 0);
        }
    }
}
