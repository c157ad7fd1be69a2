// SPDX-License-Identifier: Apache-2.0
//! A search through the arguments of slices. They are not in the store: the source is read once more, from its
//! beginning to its end, in the order of its events.

use std::path::Path;
use std::time::{Duration, Instant};

use iterscope_model::{Result, Row, TraceError};
use iterscope_store::Store;
use rayon::slice::ParallelSliceMut;

use crate::ingest::is_report;
use crate::nsys::ReportArguments;
use crate::progress::Cancel;
use crate::text::Text;

const TELL_EVERY: Duration = Duration::from_millis(50);

/// How far a search is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchProgress {
    /// Bytes of the source that were read, or slices of a report.
    pub done: u64,
    /// All of them.
    pub total: u64,
    /// Slices found so far.
    pub count: u64,
    /// Those found since the last time, as far as rows are kept.
    pub rows: Vec<Row>,
}

/// What a search through arguments found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundArgs {
    /// Slices.
    pub count: u64,
    /// Sum of their durations.
    pub total_ns: i64,
    /// Their rows in the order of the source, at most as many as asked for.
    pub rows: Vec<Row>,
}

/// What to look for, and what to do meanwhile.
pub struct ArgsSearch<'a> {
    /// Whether the arguments, JSON text as the source has it, match.
    pub matches: &'a dyn Fn(&[u8]) -> bool,
    /// Most rows to keep; all are counted.
    pub most_rows: usize,
    /// Called 20 times a second at most, and at the end.
    pub on_progress: &'a mut dyn FnMut(SearchProgress),
    /// Ends the search.
    pub cancel: &'a Cancel,
}

/// Which of these slices have arguments that match.
///
/// # Errors
/// `store.stale` when the source changed, `ingest.cancelled`, `trace.not-found` or `trace.unreadable`.
pub fn search_args(
    source: &Path,
    store: &Store,
    mut rows: Vec<Row>,
    search: ArgsSearch<'_>,
) -> Result<FoundArgs> {
    store.check_source(source)?;
    rows.par_sort_unstable_by_key(|row| store.source_offset(*row));
    let mut tally =
        Tally { store, search, count: 0, total_ns: 0, rows: Vec::new(), told: Instant::now(), told_rows: 0 };
    if is_report(source)? {
        let total = rows.len() as u64;
        let mut done = 0;
        let offsets = rows.iter().map(|row| (*row, store.source_offset(*row)));
        ReportArguments::open(source)?.each(offsets, &mut |row, args| {
            done += 1;
            tally.look(source, row, args.as_bytes(), (done, total))
        })?;
        return Ok(tally.end(total));
    }
    let mut text = Text::open(source)?;
    let total = store.meta().source.size_bytes;
    for row in rows {
        let offset = store.source_offset(row);
        let done = text.consumed();
        let args = text.args_at(offset).map_err(|cause| TraceError::reading(source, &cause))?;
        tally.look(source, row, args, (done, total))?;
    }
    Ok(tally.end(total))
}

struct Tally<'store, 'search> {
    store: &'store Store,
    search: ArgsSearch<'search>,
    count: u64,
    total_ns: i64,
    rows: Vec<Row>,
    told: Instant,
    told_rows: usize,
}

impl Tally<'_, '_> {
    fn look(&mut self, source: &Path, row: Row, args: &[u8], (done, total): (u64, u64)) -> Result<()> {
        if !args.is_empty() && (self.search.matches)(args) {
            self.count += 1;
            self.total_ns = self.total_ns.saturating_add(self.store.dur_ns(row));
            if self.rows.len() < self.search.most_rows {
                self.rows.push(row);
            }
        }
        if self.told.elapsed() >= TELL_EVERY {
            self.tell(done, total);
        }
        self.search.cancel.check(source)
    }

    fn tell(&mut self, done: u64, total: u64) {
        let rows = self.rows[self.told_rows..].to_vec();
        self.told = Instant::now();
        self.told_rows = self.rows.len();
        (self.search.on_progress)(SearchProgress { done: done.min(total), total, count: self.count, rows });
    }

    fn end(mut self, total: u64) -> FoundArgs {
        self.tell(total, total);
        FoundArgs { count: self.count, total_ns: self.total_ns, rows: self.rows }
    }
}
