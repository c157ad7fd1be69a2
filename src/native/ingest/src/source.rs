// SPDX-License-Identifier: Apache-2.0
//! A source file as a stream of inflated bytes. Sources are read and never mapped: a file that is cut short
//! while open must cost an error, not the process.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use iterscope_model::{Result, TraceError};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const FILE_BUFFER_BYTES: usize = 256 * 1024;

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
    stream: Box<dyn Read + Send>,
    consumed: Arc<AtomicU64>,
    compressed: bool,
}

impl Source {
    /// Opens a file and looks at its first bytes to see whether it is compressed.
    ///
    /// # Errors
    /// `trace.not-found` or `trace.unreadable`.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|cause| TraceError::reading(path, &cause))?;
        let consumed = Arc::new(AtomicU64::new(0));
        let counted = CountingReader { file, consumed: Arc::clone(&consumed) };
        let mut buffered = BufReader::with_capacity(FILE_BUFFER_BYTES, counted);
        let head = buffered.fill_buf().map_err(|cause| TraceError::reading(path, &cause))?;
        let compressed = head.starts_with(&GZIP_MAGIC);
        let stream: Box<dyn Read + Send> =
            if compressed { Box::new(MultiGzDecoder::new(buffered)) } else { Box::new(buffered) };
        Ok(Self { stream, consumed, compressed })
    }

    /// Whether the source is compressed.
    pub fn is_compressed(&self) -> bool {
        self.compressed
    }

    /// A counter of the file's bytes that were read, to be shared with whoever reports progress.
    pub fn consumed(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.consumed)
    }

    /// Fills a block as far as the source goes, and says how far that was.
    ///
    /// # Errors
    /// The error of the file system; a broken compressed stream is no error.
    pub fn read_block(&mut self, block: &mut [u8]) -> io::Result<(usize, BlockEnd)> {
        let mut filled = 0;
        while filled < block.len() {
            match self.stream.read(&mut block[filled..]) {
                Ok(0) => return Ok((filled, BlockEnd::End)),
                Ok(count) => filled += count,
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) if self.compressed && is_stream_damage(&cause) => {
                    return Ok((filled, BlockEnd::Broken));
                }
                Err(cause) => return Err(cause),
            }
        }
        Ok((filled, BlockEnd::More))
    }
}

fn is_stream_damage(cause: &io::Error) -> bool {
    matches!(
        cause.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
    )
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

/// Reads up to `limit` bytes of the inflated source from an offset.
///
/// # Errors
/// `trace.not-found` or `trace.unreadable`.
pub fn read_source_at(path: &Path, offset: u64, limit: usize) -> Result<Vec<u8>> {
    let reading = |cause: io::Error| TraceError::reading(path, &cause).with_offset(offset);
    let mut source = Source::open(path)?;
    if source.compressed {
        let skipped = io::copy(&mut source.stream.by_ref().take(offset), &mut io::sink()).map_err(reading)?;
        let mut bytes = vec![0; if skipped == offset { limit } else { 0 }];
        let (length, _) = source.read_block(&mut bytes).map_err(reading)?;
        bytes.truncate(length);
        return Ok(bytes);
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(reading)?;
    file.seek(SeekFrom::Start(offset)).map_err(reading)?;
    file.take(limit as u64).read_to_end(&mut bytes).map_err(reading)?;
    Ok(bytes)
}
