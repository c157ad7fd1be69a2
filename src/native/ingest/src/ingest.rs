// SPDX-License-Identifier: Apache-2.0
//! One source file to one store: workers that read, index and parse by turns, and a collector.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use iterscope_model::{Checkpoint, ErrorCode, Result, TraceError, WarningCode};
use iterscope_store::{TraceData, stamp_source, write_store};

use crate::assemble::assemble;
use crate::collect::Collector;
use crate::gzip::SPACING_BYTES;
use crate::kineto::{
    Attempt, BLOCK_BYTES, Chunk, Cutter, FileFacts, Joiner, Parser, StreamEnd, read_file_facts,
};
use crate::nsys::{is_database, read_report};
use crate::progress::{Cancel, Meter, Progress};
use crate::source::Source;

/// Parsed chunks that may wait for the collector, per worker.
const QUEUED_PER_WORKER: usize = 2;
/// Enough of a file to see what it is.
const HEAD_BYTES: usize = 64;

/// Reads a trace and writes its store, replacing one that is there.
///
/// # Errors
/// `trace.*` for the source, `store.*` for the folder, `ingest.cancelled`, `ingest.too-large`.
pub fn ingest_trace(
    source: &Path,
    store: &Path,
    on_progress: &mut dyn FnMut(Progress),
    cancel: &Cancel,
) -> Result<()> {
    ingest_process(source, None, store, on_progress, cancel)
}

/// As [`ingest_trace`], but of a report with several processes only the one with this number.
///
/// # Errors
/// As [`ingest_trace`].
pub fn ingest_process(
    source: &Path,
    pid: Option<u32>,
    store: &Path,
    on_progress: &mut dyn FnMut(Progress),
    cancel: &Cancel,
) -> Result<()> {
    let data = if is_report(source)? {
        read_report(source, stamp_source(source)?, pid, on_progress, cancel)?
    } else {
        read_trace(source, BLOCK_BYTES, on_progress, cancel)?
    };
    cancel.check(source)?;
    write_store(store, data, &|| cancel.check(source))
}

/// Whether a file is a report's database, compressed or not.
pub(crate) fn is_report(path: &Path) -> Result<bool> {
    let mut head = [0; HEAD_BYTES];
    let (length, _) =
        Source::open(path)?.read_block(&mut head).map_err(|cause| TraceError::reading(path, &cause))?;
    Ok(is_database(&head[..length]))
}

pub(crate) fn read_trace(
    path: &Path,
    block_bytes: usize,
    on_progress: &mut dyn FnMut(Progress),
    cancel: &Cancel,
) -> Result<TraceData> {
    let stamp = stamp_source(path)?;
    let source = Source::open_with_checkpoints(path, SPACING_BYTES)?;
    let compressed = source.is_compressed();
    let mut meter = Meter::new(source.consumed(), stamp.size_bytes, on_progress);
    let mut collector = Collector::default();
    let cutter = Cutter::new(path, source, block_bytes);
    let (end, checkpoints) = read_events(path, cutter, &mut collector, &mut meter, cancel)?;
    cancel.check(path)?;
    meter.tell(collector.slice_count());
    let facts = check_end(path, &end, &mut collector)?;
    let data = assemble(collector, stamp, facts, compressed, cancel)?;
    Ok(TraceData { checkpoints, ..data })
}

/// What the workers share.
struct Reading<'a> {
    path: &'a Path,
    cutter: Mutex<Cutter<'a>>,
    /// Buffers to read into again.
    used: Mutex<Vec<Vec<u8>>>,
    is_over: AtomicBool,
    cancel: &'a Cancel,
}

fn read_events(
    path: &Path,
    cutter: Cutter<'_>,
    collector: &mut Collector,
    meter: &mut Meter<'_>,
    cancel: &Cancel,
) -> Result<(StreamEnd, Vec<Checkpoint>)> {
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let reading = &Reading {
        path,
        cutter: Mutex::new(cutter),
        used: Mutex::default(),
        is_over: AtomicBool::new(false),
        cancel,
    };
    let (sender, attempts) = sync_channel::<Attempt>(workers * QUEUED_PER_WORKER);
    let mut joiner = Joiner::new(workers);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..workers)
            .map(|worker| {
                let sender = sender.clone();
                scope.spawn(move || reading.work(worker, &sender))
            })
            .collect();
        drop(sender);
        settle_in_order(reading, &attempts, &mut joiner, collector, meter);
        drop(attempts);
        readers.into_iter().try_for_each(|reader| reader.join().unwrap_or_else(|_| Err(reader_died(path))))
    })?;
    let mut cutter = reading.cutter.lock().unwrap_or_else(PoisonError::into_inner);
    let end = joiner.finish(cutter.is_broken(), &mut |settled| collector.take(settled));
    Ok((end, cutter.take_checkpoints()))
}

fn reader_died(path: &Path) -> TraceError {
    let message = format!("Reading {} failed inside Iterscope. Report the file's producer.", path.display());
    TraceError::at(ErrorCode::TraceUnreadable, path, message)
}

impl Reading<'_> {
    /// Reads and parses chunks until there are none left.
    fn work(&self, worker: usize, sender: &SyncSender<Attempt>) -> Result<()> {
        let mut parser = Parser::default();
        while let Some(chunk) = self.next_chunk()? {
            let (parsed, walked) = parser.parse(&chunk, Joiner::entry_of(chunk.sequence));
            if sender.send(Attempt { worker, chunk, parsed, walked }).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn next_chunk(&self) -> Result<Option<Chunk>> {
        self.cancel.check(self.path)?;
        if self.is_over.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let buffer = self.used.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let next = self.cutter.lock().unwrap_or_else(PoisonError::into_inner).next(buffer);
        if next.is_err() {
            self.is_over.store(true, Ordering::Relaxed);
        }
        next
    }
}

/// Workers finish out of order; nothing may depend on that.
fn settle_in_order(
    reading: &Reading<'_>,
    attempts: &Receiver<Attempt>,
    joiner: &mut Joiner,
    collector: &mut Collector,
    meter: &mut Meter<'_>,
) {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for attempt in attempts {
        waiting.insert(attempt.chunk.sequence, attempt);
        while let Some(attempt) = waiting.remove(&next) {
            next += 1;
            let mut used = |buffer| reading.used.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
            joiner.take(attempt, &mut |settled| collector.take(settled), &mut used);
            meter.tell_at_times(collector.slice_count());
        }
        if joiner.is_overlong() {
            reading.is_over.store(true, Ordering::Relaxed);
            return;
        }
    }
}

fn check_end(path: &Path, end: &StreamEnd, collector: &mut Collector) -> Result<FileFacts> {
    let shown = path.display();
    let events = collector.counts.events;
    if events == 0 && end.truncated {
        return Err(TraceError::at(
            ErrorCode::TraceTruncatedEmpty,
            path,
            format!(
                "{shown} ends before its first event, so there is nothing to show. Record or copy it again."
            ),
        ));
    }
    let is_empty_array = events == 0 && !end.is_object;
    if !end.found_events || is_empty_array || collector.is_foreign() {
        return Err(TraceError::at(
            ErrorCode::TraceNotATrace,
            path,
            format!(
                "{shown} is JSON, but it holds no trace events. Choose a Kineto or Chrome trace, or a report of Nsight Systems."
            ),
        ));
    }
    if end.truncated {
        collector.warn(WarningCode::Truncated);
    }
    Ok(read_file_facts(end).unwrap_or_else(|| {
        collector.warn(WarningCode::MetadataUnreadable);
        FileFacts::default()
    }))
}
