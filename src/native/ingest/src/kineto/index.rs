// SPDX-License-Identifier: Apache-2.0
//! Positions of the quotes and brackets that give a text its structure, 64 bytes at a time.
//!
//! JSON strings cannot hold a raw line end. A string that does was opened by a damaged quote, so the index
//! leaves it there and notes the place: a flipped bit costs one event and not the rest of the file.

use super::masks::{BLOCK_BYTES, masks_of};

/// Positions written at once; the rest of a block follows where it has more.
const STRIDE: usize = 8;

/// The structure of one text; its buffers are used again for the next.
#[derive(Debug, Default)]
pub struct Index {
    /// Longer than what is in use, so that blocks are written without a check for each position.
    positions: Vec<u32>,
    count: usize,
    damage: Vec<usize>,
    in_string: bool,
    escaped: bool,
}

impl Index {
    /// Indexes a text of less than four gigabytes that begins outside of a string.
    pub fn fill(&mut self, bytes: &[u8]) {
        self.count = 0;
        self.damage.clear();
        self.in_string = false;
        self.escaped = false;
        let (blocks, rest) = bytes.as_chunks::<BLOCK_BYTES>();
        let mut at = 0;
        for block in blocks {
            self.add_block(block, at);
            at += BLOCK_BYTES;
        }
        if !rest.is_empty() {
            let mut padded = [b' '; BLOCK_BYTES];
            padded[..rest.len()].copy_from_slice(rest);
            self.add_block(&padded, at);
        }
    }

    /// Unescaped quotes, and brackets outside of strings; outside of strings a few other bytes as well.
    pub fn positions(&self) -> &[u32] {
        &self.positions[..self.count]
    }

    /// How many positions stand before each damaged string's end.
    pub fn damage(&self) -> &[usize] {
        &self.damage
    }

    /// Whether the text ends within a string.
    pub fn ends_in_string(&self) -> bool {
        self.in_string
    }

    fn add_block(&mut self, block: &[u8; BLOCK_BYTES], at: usize) {
        let masks = masks_of(block);
        let before = (self.in_string, self.escaped);
        let quotes = masks.quote & !self.escapes(masks.backslash);
        let strings = prefix_xor(quotes) ^ if self.in_string { u64::MAX } else { 0 };
        self.in_string = strings >> 63 == 1;
        if masks.newline & strings == 0 {
            self.push(at, quotes | (masks.bracket & !strings));
        } else {
            (self.in_string, self.escaped) = before;
            self.add_damaged(block, at);
        }
    }

    fn push(&mut self, at: usize, mut bits: u64) {
        if self.positions.len() < self.count + BLOCK_BYTES {
            self.positions.resize((self.count + BLOCK_BYTES) * 2, 0);
        }
        let base = u32::try_from(at).unwrap_or(u32::MAX);
        let found = bits.count_ones() as usize;
        let slots = &mut self.positions[self.count..self.count + BLOCK_BYTES];
        for stride in slots.as_chunks_mut::<STRIDE>().0 {
            for slot in stride {
                *slot = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            if bits == 0 {
                break;
            }
        }
        self.count += found;
    }

    /// Bytes that a backslash escapes; the last one may reach into the next block.
    fn escapes(&mut self, backslash: u64) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let carried = u64::from(self.escaped);
        if backslash == 0 {
            self.escaped = false;
            return carried;
        }
        let backslash = backslash & !carried;
        let follows = backslash << 1 | carried;
        let odd_starts = backslash & !EVEN & !follows;
        let (sequences, overflow) = odd_starts.overflowing_add(backslash);
        self.escaped = overflow;
        (EVEN ^ (sequences << 1)) & follows
    }

    /// The slow way, byte by byte, for a block in which a string holds a line end.
    fn add_damaged(&mut self, block: &[u8; BLOCK_BYTES], at: usize) {
        for (index, byte) in block.iter().enumerate() {
            let escaped = std::mem::take(&mut self.escaped);
            match byte {
                b'\n' if self.in_string => {
                    self.in_string = false;
                    self.damage.push(self.count);
                }
                b'"' if !escaped => {
                    self.in_string = !self.in_string;
                    self.push(at, 1 << index);
                }
                b'\\' if self.in_string && !escaped => self.escaped = true,
                b'{' | b'[' | b'}' | b']' if !self.in_string => self.push(at, 1 << index),
                _ => {}
            }
        }
    }
}

/// Bit n is the parity of bits 0 to n.
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Quotes and brackets, found byte by byte.
    fn plain(bytes: &[u8]) -> Vec<u32> {
        let (mut found, mut in_string, mut escaped) = (Vec::new(), false, false);
        for (at, byte) in (0_u32..).zip(bytes) {
            let was_escaped = std::mem::take(&mut escaped);
            match byte {
                b'\n' if in_string => in_string = false,
                b'"' if !was_escaped => {
                    in_string = !in_string;
                    found.push(at);
                }
                b'\\' => escaped = !was_escaped,
                b'{' | b'[' | b'}' | b']' if !in_string => found.push(at),
                _ => {}
            }
        }
        found
    }

    proptest! {
        #[test]
        fn blocks_see_what_a_loop_sees(text in "[a\"\\\\{}\\[\\],: ]{0,300}") {
            let mut index = Index::default();
            index.fill(text.as_bytes());
            prop_assert_eq!(index.positions(), plain(text.as_bytes()));
        }
    }

    #[test]
    fn a_string_that_runs_over_a_line_end_is_left_there() {
        let text = "[{\"a\": \"broken},\n{\"b\": 1}]";
        let mut index = Index::default();
        index.fill(text.as_bytes());
        assert_eq!(index.positions(), plain(text.as_bytes()));
        assert_eq!(index.damage(), [5]);
        assert!(!index.ends_in_string());
    }
}
