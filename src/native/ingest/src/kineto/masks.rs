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
    /// `{` and `[`.
    pub open: u64,
    /// `}` and `]`.
    pub close: u64,
    pub newline: u64,
}

/// `[` and `{`, `]` and `}` differ in this bit only.
const BRACKET_BIT: u8 = 0x20;

/// The bits of one block.
pub fn masks_of(block: &[u8; BLOCK_BYTES]) -> Masks {
    let bracket = u8x16::splat(BRACKET_BIT);
    let mut masks = Masks::default();
    let (lanes, _) = block.as_chunks::<LANE_BYTES>();
    for (index, lane) in lanes.iter().enumerate() {
        let lane = u8x16::new(*lane);
        let folded = lane | bracket;
        let bits = |lane: u8x16, byte: u8| {
            u64::from(lane.simd_eq(u8x16::splat(byte)).to_bitmask()) << (index * LANE_BYTES)
        };
        masks.quote |= bits(lane, b'"');
        masks.backslash |= bits(lane, b'\\');
        masks.newline |= bits(lane, b'\n');
        masks.open |= bits(folded, b'{');
        masks.close |= bits(folded, b'}');
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
            prop_assert_eq!(masks.open, bits(&bytes, b"[{"));
            prop_assert_eq!(masks.close, bits(&bytes, b"]}"));
        }
    }

    #[test]
    fn brackets_of_both_shapes_are_found() {
        let mut block = [b' '; BLOCK_BYTES];
        block[..6].copy_from_slice(b"{[]}\"\\");
        let masks = masks_of(&block);
        assert_eq!(
            (masks.open, masks.close, masks.quote, masks.backslash),
            (0b11, 0b1100, 0b1_0000, 0b10_0000)
        );
    }
}
