// SPDX-License-Identifier: Apache-2.0
//! Grouped-query attention with rotary positions over a key-value cache that one rank owns.

use crate::linalg::{add_scaled, dot, softmax};
use crate::model::ModelShape;

/// Consecutive tokens of one sequence in a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Cache slot of the sequence.
    pub slot: usize,
    /// First row in the batch.
    pub first_row: usize,
    /// Number of rows.
    pub len: usize,
    /// Position of the first row in the sequence.
    pub first_position: usize,
}

/// Keys and values of all layers and slots of one rank: `[layer][slot][position][kv_width]`.
#[derive(Debug)]
pub struct KvCache {
    kv_width: usize,
    slots: usize,
    positions: usize,
    keys: Vec<Vec<f32>>,
    values: Vec<Vec<f32>>,
}

impl KvCache {
    /// An empty cache.
    #[must_use]
    pub fn new(shape: ModelShape, slots: usize, positions: usize) -> Self {
        let layer = || vec![0.0; slots * positions * shape.kv_width()];
        Self {
            kv_width: shape.kv_width(),
            slots,
            positions,
            keys: (0..shape.layers).map(|_| layer()).collect(),
            values: (0..shape.layers).map(|_| layer()).collect(),
        }
    }

    /// Tokens that fit in all slots together.
    #[must_use]
    pub const fn capacity_tokens(&self) -> usize {
        self.slots * self.positions
    }

    fn offset(&self, slot: usize, position: usize) -> usize {
        assert!(slot < self.slots && position < self.positions, "cache slot {slot}, position {position}");
        (slot * self.positions + position) * self.kv_width
    }
}

/// The rotary tables and scratch of one rank.
#[derive(Debug)]
pub struct Attention {
    shape: ModelShape,
    /// `[position][head_width / 2]` pairs of cosine and sine.
    rotations: Vec<(f32, f32)>,
    scores: Vec<f32>,
}

impl Attention {
    /// Tables for sequences of up to `positions` tokens.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn new(shape: ModelShape, positions: usize) -> Self {
        let half = shape.head_width / 2;
        let rotations = (0..positions * half)
            .map(|index| {
                let (position, pair) = (index / half, index % half);
                let angle = position as f32 * 10_000f32.powf(-(pair as f32) / half as f32);
                (angle.cos(), angle.sin())
            })
            .collect();
        Self { shape, rotations, scores: vec![0.0; positions] }
    }

    /// Rotates queries and keys of `qkv` rows in place and appends keys and values to the cache.
    pub fn store(&self, qkv: &mut [f32], segments: &[Segment], cache: &mut KvCache, layer: usize) {
        let ModelShape { hidden, head_width, .. } = self.shape;
        let (kv_width, row_width) = (self.shape.kv_width(), self.shape.qkv_width());
        let half = head_width / 2;
        for segment in segments {
            for index in 0..segment.len {
                let position = segment.first_position + index;
                let row = &mut qkv[(segment.first_row + index) * row_width..][..row_width];
                let rotations = &self.rotations[position * half..][..half];
                for head in row[..hidden + kv_width].chunks_exact_mut(head_width) {
                    rotate(head, rotations);
                }
                let at = cache.offset(segment.slot, position);
                cache.keys[layer][at..][..kv_width].copy_from_slice(&row[hidden..hidden + kv_width]);
                cache.values[layer][at..][..kv_width].copy_from_slice(&row[hidden + kv_width..]);
            }
        }
    }

    /// Causal attention of every row over its sequence; `out` is `[rows, hidden]`.
    #[allow(clippy::cast_precision_loss, clippy::inline_always)]
    #[inline(always)]
    pub fn attend(
        &mut self,
        out: &mut [f32],
        qkv: &[f32],
        segments: &[Segment],
        cache: &KvCache,
        layer: usize,
    ) {
        let ModelShape { hidden, heads, kv_heads, head_width, .. } = self.shape;
        let (kv_width, row_width) = (self.shape.kv_width(), self.shape.qkv_width());
        let scale = 1.0 / (head_width as f32).sqrt();
        for segment in segments {
            let start = cache.offset(segment.slot, 0);
            let (keys, values) = (&cache.keys[layer][start..], &cache.values[layer][start..]);
            for index in 0..segment.len {
                let visible = segment.first_position + index + 1;
                let row = segment.first_row + index;
                for head in 0..heads {
                    let kv_at = head / (heads / kv_heads) * head_width;
                    let query = &qkv[row * row_width + head * head_width..][..head_width];
                    let scores = &mut self.scores[..visible];
                    for (score, key) in scores.iter_mut().zip(keys.chunks_exact(kv_width)) {
                        *score = dot(query, &key[kv_at..kv_at + head_width]) * scale;
                    }
                    softmax(scores);
                    let target = &mut out[row * hidden + head * head_width..][..head_width];
                    target.fill(0.0);
                    for (score, value) in scores.iter().zip(values.chunks_exact(kv_width)) {
                        add_scaled(target, &value[kv_at..kv_at + head_width], *score);
                    }
                }
            }
        }
    }

    /// Floating-point operations of [`Attention::attend`] for these segments.
    #[must_use]
    pub fn attend_flops(&self, segments: &[Segment]) -> u64 {
        let visible: usize =
            segments.iter().map(|s| s.len * s.first_position + s.len * (s.len + 1) / 2).sum();
        (visible * self.shape.heads * (4 * self.shape.head_width + 5)) as u64
    }
}

fn rotate(head: &mut [f32], rotations: &[(f32, f32)]) {
    let (low, high) = head.split_at_mut(rotations.len());
    for ((a, b), (cos, sin)) in low.iter_mut().zip(high).zip(rotations) {
        (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
    }
}
