// SPDX-License-Identifier: Apache-2.0
//! The learned router: the gate's logits plus a bias that makes some experts hot, then top-k with
//! renormalised weights. The hot experts are neighbours, so that contiguous placement puts them on
//! one rank, and they drift, so that which rank that is changes over iterations.

use crate::experts::as_u32;
use crate::linalg::{softmax, vectorised};
use crate::rng::unit;

/// Width of the hot neighbourhood, as a share of all experts (standard deviation of the bell).
const HOT_WIDTH: f64 = 0.14;
/// Height of the fixed differences between single experts, relative to the skew.
const EXPERT_SPREAD: f64 = 0.15;

/// How uneven the router is.
#[derive(Debug, Clone, Copy)]
pub struct RouterSkew {
    /// Height of the bias, in logits.
    pub height: f32,
    /// How far the hot experts move per iteration, as a share of all experts.
    pub drift: f64,
    /// Seed.
    pub seed: u64,
}

impl RouterSkew {
    /// Writes the bias of every expert of `layer` in `iteration` to `out`.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    pub fn bias(&self, out: &mut [f32], layer: usize, iteration: u64) {
        let experts = out.len() as f64;
        let centre = (unit(&[self.seed, 100, layer as u64]) + self.drift * iteration as f64).rem_euclid(1.0);
        for (expert, bias) in out.iter_mut().enumerate() {
            let distance = ((expert as f64 + 0.5) / experts - centre).abs();
            let distance = distance.min(1.0 - distance) / HOT_WIDTH;
            let bell = (-0.5 * distance * distance).exp();
            let spread = EXPERT_SPREAD * (2.0 * unit(&[self.seed, 101, layer as u64, expert as u64]) - 1.0);
            *bias = self.height * (bell + spread) as f32;
        }
    }
}

/// Where every token of a batch goes: `[tokens][top_k]` expert ids and weights.
#[derive(Debug, Default, Clone)]
pub struct Routing {
    /// Expert of each slot.
    pub experts: Vec<u32>,
    /// Weight of each slot; those of one token sum to 1.
    pub weights: Vec<f32>,
    /// Logits of one token, without those that were chosen.
    left: Vec<f32>,
}

impl Routing {
    /// Chooses the `top_k` largest of every row of finite `logits` (ties go to the smaller expert) and
    /// weighs them by a softmax over the chosen. It takes the same time for any logits, as it does on
    /// a GPU: else perfect routing would gain by its regular pattern, and not by balance alone.
    pub fn choose(&mut self, logits: &[f32], experts: usize, top_k: usize) {
        self.experts.clear();
        self.weights.clear();
        vectorised(|| {
            for row in logits.chunks_exact(experts) {
                self.left.clear();
                self.left.extend_from_slice(row);
                let first = self.weights.len();
                for _ in 0..top_k {
                    let best = first_largest(&self.left);
                    self.experts.push(as_u32(best));
                    self.weights.push(row[best]);
                    self.left[best] = f32::NEG_INFINITY;
                }
                softmax(&mut self.weights[first..]);
            }
        });
    }

    /// Adds the number of tokens of every expert to `counts`.
    pub fn count_into(&self, counts: &mut [i64]) {
        for &expert in &self.experts {
            counts[expert as usize] += 1;
        }
    }
}

/// Index of the first of the largest values, without branches on them.
// The largest value is one of the values, so they are compared exactly.
#[allow(clippy::inline_always, clippy::float_cmp)]
#[inline(always)]
fn first_largest(values: &[f32]) -> usize {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let mut lanes = [f32::NEG_INFINITY; 16];
    let (chunks, rest) = values.as_chunks::<16>();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, value);
        }
    }
    let largest = lanes.iter().chain(rest).fold(f32::NEG_INFINITY, |a, &b| larger(a, b));
    let at = |(index, &value): (usize, &f32)| if value >= largest { as_u32(index) } else { u32::MAX };
    values.iter().enumerate().map(at).fold(u32::MAX, u32::min) as usize
}

#[cfg(test)]
mod tests {
    // The values are exact in binary.
    #![allow(clippy::float_cmp)]

    use super::*;

    #[test]
    fn top_k_is_ordered_distinct_and_renormalised() {
        let mut routing = Routing::default();
        routing.choose(&[0.0, 2.0, 2.0, -1.0, 5.0, 5.0, 5.0, 5.0], 4, 2);
        assert_eq!(routing.experts, [1, 2, 0, 1]);
        assert_eq!(routing.weights, [0.5; 4]);
        let mut counts = [0; 4];
        routing.count_into(&mut counts);
        assert_eq!(counts, [1, 2, 1, 0]);
        assert_eq!(counts.iter().sum::<i64>(), 2 * 2);
    }

    #[test]
    fn skew_zero_leaves_the_gate_alone_and_drift_moves_the_hot_expert() {
        let mut bias = [9.0; 32];
        RouterSkew { height: 0.0, drift: 0.1, seed: 1 }.bias(&mut bias, 0, 3);
        assert_eq!(bias, [0.0; 32]);
        let hottest = |iteration| {
            let mut bias = [0.0f32; 32];
            RouterSkew { height: 3.0, drift: 0.01, seed: 1 }.bias(&mut bias, 2, iteration);
            (0..32).max_by(|&a, &b| bias[a].total_cmp(&bias[b])).unwrap()
        };
        assert_eq!(hottest(0), hottest(100));
        assert_ne!(hottest(0), hottest(50));
    }
}
