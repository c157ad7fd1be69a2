// SPDX-License-Identifier: Apache-2.0
//! One source file to one store: reader, workers and collector, joined by bounded queues.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use iterscope_model::{ErrorCode, Result, TraceError, WarningCode};
use iterscope_store::{TraceData, stamp_source, write_store};

use crate::collect::Collector;
use crate::kineto::{Chunk, FileFacts, ParsedChunk, StreamEnd, parse_chunk, read_chunks, read_file_facts};
use crate::nsys::{is_database, read_report};
use crate::progress::{Cancel, Progress};
use crate::source::Source;

/// Chunks that may wait between two stages, per worker.
const QUEUED_PER_WORKER: usize = 2;
/// Enough of a file to see what it is.
const HEAD_BYTES: usize = 64;
/// Progress is told this often at most.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(50);

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
        read_trace(source, on_progress, cancel)?
    };
    cancel.check(source)?;
    write_store(store, &data)
}

/// Whether a file is a report's database, compressed or not.
pub(crate) fn is_report(path: &Path) -> Result<bool> {
    let mut head = Vec::new();
    Source::open(path)?
        .read_block(&mut head, HEAD_BYTES)
        .map_err(|cause| TraceError::reading(path, &cause))?;
    Ok(is_database(&head))
}

fn read_trace(path: &Path, on_progress: &mut dyn FnMut(Progress), cancel: &Cancel) -> Result<TraceData> {
    let stamp = stamp_source(path)?;
    let mut source = Source::open(path)?;
    let (consumed, compressed) = (source.consumed(), source.is_compressed());
    let mut collector = Collector::default();
    let mut told = Instant::now();
    let mut tell = |collector: &Collector| {
        let bytes_done = consumed.load(Ordering::Relaxed).min(stamp.size_bytes);
        on_progress(Progress { bytes_done, bytes_total: stamp.size_bytes, slices: collector.slice_count() });
    };
    let mut added = |collector: &Collector| {
        if told.elapsed() >= PROGRESS_INTERVAL {
            told = Instant::now();
            tell(collector);
        }
    };
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let (chunk_sender, chunks) = sync_channel::<Chunk>(workers * QUEUED_PER_WORKER);
    let (parsed_sender, parsed) = sync_channel::<ParsedChunk>(workers * QUEUED_PER_WORKER);
    let chunks = &Mutex::new(chunks);
    let end = thread::scope(|scope| {
        let source = &mut source;
        let reader = scope
            .spawn(move || read_chunks(path, source, cancel, &mut |chunk| chunk_sender.send(chunk).is_ok()));
        for _ in 0..workers {
            let parsed_sender = parsed_sender.clone();
            scope.spawn(move || parse_all(chunks, &parsed_sender));
        }
        drop(parsed_sender);
        merge_in_order(&parsed, &mut collector, &mut added);
        reader.join().unwrap_or_else(|_| Err(reader_died(path)))
    })?;
    cancel.check(path)?;
    tell(&collector);
    let facts = check_end(path, &end, &mut collector)?;
    collector.finish(stamp, facts, compressed)
}

fn reader_died(path: &Path) -> TraceError {
    let message = format!("Reading {} failed inside Iterscope. Report the file's producer.", path.display());
    TraceError::at(ErrorCode::TraceUnreadable, path, message)
}

fn parse_all(chunks: &Mutex<Receiver<Chunk>>, parsed: &SyncSender<ParsedChunk>) {
    loop {
        let next = chunks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(chunk) = next else { return };
        if parsed.send(parse_chunk(&chunk)).is_err() {
            return;
        }
    }
}

/// Workers finish out of order; ids must not depend on that.
fn merge_in_order(
    parsed: &Receiver<ParsedChunk>,
    collector: &mut Collector,
    added: &mut dyn FnMut(&Collector),
) {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for chunk in parsed {
        waiting.insert(chunk.sequence, chunk);
        while let Some(chunk) = waiting.remove(&next) {
            collector.add(chunk);
            next += 1;
            added(collector);
        }
    }
}

fn check_end(path: &Path, end: &StreamEnd, collector: &mut Collector) -> Result<FileFacts> {
    let shown = path.display();
    if end.events == 0 && end.truncated {
        return Err(TraceError::at(
            ErrorCode::TraceTruncatedEmpty,
            path,
            format!(
                "{shown} ends before its first event, so there is nothing to show. Record or copy it again."
            ),
        ));
    }
    let is_empty_array = end.events == 0 && !end.is_object;
    if !end.found_events || is_empty_array || collector.is_foreign() {
        return Err(TraceError::at(
            ErrorCode::TraceNotATrace,
            path,
            format!("{shown} is JSON, but it holds no trace events. Choose a Kineto or Chrome trace."),
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
