// SPDX-License-Identifier: Apache-2.0
//! Which of 64 bytes are quotes, backslashes, brackets or line ends, as one bit per byte.

use wide::u8x16;

/// Bytes that are looked at together.
pub const BLOCK_BYTES: usize = 64;
/// Bytes of one vector.
const LANE_BYTES: usize = 16;

/// One bit per byte of a block, lowest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Masks {
    pub quote: u64,
    pub backslash: u64,
    /// `{`, `[`, `}` and `]`; also `Y`, `y`, `_` and DEL, which JSON does not have outside of strings but in
    /// names of numbers, such as `Infinity`.
    pub bracket: u64,
    pub newline: u64,
}

/// With these bits set, all four brackets look alike.
const BRACKET_BITS: u8 = 0x26;
/// What brackets then look like.
const BRACKET: u8 = 0x7f;

/// The bits of one block.
#[inline]
pub fn masks_of(block: &[u8; BLOCK_BYTES]) -> Masks {
    let mut masks = Masks::default();
    let (lanes, _) = block.as_chunks::<LANE_BYTES>();
    for (index, lane) in lanes.iter().enumerate() {
        let lane = u8x16::new(*lane);
        let bits = |lane: u8x16, byte: u8| {
            u64::from(lane.simd_eq(u8x16::splat(byte)).to_bitmask()) << (index * LANE_BYTES)
        };
        masks.quote |= bits(lane, b'"');
        masks.backslash |= bits(lane, b'\\');
        masks.newline |= bits(lane, b'\n');
        masks.bracket |= bits(lane | u8x16::splat(BRACKET_BITS), BRACKET);
    }
    masks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bits(block: &[u8], wanted: &[u8]) -> u64 {
        block.iter().enumerate().map(|(index, byte)| u64::from(wanted.contains(byte)) << index).sum()
    }

    proptest! {
        #[test]
        fn vectors_see_what_a_loop_sees(bytes in proptest::collection::vec(any::<u8>(), BLOCK_BYTES)) {
            let masks = masks_of(bytes.as_slice().try_into().unwrap());
            prop_assert_eq!(masks.quote, bits(&bytes, b"\""));
            prop_assert_eq!(masks.backslash, bits(&bytes, b"\\"));
            prop_assert_eq!(masks.newline, bits(&bytes, b"\n"));
            prop_assert_eq!(masks.bracket, bits(&bytes, b"[{]}Yy_\x7f"));
        }
    }
}
