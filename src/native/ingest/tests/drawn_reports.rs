// SPDX-License-Identifier: Apache-2.0
//! What the recorded reports lack, made here: several processes, waits for the global lock, marks, counters, cores,
//! other libraries; and reports that are damaged, foreign or hostile.

mod common;

use std::path::Path;

use common::TestResult;
use iterscope_ingest::{Cancel, ingest_trace, rank_processes, read_args};
use iterscope_model::{ErrorCode, Kind, TraceError, WarningCode};
use iterscope_store::Store;
use proptest::prelude::*;
use rusqlite::Connection;

/// Packed process 5 and 6, and their first threads.
const P5: i64 = 5 << 24;
const P6: i64 = 6 << 24;

const TABLES: &str = "
    CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT);
    CREATE TABLE PROCESSES (globalPid INTEGER, pid INTEGER, name TEXT);
    CREATE TABLE ThreadNames (nameId INTEGER, globalTid INTEGER);
    CREATE TABLE TARGET_INFO_SESSION_START_TIME (utcEpochNs INTEGER);
    CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER, end INTEGER, deviceId INTEGER, contextId INTEGER,
        streamId INTEGER, correlationId INTEGER, globalPid INTEGER, demangledName INTEGER);
    CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INTEGER, end INTEGER, globalTid INTEGER, correlationId INTEGER,
        nameId INTEGER);
    CREATE TABLE NVTX_EVENTS (start INTEGER, end INTEGER, eventType INTEGER, text TEXT, textId INTEGER,
        domainId INTEGER, globalTid INTEGER, color INTEGER, int64Value INTEGER);
    INSERT INTO StringIds VALUES (1, 'gemm'), (2, 'cudaLaunchKernel_v7000'), (3, 'Holding GIL'), (4, 'worker');
    INSERT INTO TARGET_INFO_SESSION_START_TIME VALUES (1000);";

fn make(path: &Path, sql: &str) -> TestResult<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(sql)?;
    Ok(connection)
}

fn read(path: &Path) -> Result<Store, TraceError> {
    let store = path.with_extension("store");
    ingest_trace(path, &store, &mut |_| {}, &Cancel::default())?;
    Store::open(&store, Some(path))
}

fn read_sql(sql: &str) -> TestResult<(tempfile::TempDir, Store)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("a report #1?.sqlite");
    drop(make(&path, sql)?);
    let store = read(&path)?;
    Ok((folder, store))
}

fn warned(store: &Store, code: WarningCode) -> u64 {
    store.meta().warnings.iter().find(|warning| warning.code == code).map_or(0, |warning| warning.count)
}

fn sections(store: &Store) -> Vec<(String, u64)> {
    let tracks = store.meta().tracks.iter();
    tracks
        .map(|track| {
            (format!("{} {}", track.pid, track.section.as_ref().unwrap_or(&track.name)), track.slice_count)
        })
        .collect()
}

fn names(store: &Store) -> Vec<&str> {
    store.name_ids().iter().filter_map(|id| store.text(*id)).collect()
}

#[test]
fn every_kind_of_record_has_its_place() -> TestResult {
    let sql = format!(
        "{TABLES}
        INSERT INTO PROCESSES VALUES ({P5}, 5, '/usr/bin/python3');
        INSERT INTO ThreadNames VALUES (4, {P5} + 5);
        INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (10, 30, 0, 1, 7, 1, {P5}, 1);
        INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (5, 8, {P5} + 5, 1, 2);
        INSERT INTO NVTX_EVENTS VALUES
            (0, NULL, 75, 'GIL Trace', NULL, 1, {P5} + 5, NULL, NULL),
            (0, NULL, 75, 'NCCL', NULL, 2, {P5} + 5, NULL, NULL),
            (1, 9, 59, NULL, 3, 1, {P5} + 5, NULL, NULL),
            (9, 12, 59, 'Waiting for GIL', NULL, 1, {P5} + 5, NULL, NULL),
            (2, 20, 60, 'ncclAllReduce', NULL, 2, {P5} + 5, NULL, NULL),
            (3, NULL, 59, 'never ends', NULL, 0, {P5} + 5, 4278190335, 42),
            (4, 6, 60, 'Python GC', NULL, 0, {P5} + 5, NULL, NULL),
            (7, NULL, 34, 'a mark', NULL, 0, {P5} + 5, NULL, NULL);
        CREATE TABLE OSRT_API (start INTEGER, end INTEGER, globalTid INTEGER, nameId INTEGER);
        INSERT INTO OSRT_API VALUES (1, 2, {P5} + 9, 4);
        CREATE TABLE SCHED_EVENTS (start INTEGER, cpu INTEGER, isSchedIn INTEGER, globalTid INTEGER);
        INSERT INTO SCHED_EVENTS VALUES (1, 3, 1, {P5} + 9), (4, 3, 0, {P5} + 9);
        CREATE TABLE MPI_COLLECTIVES_EVENTS (start INTEGER, end INTEGER, globalTid INTEGER, textId INTEGER);
        INSERT INTO MPI_COLLECTIVES_EVENTS VALUES (1, 2, {P5} + 9, 4);
        CREATE TABLE CUPTI_ACTIVITY_KIND_GRAPH_TRACE (start INTEGER, end INTEGER, deviceId INTEGER, contextId INTEGER,
            streamId INTEGER, correlationId INTEGER, globalPid INTEGER, graphId INTEGER);
        INSERT INTO CUPTI_ACTIVITY_KIND_GRAPH_TRACE VALUES (40, 60, 0, 1, 7, 2, {P5}, 9);
        CREATE TABLE GPU_METRICS (timestamp INTEGER, typeId INTEGER, metricId INTEGER, value INTEGER);
        CREATE TABLE TARGET_INFO_GPU_METRICS (typeId INTEGER, metricId INTEGER, metricName TEXT);
        INSERT INTO TARGET_INFO_GPU_METRICS VALUES (256, 4, 'SM Active [Throughput %]');
        INSERT INTO GPU_METRICS VALUES (10, 256, 4, 70), (20, 256, 4, 90);"
    );
    let (folder, store) = read_sql(&sql)?;
    let found = sections(&store);
    let expected = [
        ("5 stream 7", 2),
        ("5 NVTX", 1),
        ("5 NVTX NCCL", 1),
        ("5 GIL", 2),
        ("5 GC", 1),
        ("5 CUDA API", 1),
        ("5 mpi_collectives", 1),
        ("5 OS runtime", 1),
        ("5 cores", 1),
    ];
    assert_eq!(found, expected.map(|(name, count)| (name.to_owned(), count)));
    assert_eq!(store.meta().tracks[1].name, "worker 5");
    assert_eq!(store.meta().tracks[1].process_name, "python3");
    assert_eq!((store.meta().counts.instants, store.meta().counts.counters), (1, 2));
    assert_eq!(store.meta().tracks[1].instant_count, 1);
    let counter = &store.meta().counters[0];
    assert_eq!((counter.name.as_str(), counter.unit.as_str(), counter.max), ("SM Active", "%", 90.0));
    assert_eq!(warned(&store, WarningCode::UnclosedBegin), 1);
    assert!(names(&store).contains(&"CUDA graph 9") && names(&store).contains(&"core 3"));
    let waiting = names(&store).iter().position(|name| *name == "Waiting for GIL").ok_or("no wait")?;
    assert_eq!(Kind::from_number(store.kinds()[waiting]), Kind::Gil);
    // Colours and payloads are read with the arguments.
    let open = names(&store).iter().position(|name| *name == "never ends").ok_or("no open range")?;
    let path = folder.path().join("a report #1?.sqlite");
    let args = read_args(&path, &store, store.source_offset(u32::try_from(open)?))?.ok_or("no arguments")?;
    assert!(args.contains("\"color\":\"#0000ff\"") && args.contains("\"int64Value\":42"), "{args}");
    Ok(())
}

#[test]
fn processes_that_share_correlations_and_ordinals_are_kept_apart() -> TestResult {
    let sql = format!(
        "{TABLES}
        INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (10, 30, 0, 1, 7, 1, {P5}, 1), (10, 30, 0, 1, 7, 1, {P6}, 1);
        INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (5, 8, {P5} + 5, 1, 2), (5, 8, {P6} + 6, 1, 2);
        CREATE TABLE TARGET_INFO_CUDA_DEVICE (gpuId INTEGER, cudaId INTEGER, pid INTEGER);
        INSERT INTO TARGET_INFO_CUDA_DEVICE VALUES (3, 0, 5), (2, 0, 6);"
    );
    let (folder, store) = read_sql(&sql)?;
    let correlations: Vec<u32> = store.correlations().to_vec();
    assert_eq!(correlations, [2, 1, 1, 2]);
    let devices: Vec<Option<u32>> = store.meta().tracks.iter().map(|track| track.device_id).collect();
    assert_eq!(devices, [Some(2), Some(3), None, None]);
    let ranks = rank_processes(&folder.path().join("a report #1?.sqlite"), &Cancel::default())?;
    assert_eq!(
        ranks.iter().map(|rank| (rank.pid, rank.devices.clone())).collect::<Vec<_>>(),
        [(6, vec![2]), (5, vec![3])]
    );
    Ok(())
}

#[test]
fn an_old_export_without_most_tables_and_columns_opens() -> TestResult {
    let (_folder, store) = read_sql(
        "CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER, end INTEGER, deviceId INTEGER, streamId INTEGER, shortName INTEGER);
         INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (10, 30, 0, 7, 1), (40, 45, 1, 7, 2);",
    )?;
    assert_eq!(names(&store), ["string 1", "string 2"]);
    assert_eq!(
        (warned(&store, WarningCode::NoWallClock), warned(&store, WarningCode::MalformedEvents)),
        (1, 2)
    );
    assert_eq!(store.meta().tracks.len(), 2);
    Ok(())
}

#[test]
fn values_of_other_types_are_taken_where_they_can_be() -> TestResult {
    let sql = format!(
        "{TABLES}
        CREATE TABLE k AS SELECT * FROM CUPTI_ACTIVITY_KIND_KERNEL;
        DROP TABLE CUPTI_ACTIVITY_KIND_KERNEL;
        CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start, end, deviceId, contextId, streamId, correlationId, globalPid, demangledName);
        INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES
            ('10', 30.0, 0, 1, 7, '1', {P5}, 1),
            (x'0011', 30, 0, 1, 7, 1, {P5}, 1),
            (10.5, 30, 0, 1, 7, 1, {P5}, 1),
            (NULL, 30, 0, 1, 7, 1, {P5}, 1),
            (50, 40, 0, 1, 7, -4, {P5}, 1),
            (9223372036854775807, -9223372036854775808, 0, 1, 7, 1, {P5}, 1);"
    );
    let (_folder, store) = read_sql(&sql)?;
    let spans: Vec<(i64, i64)> =
        (0..2).map(|row: u32| (store.starts()[row as usize], store.dur_ns(row))).collect();
    assert_eq!((store.slice_count(), spans), (2, vec![(0, 20), (40, 0)]));
    assert_eq!(warned(&store, WarningCode::MalformedEvents), 4);
    assert_eq!(warned(&store, WarningCode::NegativeDuration), 1);
    assert_eq!(warned(&store, WarningCode::IdTooLarge), 1);
    Ok(())
}

#[test]
fn views_triggers_and_virtual_tables_are_never_run() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("hostile.sqlite");
    drop(make(
        &path,
        &format!(
            "{TABLES} DROP TABLE NVTX_EVENTS;
            INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (10, 30, 0, 1, 7, 1, {P5}, 1);
            CREATE VIEW NVTX_EVENTS AS WITH RECURSIVE n(start) AS (SELECT 1 UNION ALL SELECT start + 1 FROM n)
                SELECT start, start AS end, 59 AS eventType, {P5} AS globalTid FROM n;
            CREATE TABLE OSRT_API (start INTEGER, end INTEGER, globalTid INTEGER, PRIMARY KEY (start)) WITHOUT ROWID;
            CREATE TABLE CUPTI_ACTIVITY_KIND_MEMSET (start INTEGER, deviceId INTEGER, streamId INTEGER,
                end INTEGER GENERATED ALWAYS AS (start + 1) VIRTUAL);
            INSERT INTO CUPTI_ACTIVITY_KIND_MEMSET VALUES (1, 0, 7);
            CREATE TABLE \"odd \"\"name\" (start INTEGER, end INTEGER, globalTid INTEGER, nameId INTEGER);
            INSERT INTO \"odd \"\"name\" VALUES (1, 2, {P5} + 5, 1);
            CREATE TRIGGER t AFTER INSERT ON StringIds BEGIN DELETE FROM StringIds; END;"
        ),
    )?);
    let before = std::fs::read(&path)?;
    let store = read(&path)?;
    assert_eq!(names(&store), ["gemm", "gemm"]);
    assert_eq!(warned(&store, WarningCode::ForeignTables), 3);
    assert_eq!(std::fs::read(&path)?, before);

    let only_views = folder.path().join("views.sqlite");
    drop(make(&only_views, "CREATE VIEW NVTX_EVENTS AS SELECT 1 AS start")?);
    assert_eq!(read(&only_views).expect_err("no report").code, ErrorCode::TraceNotATrace);
    let other = folder.path().join("other.sqlite");
    drop(make(&other, "CREATE TABLE cats (name TEXT)")?);
    let error = read(&other).expect_err("no report");
    assert_eq!(error.code, ErrorCode::TraceNotATrace);
    assert!(error.message.contains("nsys export --type sqlite"), "{}", error.message);
    Ok(())
}

#[test]
fn locked_and_unfinished_databases_are_read_and_told() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("wal.sqlite");
    let writer = make(
        &path,
        &format!(
            "PRAGMA journal_mode=WAL; {TABLES} INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (10, 30, 0, 1, 7, 1, {P5}, 1);"
        ),
    )?;
    writer.execute_batch(
        "PRAGMA wal_checkpoint(FULL); BEGIN EXCLUSIVE; INSERT INTO StringIds VALUES (9, 'late')",
    )?;
    let files = || std::fs::read_dir(folder.path()).map(|entries| entries.filter_map(Result::ok).count());
    let before = files()?;
    let store = read(&path)?;
    assert_eq!(names(&store), ["gemm"]);
    assert_eq!(warned(&store, WarningCode::UnfinishedExport), 1);
    // The store is the only thing that reading made.
    assert_eq!(files()?, before + 1);
    drop(writer);
    Ok(())
}

#[test]
fn long_strings_are_read_and_absurd_ones_are_not() -> TestResult {
    let sql = format!(
        "{TABLES}
        INSERT INTO StringIds VALUES (11, printf('%.*c', 1000000, 'x')), (12, printf('%.*c', 70000000, 'x'));
        INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (10, 30, 0, 1, 7, 1, {P5}, 11), (40, 50, 0, 1, 7, 1, {P5}, 12);"
    );
    let (_folder, store) = read_sql(&sql)?;
    assert_eq!(
        names(&store).iter().map(|name| name.len()).collect::<Vec<usize>>(),
        [1_000_000, "string 12".len()]
    );
    Ok(())
}

/// A report of 40,000 kernels, a few hundred pages.
fn large_report(path: &Path) -> TestResult {
    drop(make(
        path,
        &format!(
            "{TABLES} WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
            INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL SELECT i * 10, i * 10 + 5, 0, 1, 7, i, {P5}, 1 FROM n;"
        ),
    )?);
    Ok(())
}

#[test]
fn around_a_damaged_page_everything_is_read() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("damaged.sqlite");
    large_report(&path)?;
    let mut bytes = std::fs::read(&path)?;
    let page = bytes.len() / 2 / 4096 * 4096;
    bytes[page..page + 4096].fill(0xA5);
    std::fs::write(&path, &bytes)?;
    let store = read(&path)?;
    assert!(store.slice_count() > 39_000 && store.slice_count() < 40_000, "{} slices", store.slice_count());
    assert_eq!(warned(&store, WarningCode::DamagedPages), 1);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn cuts_and_flipped_bits_never_stop_the_program(
        cut in 0.0_f64..1.0, flips in proptest::collection::vec((0.0_f64..1.0, 0_u8..8), 1..30),
    ) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let at = |share: f64, length: usize| (share * length as f64) as usize;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("x.sqlite");
        drop(make(&path, &format!(
            "{TABLES} WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
            INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL SELECT i * 10, i * 10 + 5, 0, 1, 7, i, {P5}, 1 FROM n;"
        )).expect("it can be made"));
        let good = std::fs::read(&path)?;
        let mut flipped = good.clone();
        for (share, bit) in flips {
            let position = at(share, good.len());
            flipped[position] ^= 1 << bit;
        }
        for bytes in [&flipped[..], &good[..at(cut, good.len())]] {
            std::fs::write(&path, bytes)?;
            match read(&path) {
                Ok(store) => prop_assert!(store.slice_count() <= 1_000),
                Err(error) => prop_assert!(!error.message.is_empty()),
            }
        }
    }
}
