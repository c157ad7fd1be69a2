// SPDX-License-Identifier: Apache-2.0
//! Traces drawn as text. One line per row of the drawing: `pid/tid category: [name#correlation...]`. A column
//! is a microsecond; a slice runs from its opening to its closing bracket, both included. `S7` as a name is a
//! step marker of iteration 7.
#![allow(dead_code)] // Each test file uses its part.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;

use iterscope_ingest::{Cancel, ingest_trace};
use iterscope_store::Store;

pub type TestResult<T = ()> = Result<T, Box<dyn Error>>;

/// One event of a drawing or a model.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drawn {
    pub pid: String,
    pub tid: String,
    pub category: String,
    pub name: String,
    pub start_ns: i64,
    pub dur_ns: i64,
    pub correlation: u32,
}

/// The events of a drawing.
pub fn draw(picture: &str) -> Vec<Drawn> {
    picture.lines().map(str::trim).filter(|line| !line.is_empty()).flat_map(draw_line).collect()
}

fn draw_line(line: &str) -> Vec<Drawn> {
    let (head, row) = line.split_once(": ").expect("a line has a head");
    let row = row.trim_start();
    let (place, category) = head.split_once(' ').expect("a head has a category");
    let (pid, tid) = place.split_once('/').expect("a place has a process and a thread");
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = row[from..].find('[').map(|at| at + from) {
        let close = open + row[open..].find(']').expect("a slice is closed");
        let label = row[open + 1..close].trim_end_matches('.');
        let (name, correlation) = label.split_once('#').unwrap_or((label, "0"));
        found.push(Drawn {
            pid: pid.to_owned(),
            tid: tid.to_owned(),
            category: category.to_owned(),
            name: full_name(name),
            start_ns: i64::try_from(open).expect("small") * 1000,
            dur_ns: i64::try_from(close + 1 - open).expect("small") * 1000,
            correlation: correlation.parse().expect("a correlation is a number"),
        });
        from = close + 1;
    }
    found
}

fn full_name(name: &str) -> String {
    match name.strip_prefix('S').and_then(|index| index.parse::<u32>().ok()) {
        Some(index) => format!("[Executor] _forward_step {index}: 0 ctx reqs, 0 ctx tokens, 8 gen reqs"),
        None => name.to_owned(),
    }
}

/// Microseconds with three decimals, exactly.
pub fn micros(ns: i64) -> String {
    format!("{}{}.{:03}", if ns < 0 { "-" } else { "" }, ns.abs() / 1000, ns.abs() % 1000)
}

/// The events as a Kineto file.
pub fn to_json(events: &[Drawn]) -> String {
    let mut json =
        String::from("{\"schemaVersion\": 1, \"baseTimeNanoseconds\": 1000000000,\n\"traceEvents\": [\n");
    for (index, event) in events.iter().enumerate() {
        let comma = if index == 0 { "" } else { ",\n" };
        let (start, length) = (micros(event.start_ns), micros(event.dur_ns));
        write!(
            json,
            "{comma}{{\"ph\": \"X\", \"cat\": {:?}, \"name\": {}, \"pid\": {:?}, \"tid\": {:?},\n  \"ts\": {start}, \
             \"dur\": {length}, \"args\": {{\"correlation\": {}}}}}",
            event.category,
            serde_json::Value::from(event.name.as_str()),
            event.pid,
            event.tid,
            event.correlation
        )
        .expect("a string grows");
    }
    json.push_str("\n], \"traceName\": \"drawn\"}\n");
    json
}

/// Ingests bytes as a file and opens the store.
pub fn open_bytes(folder: &Path, bytes: &[u8]) -> Result<Store, iterscope_model::TraceError> {
    let source = folder.join("trace.bin");
    std::fs::write(&source, bytes).expect("the temporary folder is writable");
    let store = folder.join("store");
    ingest_trace(&source, &store, &mut |_| {}, &Cancel::default())?;
    Store::open(&store, Some(&source))
}

/// Ingests a drawing and opens the store.
pub fn open_picture(picture: &str) -> TestResult<(tempfile::TempDir, Store)> {
    let folder = tempfile::tempdir()?;
    let store = open_bytes(folder.path(), to_json(&draw(picture)).as_bytes())?;
    Ok((folder, store))
}

/// What a store holds, in the words of the drawing; times count from the first slice.
pub fn drawn_from(store: &Store) -> Vec<Drawn> {
    let rows = 0..u32::try_from(store.slice_count()).expect("small");
    let mut found: Vec<Drawn> = rows
        .map(|row| {
            let index = row as usize;
            let (track, _) = store.place_of(row).expect("the row exists");
            let track = &store.meta().tracks[track as usize];
            Drawn {
                pid: track.pid.clone(),
                tid: track.tid.clone(),
                category: store.meta().categories[usize::from(store.categories()[index])].clone(),
                name: store.text(store.name_ids()[index]).unwrap_or_default().to_owned(),
                start_ns: store.starts()[index],
                dur_ns: store.dur_ns(row),
                correlation: store.correlations()[index],
            }
        })
        .collect();
    found.sort();
    found
}
