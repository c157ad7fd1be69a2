// SPDX-License-Identifier: Apache-2.0
//! Seeded changes of bytes, for runs without a fuzzer: the same on every machine.

/// A source of changed inputs.
pub struct Mutator(u64);

/// Values at which things tend to break.
const EDGES: [u8; 8] = [0, 1, 0x7f, 0x80, 0xff, b'"', b'[', b'\\'];

impl Mutator {
    /// Begins anew from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// A whole number below a bound (xorshift*, whose high bits are the good ones).
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let wide = u128::from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)) * (bound.max(1) as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// The input with one to four changes.
    pub fn change(&mut self, input: &[u8], most_bytes: usize) -> Vec<u8> {
        let mut bytes = input.to_vec();
        for _ in 0..=self.below(4) {
            self.change_once(&mut bytes);
        }
        bytes.truncate(most_bytes);
        bytes
    }

    fn change_once(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        let length = self.below(64).min(bytes.len() - at);
        match self.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..at + length)),
            2 => {
                let part = bytes[at..at + length].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, part);
            }
            3 => bytes.insert(at, EDGES[self.below(EDGES.len())]),
            choice => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = if choice == 4 {
                        *byte ^ (1 << self.below(8))
                    } else {
                        EDGES[self.below(EDGES.len())]
                    };
                }
            }
        }
    }
}
