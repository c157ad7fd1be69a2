// SPDX-License-Identifier: Apache-2.0
//! A source file as a stream of inflated bytes. Sources are read and never mapped: a file that is cut short
//! while open must cost an error, not the process.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use iterscope_model::{Checkpoint, ErrorCode, Result, TraceError};

use crate::gzip::GzipReader;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// Inflated at once where the bytes are not looked at.
const SKIPPED_BYTES: usize = 256 << 10;
/// Traces and reports inflate to 10 to 50 times their size; what is made to fill memory reaches 1,000.
const MOST_GROWTH: u64 = 200;
/// Below this nothing is harmed, whatever it grew from.
const HARMLESS_BYTES: u64 = 256 << 20;

/// How a read of one block ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockEnd {
    /// The block is full; more may follow.
    More,
    /// The source is read to its end.
    End,
    /// The compressed stream breaks off or is damaged here; what came before is good.
    Broken,
}

/// An opened source.
pub struct Source {
    stream: Stream,
    consumed: Arc<AtomicU64>,
}

enum Stream {
    Plain(CountingReader),
    Gzip(Box<GzipReader<CountingReader>>),
}

impl Source {
    /// Opens a file and looks at its first bytes to see whether it is compressed.
    ///
    /// # Errors
    /// `trace.not-found` or `trace.unreadable`.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_as(path, None)
    }

    /// The same, to be read once as a whole: a compressed source collects places to come back to on the way, at
    /// least `spacing_bytes` of the inflated source apart.
    ///
    /// # Errors
    /// `trace.not-found` or `trace.unreadable`.
    pub fn open_with_checkpoints(path: &Path, spacing_bytes: u64) -> Result<Self> {
        Self::open_as(path, Some(spacing_bytes))
    }

    fn open_as(path: &Path, spacing_bytes: Option<u64>) -> Result<Self> {
        let open = || -> io::Result<(CountingReader, bool)> {
            let mut file = File::open(path)?;
            let mut head = Vec::new();
            file.by_ref().take(GZIP_MAGIC.len() as u64).read_to_end(&mut head)?;
            file.seek(SeekFrom::Start(0))?;
            Ok((CountingReader { file, consumed: Arc::default() }, head == GZIP_MAGIC))
        };
        let (file, is_compressed) = open().map_err(|cause| TraceError::reading(path, &cause))?;
        let consumed = Arc::clone(&file.consumed);
        let stream = if is_compressed {
            Stream::Gzip(Box::new(GzipReader::new(file, spacing_bytes)))
        } else {
            Stream::Plain(file)
        };
        Ok(Self { stream, consumed })
    }

    /// Whether the source is compressed.
    pub fn is_compressed(&self) -> bool {
        matches!(self.stream, Stream::Gzip(_))
    }

    /// A counter of the file's bytes that were read, to be shared with whoever reports progress.
    pub fn consumed(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.consumed)
    }

    /// # Errors
    /// `ingest.too-large` when so much came out of so little that it can only be meant to fill memory.
    pub fn check_growth(&self, path: &Path) -> Result<()> {
        let Stream::Gzip(gzip) = &self.stream else { return Ok(()) };
        let (inflated, read) = (gzip.inflated_bytes(), self.consumed.load(Ordering::Relaxed));
        if inflated < HARMLESS_BYTES || inflated / MOST_GROWTH < read {
            return Ok(());
        }
        let message = format!(
            "{} inflates to more than {MOST_GROWTH} times its size, as no recording does: it may be made to fill your memory. \
             If you trust it, inflate it (gunzip) and open the result.",
            path.display()
        );
        Err(TraceError::at(ErrorCode::IngestTooLarge, path, message).with_offset(inflated))
    }

    /// Places to come back to that were found so far.
    pub fn take_checkpoints(&mut self) -> Vec<Checkpoint> {
        match &mut self.stream {
            Stream::Plain(_) => Vec::new(),
            Stream::Gzip(gzip) => gzip.take_checkpoints(),
        }
    }

    /// Fills a block as far as the source goes, and says how far that was.
    ///
    /// # Errors
    /// The error of the file system; a broken compressed stream is no error.
    pub fn read_block(&mut self, block: &mut [u8]) -> io::Result<(usize, BlockEnd)> {
        let file = match &mut self.stream {
            Stream::Plain(file) => file,
            Stream::Gzip(gzip) => return gzip.read_block(block),
        };
        let mut filled = 0;
        while filled < block.len() {
            match file.read(&mut block[filled..]) {
                Ok(0) => return Ok((filled, BlockEnd::End)),
                Ok(count) => filled += count,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok((filled, BlockEnd::More))
    }
}

struct CountingReader {
    file: File,
    consumed: Arc<AtomicU64>,
}

impl Read for CountingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.consumed.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Reads up to `limit` bytes of the inflated source from an offset; of a compressed one from the checkpoint before it.
///
/// # Errors
/// `trace.not-found` or `trace.unreadable`.
pub fn read_source_at(
    path: &Path,
    offset: u64,
    limit: usize,
    checkpoint: Option<&Checkpoint>,
) -> Result<Vec<u8>> {
    let reading = |cause: io::Error| TraceError::reading(path, &cause).with_offset(offset);
    let mut source = Source::open(path)?;
    let begin =
        checkpoint.filter(|checkpoint| source.is_compressed() && checkpoint.inflated_offset <= offset);
    let mut skipped = 0;
    if let Some(checkpoint) = begin
        && let Some(stream) = resumed(path, checkpoint).map_err(reading)?
    {
        source.stream = stream;
        skipped = checkpoint.inflated_offset;
    }
    if let Stream::Plain(file) = &mut source.stream {
        file.file.seek(SeekFrom::Start(offset)).map_err(reading)?;
        skipped = offset;
    }
    let mut scratch = vec![0; SKIPPED_BYTES];
    while skipped < offset {
        let most = usize::try_from(offset - skipped).unwrap_or(usize::MAX).min(scratch.len());
        let (length, end) = source.read_block(&mut scratch[..most]).map_err(reading)?;
        skipped += length as u64;
        if end != BlockEnd::More {
            return Ok(Vec::new());
        }
    }
    let mut bytes = vec![0; limit];
    let (length, _) = source.read_block(&mut bytes).map_err(reading)?;
    bytes.truncate(length);
    Ok(bytes)
}

fn resumed(path: &Path, checkpoint: &Checkpoint) -> io::Result<Option<Stream>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(checkpoint.file_offset))?;
    let file = CountingReader { file, consumed: Arc::default() };
    Ok(GzipReader::resume(file, checkpoint)?.map(|gzip| Stream::Gzip(Box::new(gzip))))
}
