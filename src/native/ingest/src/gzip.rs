// SPDX-License-Identifier: Apache-2.0
//! Inflates gzip files of any number of members, and finds places from which they can be inflated later.
//!
//! The decoder stops between blocks when asked, but does not tell at which bit of the last byte it stopped. There are
//! eight possibilities: the one from which the bytes that follow come out the same is right. Where none is, or too
//! little follows to tell, there is no checkpoint, and the next border between blocks is tried.

use std::io::{self, Read};

use iterscope_model::Checkpoint;
use zlib_rs::{Inflate, InflateFlush, Status};

use crate::resume::{PREFIX_INFLATED_BYTES, WINDOW_BYTES, compressed, prefix, prefix_of};
use crate::source::BlockEnd;

const BUFFER_BYTES: usize = 256 << 10;
/// From one checkpoint to the next, inflated: about that much, at most, is inflated for one slice.
pub const SPACING_BYTES: u64 = 8 << 20;
/// A border between blocks is known by this many inflated bytes after it.
const PROOF_BYTES: usize = 4 << 10;
/// Compressed bytes that are looked at for it.
const PROOF_INPUT_BYTES: usize = 16 << 10;
/// Window bits of a gzip member, and of a stream without header and trailer.
const GZIP_BITS: u8 = 16 + 15;
const RAW_BITS: u8 = 15;
/// What follows the stream of a member.
const TRAILER_BYTES: usize = 8;

/// Where a file is inflated.
enum Member {
    /// Between members.
    None,
    /// In a member whose header was read, and whose sum is checked at its end.
    Whole(Inflate),
    /// In one that was entered in its middle.
    Entered(Inflate),
}

/// A gzip file being inflated.
pub struct GzipReader<R> {
    file: R,
    buffer: Vec<u8>,
    /// What is still to be inflated.
    unread: std::ops::Range<usize>,
    /// Bytes of the file that are before the buffer's end.
    file_offset: u64,
    inflated_offset: u64,
    member: Member,
    /// Bytes of a trailer to pass over.
    trailer: usize,
    /// Least distance of checkpoints; none when they are not wanted.
    spacing_bytes: Option<u64>,
    checkpoints: Vec<Checkpoint>,
}

/// How one step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    More,
    BetweenBlocks,
    End,
    Broken,
}

impl<R: Read> GzipReader<R> {
    /// Begins at the start of a file; collects places to come back to that lie `spacing_bytes` apart at least.
    pub fn new(file: R, spacing_bytes: Option<u64>) -> Self {
        Self {
            file,
            buffer: vec![0; BUFFER_BYTES],
            unread: 0..0,
            file_offset: 0,
            inflated_offset: 0,
            member: Member::None,
            trailer: 0,
            spacing_bytes,
            checkpoints: Vec::new(),
        }
    }

    /// Goes on where a checkpoint is, in a file that stands at the checkpoint's offset. None when the checkpoint is
    /// not usable.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn resume(file: R, checkpoint: &Checkpoint) -> io::Result<Option<Self>> {
        let Some(prefix) = prefix_of(checkpoint) else { return Ok(None) };
        let mut reader = Self::new(file, None);
        reader.member = Member::Entered(Inflate::new(false, RAW_BITS));
        reader.unread = 0..prefix.len();
        reader.buffer[..prefix.len()].copy_from_slice(&prefix);
        let (length, _) = reader.read_block(&mut vec![0; PREFIX_INFLATED_BYTES])?;
        reader.inflated_offset = checkpoint.inflated_offset;
        Ok((length == PREFIX_INFLATED_BYTES).then_some(reader))
    }

    /// How many bytes came out so far.
    pub fn inflated_bytes(&self) -> u64 {
        self.inflated_offset
    }

    /// The checkpoints so far, in the order of the file.
    pub fn take_checkpoints(&mut self) -> Vec<Checkpoint> {
        std::mem::take(&mut self.checkpoints)
    }

    /// Fills a block as far as the file goes, and says how far that was.
    ///
    /// # Errors
    /// The error of the file system; a broken stream is no error.
    pub fn read_block(&mut self, block: &mut [u8]) -> io::Result<(usize, BlockEnd)> {
        let mut filled = 0;
        while filled < block.len() {
            let is_due = self.is_due();
            let wants_border = is_due && filled >= WINDOW_BYTES;
            // What lies before a border has to be in the block.
            let end = if is_due && !wants_border { block.len().min(WINDOW_BYTES) } else { block.len() };
            let (step, count) = self.step(&mut block[filled..end], wants_border)?;
            filled += count;
            match step {
                Step::BetweenBlocks if wants_border => filled = self.try_border(block, filled)?,
                Step::More | Step::BetweenBlocks => {}
                Step::End => return Ok((filled, BlockEnd::End)),
                Step::Broken => return Ok((filled, BlockEnd::Broken)),
            }
        }
        Ok((filled, BlockEnd::More))
    }

    fn is_due(&self) -> bool {
        let last = self.checkpoints.last().map_or(0, |last| last.inflated_offset);
        self.spacing_bytes.is_some_and(|spacing_bytes| self.inflated_offset - last >= spacing_bytes)
    }

    /// Inflates on from a border between blocks, and adds a checkpoint there when it is proved by what follows.
    fn try_border(&mut self, block: &mut [u8], filled: usize) -> io::Result<usize> {
        let input =
            self.buffer[..self.unread.end].get(self.unread.start.wrapping_sub(1)..).unwrap_or_default();
        let input = input[..input.len().min(PROOF_INPUT_BYTES)].to_vec();
        let inflated_offset = self.inflated_offset;
        let file_offset = self.file_offset - self.unread.len() as u64;
        let (_, count) = self.step(&mut block[filled..], false)?;
        let (before, after) = block.split_at(filled);
        let after = &after[..count];
        let Some((_, window)) = before.split_last_chunk::<WINDOW_BYTES>() else { return Ok(filled + count) };
        if let (Some((first_byte, rest)), true) = (input.split_first(), after.len() >= PROOF_BYTES) {
            let is_right = |bits: &u8| is_proved(&prefix(window, *first_byte, *bits), rest, after);
            if let Some(used_bits) = (0..8).find(is_right) {
                let window = compressed(window)?;
                let first_byte = *first_byte;
                self.checkpoints.push(Checkpoint {
                    inflated_offset,
                    file_offset,
                    first_byte,
                    used_bits,
                    window,
                });
            }
        }
        Ok(filled + count)
    }

    /// Inflates once.
    fn step(&mut self, output: &mut [u8], wants_border: bool) -> io::Result<(Step, usize)> {
        if self.unread.is_empty() && !self.refill()? {
            let is_whole = matches!(self.member, Member::None) && self.trailer == 0;
            return Ok((if is_whole { Step::End } else { Step::Broken }, 0));
        }
        let passed = self.trailer.min(self.unread.len());
        self.trailer -= passed;
        self.unread.start += passed;
        if self.unread.is_empty() {
            return Ok((Step::More, 0));
        }
        if matches!(self.member, Member::None) {
            self.member = Member::Whole(Inflate::new(true, GZIP_BITS));
        }
        let (Member::Whole(inflate) | Member::Entered(inflate)) = &mut self.member else {
            return Ok((Step::Broken, 0));
        };
        let (read_before, written_before) = (inflate.total_in(), inflate.total_out());
        let flush = if wants_border { InflateFlush::Block } else { InflateFlush::NoFlush };
        let status = inflate.decompress(&self.buffer[self.unread.clone()], output, flush);
        let written = usize::try_from(inflate.total_out() - written_before).unwrap_or(output.len());
        self.unread.start += usize::try_from(inflate.total_in() - read_before).unwrap_or(usize::MAX);
        self.inflated_offset += written as u64;
        let step = match status {
            Ok(Status::StreamEnd) => {
                self.trailer = if matches!(self.member, Member::Entered(_)) { TRAILER_BYTES } else { 0 };
                self.member = Member::None;
                Step::More
            }
            Ok(Status::Ok | Status::BufError) => {
                let stopped = wants_border && written < output.len() && !self.unread.is_empty();
                if stopped { Step::BetweenBlocks } else { Step::More }
            }
            Err(_) => Step::Broken,
        };
        Ok((step, written))
    }

    /// Reads more of the file; false at its end.
    fn refill(&mut self) -> io::Result<bool> {
        loop {
            match self.file.read(&mut self.buffer) {
                Ok(count) => {
                    self.unread = 0..count;
                    self.file_offset += count as u64;
                    return Ok(count > 0);
                }
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) => return Err(cause),
            }
        }
    }
}

/// Whether a stream of this beginning inflates to the bytes that are known to follow.
fn is_proved(prefix: &[u8], rest: &[u8], known: &[u8]) -> bool {
    let mut inflate = Inflate::new(false, RAW_BITS);
    let mut output = vec![0; PREFIX_INFLATED_BYTES + known.len()];
    for input in [prefix, rest] {
        let from = usize::try_from(inflate.total_out()).unwrap_or(usize::MAX);
        if inflate.decompress(input, &mut output[from..], InflateFlush::NoFlush).is_err() {
            return false;
        }
    }
    let length = usize::try_from(inflate.total_out()).unwrap_or(0);
    let found = output.get(PREFIX_INFLATED_BYTES..length).unwrap_or_default();
    found.len() >= PROOF_BYTES && known.starts_with(found)
}
