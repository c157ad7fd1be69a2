// SPDX-License-Identifier: Apache-2.0
//! Databases of Nsight Systems: any bytes after a database's magic, and valid databases with any values.

use std::fs;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::trace::ingest_and_examine;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// The bytes of a database, whose first sixteen are always right.
pub fn nsys_file(folder: &Path, bytes: &[u8]) {
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(bytes);
    ingest_and_examine(folder, &file);
}

/// Tables as reports have them, filled by the bytes: one for the table, then a value for each column.
pub fn nsys_rows(folder: &Path, bytes: &[u8]) {
    let path = folder.join("rows.sqlite");
    let _ = fs::remove_file(&path);
    write_database(&path, bytes).expect("the scratch database can be written");
    let made = fs::read(&path).expect("the scratch database can be read");
    ingest_and_examine(folder, &made);
}

const TABLES: [(&str, &[&str]); 8] = [
    ("StringIds", &["id", "value"]),
    (
        "CUPTI_ACTIVITY_KIND_KERNEL",
        &[
            "start",
            "end",
            "deviceId",
            "contextId",
            "streamId",
            "correlationId",
            "globalPid",
            "shortName",
            "demangledName",
            "graphNodeId",
        ],
    ),
    (
        "CUPTI_ACTIVITY_KIND_MEMCPY",
        &[
            "start",
            "end",
            "deviceId",
            "contextId",
            "streamId",
            "correlationId",
            "globalPid",
            "bytes",
            "copyKind",
        ],
    ),
    (
        "CUPTI_ACTIVITY_KIND_RUNTIME",
        &["start", "end", "eventClass", "globalTid", "correlationId", "nameId", "returnValue"],
    ),
    (
        "NVTX_EVENTS",
        &["start", "end", "eventType", "rangeId", "domainId", "text", "textId", "globalTid", "endGlobalTid"],
    ),
    ("OSRT_API", &["start", "end", "eventClass", "globalTid", "correlationId", "nameId", "returnValue"]),
    ("SCHED_EVENTS", &["start", "cpu", "isSchedIn", "globalTid"]),
    ("GPU_METRICS", &["timestamp", "typeId", "metricId", "value"]),
];

fn write_database(path: &Path, bytes: &[u8]) -> rusqlite::Result<()> {
    let database = Connection::open(path)?;
    database.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")?;
    for (table, columns) in TABLES {
        database.execute_batch(&format!("CREATE TABLE {table} ({})", quoted(columns)))?;
    }
    let mut rest = bytes;
    while let Some((choice, tail)) = rest.split_first() {
        rest = tail;
        let (table, columns) = TABLES[usize::from(*choice) % TABLES.len()];
        let values: Vec<Value> = columns.iter().map(|_| take_value(&mut rest)).collect();
        let marks = vec!["?"; columns.len()].join(", ");
        database.execute(&format!("INSERT INTO {table} VALUES ({marks})"), params_from_iter(values))?;
    }
    database.execute_batch("COMMIT")
}

fn quoted(columns: &[&str]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

/// A value: small and large numbers, text, nothing, what else a column can hold.
fn take_value(rest: &mut &[u8]) -> Value {
    let Some((shape, tail)) = rest.split_first() else { return Value::Null };
    *rest = tail;
    match shape {
        0..=127 => Value::Integer(i64::from(*shape)),
        128..=223 => {
            let length = usize::from(shape & 7) + 1;
            Value::Integer(take(rest, length).iter().fold(0, |value, byte| (value << 8) | i64::from(*byte)))
        }
        224..=239 => Value::Text(String::from_utf8_lossy(take(rest, usize::from(shape & 15))).into_owned()),
        240..=247 => Value::Null,
        248..=251 => Value::Blob(take(rest, 4).to_vec()),
        _ => Value::Real(take(rest, 8).iter().fold(0.5, |value, byte| value * 256.0 + f64::from(*byte))),
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, tail) = rest.split_at(length.min(rest.len()));
    *rest = tail;
    taken
}
