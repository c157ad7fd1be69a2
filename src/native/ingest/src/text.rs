// SPDX-License-Identifier: Apache-2.0
//! Arguments of many slices in one pass over the source, from its beginning to its end.

use std::path::Path;

use iterscope_model::{Result, Row, TraceError};
use iterscope_store::Store;
use rayon::slice::ParallelSliceMut;

use crate::ingest::is_report;
use crate::kineto::args_range_of_event;
use crate::nsys::ReportArguments;
use crate::progress::Cancel;
use crate::source::{BlockEnd, Source};

/// Texts that are tried for one event, the first enough for most: its end is not known before it is parsed.
const EVENT_BYTES: [usize; 3] = [2 << 10, 64 << 10, 16 << 20];
const BLOCK_BYTES: usize = 1 << 20;

/// Tells each slice once with its arguments, JSON text as the source has it and empty where there are none, in the order
/// of the source.
///
/// # Errors
/// `store.stale` when the source changed, `ingest.cancelled`, `trace.not-found` or `trace.unreadable`, and what the
/// listener gives.
pub fn each_args(
    source: &Path,
    store: &Store,
    mut rows: Vec<Row>,
    cancel: &Cancel,
    tell: &mut dyn FnMut(Row, &[u8]) -> Result<()>,
) -> Result<()> {
    store.check_source(source)?;
    rows.par_sort_unstable_by_key(|row| store.source_offset(*row));
    if is_report(source)? {
        return each_of_report(source, store, &rows, cancel, tell);
    }
    let mut text = Text::open(source)?;
    for row in rows {
        cancel.check(source)?;
        let args =
            text.args_at(store.source_offset(row)).map_err(|cause| TraceError::reading(source, &cause))?;
        tell(row, args)?;
    }
    Ok(())
}

/// The report passes over slices that it no longer has a row for; here they are told without arguments.
fn each_of_report(
    source: &Path,
    store: &Store,
    rows: &[Row],
    cancel: &Cancel,
    tell: &mut dyn FnMut(Row, &[u8]) -> Result<()>,
) -> Result<()> {
    let mut waiting = rows.iter().copied().peekable();
    let offsets = rows.iter().map(|row| (*row, store.source_offset(*row)));
    ReportArguments::open(source)?.each(offsets, &mut |row, args| {
        cancel.check(source)?;
        while let Some(passed) = waiting.next_if(|next| *next != row) {
            tell(passed, &[])?;
        }
        waiting.next();
        tell(row, args.as_bytes())
    })?;
    waiting.try_for_each(|row| tell(row, &[]))
}

/// The inflated source from some place on; places are asked for in rising order.
pub struct Text {
    source: Source,
    buffer: Vec<u8>,
    /// Where the bytes that are still of use begin in the buffer.
    first: usize,
    /// Offset in the source of the buffer's first byte.
    offset: u64,
    ended: bool,
}

impl Text {
    pub fn open(path: &Path) -> Result<Self> {
        let source = Source::open(path)?;
        Ok(Self { source, buffer: Vec::new(), first: 0, offset: 0, ended: false })
    }

    pub fn consumed(&self) -> u64 {
        self.source.consumed().load(std::sync::atomic::Ordering::Relaxed)
    }

    /// The arguments of the event that begins here; empty when it has none.
    pub fn args_at(&mut self, offset: u64) -> std::io::Result<&[u8]> {
        self.skip_to(offset)?;
        for limit in EVENT_BYTES {
            while self.buffer.len() - self.first < limit && !self.ended {
                self.more()?;
            }
            let end = self.buffer.len().min(self.first + limit);
            if let Some(args) = args_range_of_event(&self.buffer[self.first..end]) {
                return Ok(&self.buffer[self.first + args.start..self.first + args.end]);
            }
            if end - self.first < limit {
                break;
            }
        }
        Ok(&[])
    }

    fn skip_to(&mut self, offset: u64) -> std::io::Result<()> {
        while self.offset + (self.buffer.len() as u64) < offset && !self.ended {
            self.first = self.buffer.len();
            self.more()?;
        }
        let first = usize::try_from(offset.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        self.first = first.min(self.buffer.len());
        Ok(())
    }

    fn more(&mut self) -> std::io::Result<()> {
        self.buffer.drain(..self.first);
        self.offset += self.first as u64;
        self.first = 0;
        let length = self.buffer.len();
        self.buffer.resize(length + BLOCK_BYTES, 0);
        let (read, end) = self.source.read_block(&mut self.buffer[length..])?;
        self.buffer.truncate(length + read);
        self.ended = end != BlockEnd::More;
        Ok(())
    }
}
