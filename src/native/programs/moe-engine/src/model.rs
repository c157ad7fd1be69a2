// SPDX-License-Identifier: Apache-2.0
//! Shapes and weights of the transformer. Weights are random, seeded and shared by all ranks;
//! a rank reads only the experts of its own block.

use crate::options::Options;
use crate::rng::{hash, uniform_vec};

/// The sizes that every part of the model needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelShape {
    /// Number of layers.
    pub layers: usize,
    /// Width of the residual stream.
    pub hidden: usize,
    /// Query heads.
    pub heads: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Width of one head.
    pub head_width: usize,
    /// Experts per layer.
    pub experts: usize,
    /// Experts per token.
    pub top_k: usize,
    /// Inner width of an expert.
    pub ffn: usize,
    /// Tokens of the vocabulary.
    pub vocab: usize,
}

impl ModelShape {
    /// The shape that `options` ask for.
    #[must_use]
    pub const fn of(options: &Options) -> Self {
        Self {
            layers: options.layers,
            hidden: options.hidden,
            heads: options.heads,
            kv_heads: options.kv_heads,
            head_width: options.hidden / options.heads,
            experts: options.experts,
            top_k: options.top_k,
            ffn: options.ffn,
            vocab: options.vocab,
        }
    }

    /// Width of the keys (and of the values) of one token.
    #[must_use]
    pub const fn kv_width(&self) -> usize {
        self.kv_heads * self.head_width
    }

    /// Width of query, key and value of one token side by side.
    #[must_use]
    pub const fn qkv_width(&self) -> usize {
        self.hidden + 2 * self.kv_width()
    }
}

/// One `SwiGLU` expert.
#[derive(Debug)]
pub struct Expert {
    /// `[hidden, 2 * ffn]`: gate and up side by side.
    pub gate_up: Vec<f32>,
    /// `[ffn, hidden]`.
    pub down: Vec<f32>,
}

/// The weights of one layer.
#[derive(Debug)]
pub struct Layer {
    /// `[hidden]`, before attention.
    pub attention_norm: Vec<f32>,
    /// `[hidden, qkv_width]`.
    pub qkv: Vec<f32>,
    /// `[hidden, hidden]`.
    pub attention_out: Vec<f32>,
    /// `[hidden]`, before the experts.
    pub moe_norm: Vec<f32>,
    /// `[hidden, experts]`.
    pub gate: Vec<f32>,
    /// All experts of the layer.
    pub experts: Vec<Expert>,
}

/// The weights of the model.
#[derive(Debug)]
pub struct Model {
    /// Its sizes.
    pub shape: ModelShape,
    /// `[vocab, hidden]`.
    pub embedding: Vec<f32>,
    /// All layers.
    pub layers: Vec<Layer>,
    /// `[hidden]`, after the last layer.
    pub final_norm: Vec<f32>,
    /// `[hidden, vocab]`.
    pub lm_head: Vec<f32>,
}

impl Model {
    /// Builds the model of a seed.
    #[must_use]
    pub fn new(shape: ModelShape, seed: u64) -> Self {
        let matrix =
            |name: u64, rows: usize, columns: usize| scaled_matrix(hash(&[seed, name]), rows, columns);
        Self {
            shape,
            embedding: uniform_vec(hash(&[seed, 1]), shape.vocab * shape.hidden, 1.0),
            layers: (0..shape.layers as u64)
                .map(|layer| Layer::new(shape, hash(&[seed, 2, layer])))
                .collect(),
            final_norm: vec![1.0; shape.hidden],
            lm_head: matrix(3, shape.hidden, shape.vocab),
        }
    }

    /// Number of weights.
    #[must_use]
    pub const fn parameters(&self) -> usize {
        let s = self.shape;
        let attention = s.hidden * s.qkv_width() + s.hidden * s.hidden + 2 * s.hidden;
        let moe = s.hidden * s.experts + s.experts * 3 * s.hidden * s.ffn;
        s.layers * (attention + moe) + 2 * s.vocab * s.hidden + s.hidden
    }
}

impl Layer {
    fn new(shape: ModelShape, seed: u64) -> Self {
        let matrix =
            |name: u64, rows: usize, columns: usize| scaled_matrix(hash(&[seed, name]), rows, columns);
        let expert = |index: usize| Expert {
            gate_up: matrix(10 + 2 * index as u64, shape.hidden, 2 * shape.ffn),
            down: matrix(11 + 2 * index as u64, shape.ffn, shape.hidden),
        };
        Self {
            attention_norm: vec![1.0; shape.hidden],
            qkv: matrix(0, shape.hidden, shape.qkv_width()),
            attention_out: matrix(1, shape.hidden, shape.hidden),
            moe_norm: vec![1.0; shape.hidden],
            gate: matrix(2, shape.hidden, shape.experts),
            experts: (0..shape.experts).map(expert).collect(),
        }
    }
}

/// A `[rows, columns]` matrix that keeps the variance of what it multiplies.
#[allow(clippy::cast_precision_loss)]
fn scaled_matrix(stream: u64, rows: usize, columns: usize) -> Vec<f32> {
    uniform_vec(stream, rows * columns, 1.0 / (rows as f32).sqrt())
}
