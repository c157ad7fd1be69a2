// SPDX-License-Identifier: Apache-2.0
//! Tables cut into ranges of rows, read by workers that each have a connection of their own.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use iterscope_model::{ErrorCode, Result, TraceError, WarningCode};
use rusqlite::Connection;

use super::batch::Batch;
use super::database::Database;
use super::rows::{Context, read_row};
use super::schema::{Schema, quoted};
use super::tables::Table;
use super::value::integer;
use crate::progress::Progress;

/// Rows of one range: enough that opening it costs nothing, few enough that two cores end together.
const ROWS_PER_RANGE: i64 = 100_000;
/// Row numbers so far apart say nothing about the number of rows.
const MOST_RANGES: i64 = 20_000;
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);
/// Rows between two additions to the shared counter.
const ROWS_PER_COUNT: u64 = 4096;

/// A range of rows of a table.
pub struct Range<'a> {
    table: &'a Table,
    rows: RangeInclusive<i64>,
}

/// What the workers share.
pub struct Reading<'a> {
    pub database: &'a Database,
    pub schema: &'a Schema,
    pub context: &'a Context,
    pub ranges: &'a [Range<'a>],
}

impl Reading<'_> {
    /// All batches in the order of their ranges; tells the calling thread's listener how far it is.
    pub fn run(&self, bytes_total: u64, on_progress: &mut dyn FnMut(Progress)) -> Result<Vec<Batch>> {
        let (next, rows_done) = (AtomicUsize::new(0), AtomicU64::new(0));
        let done: Mutex<Vec<(usize, Batch)>> = Mutex::new(Vec::with_capacity(self.ranges.len()));
        let rows_total: u64 = self.ranges.iter().map(Range::length).fold(0, u64::saturating_add);
        let cores = thread::available_parallelism().map_or(2, usize::from);
        let workers = cores.min(self.database.most_connections()).min(self.ranges.len().max(1));
        let started = Instant::now();
        let mut tell = |slices: u64| {
            let share =
                u128::from(slices.min(rows_total)) * u128::from(bytes_total) / u128::from(rows_total.max(1));
            let bytes_done = u64::try_from(share).unwrap_or(bytes_total);
            on_progress(Progress::since(started, bytes_done, bytes_total, slices));
        };
        thread::scope(|scope| {
            let (ended, endings) = channel::<()>();
            let work = || -> Result<()> {
                let connection = self.database.connect()?;
                loop {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let Some(range) = self.ranges.get(position) else { return Ok(()) };
                    let batch = self.read(&connection, range, &rows_done)?;
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((position, batch));
                }
            };
            let handles: Vec<_> = (0..workers)
                .map(|_| {
                    let ended = ended.clone();
                    scope.spawn(move || {
                        let result = work();
                        drop(ended);
                        result
                    })
                })
                .collect();
            drop(ended);
            while endings.recv_timeout(PROGRESS_INTERVAL) == Err(RecvTimeoutError::Timeout) {
                tell(rows_done.load(Ordering::Relaxed));
            }
            tell(rows_done.load(Ordering::Relaxed));
            handles.into_iter().try_for_each(|handle| handle.join().unwrap_or_else(|_| Err(self.died())))
        })?;
        let mut batches = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        batches.sort_by_key(|(position, _)| *position);
        Ok(batches.into_iter().map(|(_, batch)| batch).collect())
    }

    /// Reads a range; where a page is damaged, from both of its ends.
    fn read(&self, connection: &Connection, range: &Range<'_>, rows_done: &AtomicU64) -> Result<Batch> {
        let mut batch = Batch::default();
        let columns = self.schema.column_list(&range.table.name, range.table.reader.columns());
        let table = quoted(&range.table.name);
        let query = |order: &str| {
            format!(
                "SELECT rowid, {columns} FROM {table} WHERE rowid >= ?1 AND rowid <= ?2 ORDER BY rowid {order}"
            )
        };
        let mut rest = *range.rows.start()..=*range.rows.end();
        for order in ["ASC", "DESC"] {
            let mut unread = rest.clone();
            let read = self.read_rows(
                connection,
                &query(order),
                range.table,
                &mut batch,
                &mut |rowid| {
                    unread = match order {
                        "ASC" => rowid.saturating_add(1)..=*unread.end(),
                        _ => *unread.start()..=rowid.saturating_sub(1),
                    };
                    if batch_is_full(rowid) {
                        rows_done.fetch_add(ROWS_PER_COUNT, Ordering::Relaxed);
                    }
                },
                &rest,
            );
            let Err(cause) = read else { return Ok(batch) };
            if cause.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) {
                return Err(self.database.failure(&cause));
            }
            if order == "ASC" {
                batch.warnings.add(WarningCode::DamagedPages);
            }
            rest = unread;
        }
        Ok(batch)
    }

    fn read_rows(
        &self,
        connection: &Connection,
        query: &str,
        table: &Table,
        batch: &mut Batch,
        seen: &mut dyn FnMut(i64),
        rows: &RangeInclusive<i64>,
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare(query)?;
        let mut found = statement.query([rows.start(), rows.end()])?;
        while let Some(row) = found.next()? {
            batch.counts.events += 1;
            if read_row(table, row, self.context, batch).is_none() {
                batch.warnings.add(WarningCode::MalformedEvents);
            }
            seen(integer(row, 0).unwrap_or(i64::MAX));
        }
        Ok(())
    }

    fn died(&self) -> TraceError {
        let path = self.database.path();
        let message = format!("Reading {} failed inside Iterscope. Export the report again.", path.display());
        TraceError::at(ErrorCode::TraceUnreadable, path, message)
    }
}

/// Row numbers are dense in an export, so that they can stand for a counter.
fn batch_is_full(rowid: i64) -> bool {
    rowid.unsigned_abs().is_multiple_of(ROWS_PER_COUNT)
}

impl Range<'_> {
    fn length(&self) -> u64 {
        self.rows.end().abs_diff(*self.rows.start()).saturating_add(1)
    }
}

/// The rows of a table in ranges of equal size; one range where row numbers cannot be known or are far apart.
pub fn ranges_of<'a>(connection: &Connection, table: &'a Table) -> Vec<Range<'a>> {
    let whole = || vec![Range { table, rows: i64::MIN..=i64::MAX }];
    let limit = |which: &str| -> rusqlite::Result<Option<i64>> {
        let query = format!("SELECT {which}(rowid) FROM {}", quoted(&table.name));
        connection.query_row(&query, [], |row| row.get(0))
    };
    let (first, last) = match (limit("min"), limit("max")) {
        (Ok(Some(first)), Ok(Some(last))) => (first, last),
        (Ok(None), Ok(None)) => return Vec::new(),
        _ => return whole(),
    };
    let Some(length) = last.checked_sub(first).filter(|length| length / ROWS_PER_RANGE < MOST_RANGES) else {
        return whole();
    };
    (0..=length / ROWS_PER_RANGE)
        .map(|index| {
            let start = first + index * ROWS_PER_RANGE;
            Range { table, rows: start..=last.min(start + (ROWS_PER_RANGE - 1)) }
        })
        .collect()
}
