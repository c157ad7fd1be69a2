// SPDX-License-Identifier: Apache-2.0
//! What a Parquet file holds is what the CSV and the store hold.

use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use iterscope_analysis::Subject;
use iterscope_export::{
    Cell, Cells, Head, Part, write_slices_csv, write_slices_parquet, write_table_csv, write_table_parquet,
};
use iterscope_ingest::{Cancel, ingest_trace};
use iterscope_model::ErrorCode;
use iterscope_store::Store;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

fn open(name: &str, folder: &Path) -> TestResult<Store> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../test/fixtures/traces").join(name);
    ingest_trace(&source, folder, &mut |_| {}, &Cancel::default())?;
    Ok(Store::open(folder, Some(&source))?)
}

/// A cell as CSV has it.
fn shown(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) if text.contains(['"', ',']) => format!("\"{}\"", text.replace('"', "\"\"")),
        Field::Str(text) => text.clone(),
        Field::Long(whole) => whole.to_string(),
        Field::UInt(id) => id.to_string(),
        other => other.to_string(),
    }
}

/// Head and rows of a file as CSV has them.
fn lines(path: &PathBuf) -> TestResult<Vec<String>> {
    let reader = SerializedFileReader::new(File::open(path)?)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    let mut lines = vec![schema.columns().iter().map(|column| column.name()).collect::<Vec<_>>().join(",")];
    for row in reader.get_row_iter(None)? {
        lines.push(row?.get_column_iter().map(|(_, field)| shown(field)).collect::<Vec<_>>().join(","));
    }
    Ok(lines)
}

#[test]
fn slices_are_those_of_the_csv() -> TestResult {
    let folder = tempfile::tempdir()?;
    // More slices than one group of rows holds.
    let store = open("kineto-h100-eager.json.gz", &folder.path().join("store"))?;
    let subject = Subject::of(&store);
    let [csv, parquet] = ["slices.csv", "slices.parquet"].map(|name| folder.path().join(name));
    for part in [Part::Everything, Part::Iterations(20, 20), Part::Range(-9, -8)] {
        let mut shares = Vec::new();
        write_slices_csv(&subject, part, &csv, &mut |_| {}, &Cancel::default())?;
        let written = write_slices_parquet(
            &subject,
            part,
            &parquet,
            &mut |share| shares.push(share),
            &Cancel::default(),
        )?;
        let expected: Vec<String> = fs::read_to_string(&csv)?.lines().map(str::to_owned).collect();
        assert_eq!(written.slices + 1, expected.len() as u64);
        assert_eq!(written.bytes, fs::metadata(&parquet)?.len());
        assert!(lines(&parquet)? == expected, "rows differ in {part:?}");
        assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
    }
    Ok(())
}

#[test]
fn the_origin_stands_in_the_file() -> TestResult {
    let folder = tempfile::tempdir()?;
    let store = open("kineto-h100-overlap.json.gz", &folder.path().join("store"))?;
    let target = folder.path().join("slices.parquet");
    let part = Part::Range(0, 1_000_000);
    write_slices_parquet(&Subject::of(&store), part, &target, &mut |_| {}, &Cancel::default())?;
    let reader = SerializedFileReader::new(File::open(&target)?)?;
    let facts = reader.metadata().file_metadata().key_value_metadata().ok_or("no facts")?;
    let origin = facts.iter().find(|fact| fact.key == "origin_ns").and_then(|fact| fact.value.clone());
    assert_eq!(origin, Some(store.meta().origin_ns.to_string()));
    Ok(())
}

#[test]
fn a_cancelled_or_impossible_file_leaves_nothing() -> TestResult {
    let folder = tempfile::tempdir()?;
    let store = open("kineto-h100-overlap.json.gz", &folder.path().join("store"))?;
    let subject = Subject::of(&store);
    let out = tempfile::tempdir()?;
    let cancel = Cancel::default();
    let mut stop = |_| cancel.cancel();
    let target = out.path().join("slices.parquet");
    let stopped = write_slices_parquet(&subject, Part::Everything, &target, &mut stop, &cancel);
    assert_eq!(stopped.map_err(|error| error.code), Err(ErrorCode::IngestCancelled));
    let nowhere = out.path().join("none").join("slices.parquet");
    let refused = write_slices_parquet(&subject, Part::Everything, &nowhere, &mut |_| {}, &Cancel::default());
    let error = refused.err().ok_or("it was written")?;
    assert_eq!(error.code, ErrorCode::ExportUnwritable);
    assert!(error.message.contains("slices.parquet cannot be written"), "{}", error.message);
    assert_eq!(fs::read_dir(out.path())?.count(), 0);
    Ok(())
}

#[test]
fn a_full_disk_is_told() -> TestResult {
    // Everything that is written there fails as on a full disk.
    let full = Path::new("/dev/full");
    if !full.exists() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let target = folder.path().join("table.csv");
    let part = folder.path().join(format!("table.csv.part-{}", std::process::id()));
    std::os::unix::fs::symlink(full, &part)?;
    let heads = [Head { name: "n".to_owned(), cell: Cell::Whole }];
    let error = write_table_csv(&heads, &[Cells::Whole(vec![Some(1)])], &target).err().ok_or("written")?;
    assert_eq!(error.code, ErrorCode::ExportUnwritable);
    assert!(error.message.starts_with("There is no space left to write "), "{}", error.message);
    assert!(!target.exists());
    Ok(())
}

#[test]
fn a_table_has_its_missing_cells_in_both_formats() -> TestResult {
    let folder = tempfile::tempdir()?;
    let [csv, parquet] = ["table.csv", "table.parquet"].map(|name| folder.path().join(name));
    let heads = [("name", Cell::Text), ("totalNs", Cell::Whole), ("inferred", Cell::Truth), ("id", Cell::Id)]
        .map(|(name, cell)| Head { name: name.to_owned(), cell });
    let columns = vec![
        Cells::Text(vec![Some(Bytes::from_static(b"a,b")), None, Some(Bytes::from_static("é".as_bytes()))]),
        Cells::Whole(vec![Some(-1), Some(9_007_199_254_740_993), None]),
        Cells::Truth(vec![Some(true), None, Some(false)]),
        Cells::Id(vec![Some(u32::MAX), Some(0), None]),
    ];
    write_table_csv(&heads, &columns, &csv)?;
    write_table_parquet(&heads, columns, &parquet)?;
    let expected =
        ["name,totalNs,inferred,id", "\"a,b\",-1,true,4294967295", ",9007199254740993,,0", "é,,false,"];
    assert_eq!(fs::read_to_string(&csv)?.lines().collect::<Vec<_>>(), expected);
    assert_eq!(lines(&parquet)?, expected);
    Ok(())
}
