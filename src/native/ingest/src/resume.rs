// SPDX-License-Identifier: Apache-2.0
//! Deflate streams that begin in the middle of another one. A decoder begins at a whole byte and knows nothing of what
//! came before; blocks, however, begin at any bit, and refer to up to 32 KiB before them. So blocks of our own are put
//! in front: they inflate to those bytes and end at the bit at which the stream goes on.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use iterscope_model::Checkpoint;

/// How far a deflate stream can refer back.
pub const WINDOW_BYTES: usize = 32 << 10;
/// Bytes that the longest-reaching, shortest reference repeats.
const REPEATED: usize = 3;
/// What a prefix inflates to: the window and, before it, bytes that nothing refers to.
pub const PREFIX_INFLATED_BYTES: usize = WINDOW_BYTES + REPEATED;
const BYTE_BITS: usize = 8;

/// Bits, the lowest of each byte first.
struct Bits {
    bytes: Vec<u8>,
    /// Bits in use of the last byte; 0 when all are.
    used: usize,
}

impl Bits {
    fn push(&mut self, bits: impl IntoIterator<Item = bool>) {
        for bit in bits {
            if self.used == 0 {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(bit) << self.used;
            }
            self.used = (self.used + 1) % BYTE_BITS;
        }
    }

    /// A block of fixed codes with nothing in it: ten bits.
    fn push_empty_block(&mut self) {
        self.push([false, true, false]);
        self.push([false; 7]);
    }

    /// A block of fixed codes that repeats three bytes from 32,768 before: 35 bits.
    fn push_repetition(&mut self) {
        self.push([false, true, false]);
        self.push([false, false, false, false, false, false, true]);
        self.push([true, true, true, false, true]);
        self.push([true; 13]);
        self.push([false; 7]);
    }
}

/// What to put before the bytes of a stream that goes on after `used_bits` bits of `first_byte`: it inflates to
/// [`PREFIX_INFLATED_BYTES`], the last of which are the window.
pub fn prefix(window: &[u8; WINDOW_BYTES], first_byte: u8, used_bits: u8) -> Vec<u8> {
    let used_bits = usize::from(used_bits) % BYTE_BITS;
    let is_odd = used_bits % 2 == 1;
    let (start, end) = window.split_at(WINDOW_BYTES - REPEATED);
    let stored = if is_odd { [end, start].concat() } else { [end, start, end].concat() };
    let length = u16::try_from(stored.len()).unwrap_or(u16::MAX).to_le_bytes();
    let mut bits = Bits { bytes: Vec::with_capacity(WINDOW_BYTES + 16), used: 0 };
    bits.bytes.push(0);
    bits.bytes.extend(length);
    bits.bytes.extend(length.map(|byte| !byte));
    bits.bytes.extend(stored);
    if is_odd {
        bits.push_repetition();
    }
    while bits.used != used_bits {
        bits.push_empty_block();
    }
    if used_bits > 0
        && let Some(last) = bits.bytes.last_mut()
    {
        *last |= first_byte & (u8::MAX << used_bits);
    }
    bits.bytes
}

/// The same for a checkpoint; none when its window is not what it should be.
pub fn prefix_of(checkpoint: &Checkpoint) -> Option<Vec<u8>> {
    let mut window = Vec::with_capacity(WINDOW_BYTES);
    let most = WINDOW_BYTES as u64 + 1;
    DeflateDecoder::new(checkpoint.window.as_slice()).take(most).read_to_end(&mut window).ok()?;
    let window: &[u8; WINDOW_BYTES] = window.as_slice().try_into().ok()?;
    (usize::from(checkpoint.used_bits) < BYTE_BITS)
        .then(|| prefix(window, checkpoint.first_byte, checkpoint.used_bits))
}

/// A window as checkpoints keep it.
pub fn compressed(window: &[u8; WINDOW_BYTES]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(window)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_inflates_to_the_window_and_ends_at_any_bit() {
        let noise = |at: u32| (at.wrapping_mul(2_654_435_761) >> 24).to_le_bytes()[0];
        let window: Vec<u8> = (0..32 << 10).map(noise).collect();
        let window: &[u8; WINDOW_BYTES] = window.as_slice().try_into().unwrap();
        for used_bits in 0..8 {
            // What goes on at that bit is the last block: of fixed codes and empty.
            let end: u32 = 0b011 << used_bits;
            let [first_byte, rest @ ..] = end.to_le_bytes();
            let mut stream = prefix(window, first_byte, used_bits);
            if used_bits == 0 {
                stream.push(first_byte);
            }
            stream.extend(rest);
            let mut inflated = Vec::new();
            DeflateDecoder::new(stream.as_slice()).read_to_end(&mut inflated).unwrap();
            assert_eq!(inflated.len(), PREFIX_INFLATED_BYTES);
            assert!(inflated.ends_with(window), "{used_bits} bits");
        }
    }
}
