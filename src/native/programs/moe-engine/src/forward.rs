// SPDX-License-Identifier: Apache-2.0
//! One forward pass of one rank, in lock-step with the other ranks at every all-to-all.

use std::sync::Arc;

use crate::attention::{Attention, KvCache};
use crate::error::EngineError;
use crate::exchange::{Exchange, grow};
use crate::experts::{ExpertBlock, as_u32};
use crate::linalg::{add_scaled, matmul, rms_norm, softmax, vectorised};
use crate::model::{Layer, Model, ModelShape};
use crate::perfect_router::PerfectRouter;
use crate::placement::{PlaceFinder, Placement};
use crate::recorder::{Op, SliceArgs};
use crate::rng::unit;
use crate::router::{RouterSkew, Routing};
use crate::scheduler::Batch;
use crate::step::Instruments;

/// Receives the routing of every layer: layer, routing of this rank's tokens.
pub type RoutingSink<'a> = dyn FnMut(usize, &Routing) + 'a;

/// How tokens find their experts.
#[derive(Debug)]
pub struct Router {
    /// Bias of the learned router.
    pub skew: RouterSkew,
    /// Replaces the gate's logits when on.
    pub perfect: Option<PerfectRouter>,
}

#[derive(Debug, Default)]
struct Buffers {
    /// The residual stream `[tokens, hidden]`.
    stream: Vec<f32>,
    normed: Vec<f32>,
    qkv: Vec<f32>,
    attended: Vec<f32>,
    logits: Vec<f32>,
    bias: Vec<f32>,
    sampled: Vec<f32>,
    probabilities: Vec<f32>,
    routing: Routing,
    /// Where the experts of `routing` are, numbered over all ranks.
    places: Vec<u32>,
    finder: PlaceFinder,
}

/// Everything a rank needs to run the model.
#[derive(Debug)]
pub struct RankModel {
    model: Arc<Model>,
    exchange: Arc<Exchange>,
    placement: Arc<Placement>,
    rank: usize,
    /// Its router.
    pub router: Router,
    attention: Attention,
    /// Its key-value cache.
    pub cache: KvCache,
    block: ExpertBlock,
    buffers: Buffers,
}

impl RankModel {
    /// The model of `rank` with a cache of `slots` sequences of `positions` tokens.
    #[must_use]
    pub fn new(
        model: Arc<Model>,
        exchange: Arc<Exchange>,
        placement: Arc<Placement>,
        rank: usize,
        router: Router,
        (slots, positions): (usize, usize),
    ) -> Self {
        let shape = model.shape;
        Self {
            rank,
            router,
            attention: Attention::new(shape, positions),
            cache: KvCache::new(shape, slots, positions),
            block: ExpertBlock::new(shape, rank, Arc::clone(&placement)),
            buffers: Buffers { bias: vec![0.0; shape.experts], ..Buffers::default() },
            model,
            exchange,
            placement,
        }
    }

    /// Makes room for `batch`; [`Self::forward`] needs it.
    pub fn prepare_resources(&mut self, batch: &Batch) {
        let shape = self.model.shape;
        let (tokens, rows) = (batch.tokens.len(), batch.sampled.len());
        let b = &mut self.buffers;
        grow(&mut b.stream, tokens * shape.hidden);
        grow(&mut b.normed, tokens * shape.hidden);
        grow(&mut b.qkv, tokens * shape.qkv_width());
        grow(&mut b.attended, tokens * shape.hidden);
        grow(&mut b.logits, tokens * shape.experts);
        grow(&mut b.sampled, rows * shape.hidden);
        grow(&mut b.probabilities, rows * shape.vocab);
    }

    /// Runs all layers and leaves the normalised hidden states of the sampled rows for [`Self::sample`].
    ///
    /// # Errors
    /// [`EngineError::RankLost`] when another rank failed.
    pub fn forward(
        &mut self,
        batch: &Batch,
        iteration: u64,
        sink: &mut RoutingSink<'_>,
        tools: &mut Instruments,
    ) -> Result<(), EngineError> {
        let model = Arc::clone(&self.model);
        let tokens = batch.tokens.len();
        let hidden = model.shape.hidden;
        let inputs_ns = tools.clock.now_ns();
        tools.timed(Op::Embedding, SliceArgs::Tokens(as_u32(tokens)), tokens * hidden, || {
            for (row, &token) in self.buffers.stream.chunks_exact_mut(hidden).zip(&batch.tokens) {
                row.copy_from_slice(&model.embedding[token as usize * hidden..][..hidden]);
            }
        });
        tools.close(Op::PrepareInputs, inputs_ns, SliceArgs::Tokens(as_u32(tokens)));
        for (number, layer) in model.layers.iter().enumerate() {
            let start_ns = tools.clock.now_ns();
            self.attention_block(layer, number, batch, tools);
            self.route(layer, number, tokens, iteration, tools);
            sink(number, &self.buffers.routing);
            self.placement.count(number, &self.buffers.routing.experts);
            self.exchange_with_experts(layer, number, tokens, tools)?;
            tools.close(Op::Layer, start_ns, SliceArgs::Layer(as_u32(number)));
        }
        self.finish(&model, batch, tools);
        Ok(())
    }

    fn attention_block(&mut self, layer: &Layer, number: usize, batch: &Batch, tools: &mut Instruments) {
        let ModelShape { hidden, .. } = self.model.shape;
        let width = self.model.shape.qkv_width();
        let tokens = batch.tokens.len();
        let args = SliceArgs::LayerTokens(as_u32(number), as_u32(tokens));
        let (b, attention, cache) = (&mut self.buffers, &mut self.attention, &mut self.cache);
        tools.timed(Op::AttentionNorm, args, 4 * tokens * hidden, || {
            vectorised(|| rms_norm(&mut b.normed, &b.stream[..tokens * hidden], &layer.attention_norm));
        });
        tools.timed(Op::QkvGemm, args, 2 * tokens * hidden * width, || {
            matmul(&mut b.qkv, &b.normed, &layer.qkv, [tokens, hidden, width], false);
        });
        tools.timed(Op::RotaryAndCache, args, 4 * tokens * width, || {
            attention.store(&mut b.qkv, &batch.segments, cache, number);
        });
        let flops = usize::try_from(attention.attend_flops(&batch.segments)).unwrap_or(usize::MAX);
        tools.timed(Op::AttentionCore, args, flops, || {
            vectorised(|| attention.attend(&mut b.attended, &b.qkv, &batch.segments, cache, number));
        });
        tools.timed(Op::AttentionOutGemm, args, 2 * tokens * hidden * hidden, || {
            matmul(&mut b.stream, &b.attended, &layer.attention_out, [tokens, hidden, hidden], true);
        });
    }

    fn route(
        &mut self,
        layer: &Layer,
        number: usize,
        tokens: usize,
        iteration: u64,
        tools: &mut Instruments,
    ) {
        let ModelShape { hidden, experts, top_k, .. } = self.model.shape;
        let args = SliceArgs::LayerTokens(as_u32(number), as_u32(tokens));
        let (b, router) = (&mut self.buffers, &mut self.router);
        tools.timed(Op::MoeNorm, args, 4 * tokens * hidden, || {
            vectorised(|| rms_norm(&mut b.normed, &b.stream[..tokens * hidden], &layer.moe_norm));
        });
        tools.timed(Op::Gate, args, 2 * tokens * hidden * experts, || {
            matmul(&mut b.logits, &b.normed, &layer.gate, [tokens, hidden, experts], false);
            router.skew.bias(&mut b.bias, number, iteration);
            for row in b.logits[..tokens * experts].chunks_exact_mut(experts) {
                add_scaled(row, &b.bias, 1.0);
            }
        });
        tools.timed(Op::TopK, args, tokens * experts * top_k, || {
            let learned = &b.logits[..tokens * experts];
            let logits = router.perfect.as_mut().map_or(learned, |perfect| perfect.logits(tokens));
            b.routing.choose(logits, experts, top_k);
        });
    }

    fn exchange_with_experts(
        &mut self,
        layer: &Layer,
        number: usize,
        tokens: usize,
        tools: &mut Instruments,
    ) -> Result<(), EngineError> {
        let ModelShape { hidden, top_k, .. } = self.model.shape;
        let layer_args = SliceArgs::Layer(as_u32(number));
        let args = SliceArgs::LayerTokens(as_u32(number), as_u32(tokens));

        let start_ns = tools.clock.now_ns();
        {
            let mut inbox = self.exchange.inbox_mut(self.rank);
            inbox.hidden.clear();
            inbox.hidden.extend_from_slice(&self.buffers.normed[..tokens * hidden]);
            let b = &mut self.buffers;
            let places = self.placement.layer(number);
            b.finder.find(places.as_deref(), self.rank, &b.routing.experts, &mut b.places);
            inbox.places.clone_from(&b.places);
        }
        tools.clock.count_work((tokens * (hidden + top_k)) as u64);
        tools.wait_ns += tools.meet(layer_args)?;
        tools.close(Op::Dispatch, start_ns, args);

        self.block.run(layer, as_u32(number), &self.exchange, tools);

        let start_ns = tools.clock.now_ns();
        tools.wait_ns += tools.meet(layer_args)?;
        vectorised(|| self.combine(tokens));
        tools.clock.count_work((2 * tokens * top_k * hidden) as u64);
        tools.close(Op::Combine, start_ns, args);
        Ok(())
    }

    /// Adds the weighted results of its experts to every token of the residual stream.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn combine(&mut self, tokens: usize) {
        let ModelShape { hidden, top_k, .. } = self.model.shape;
        let per_rank = self.placement.places_per_rank();
        let outboxes: Vec<_> = (0..self.exchange.ranks()).map(|rank| self.exchange.outbox(rank)).collect();
        let Buffers { routing, places, stream, .. } = &mut self.buffers;
        for (token, row) in stream[..tokens * hidden].chunks_exact_mut(hidden).enumerate() {
            for slot in token * top_k..(token + 1) * top_k {
                let outbox = &outboxes[places[slot] as usize / per_rank];
                let at = outbox.row_of_slot[self.rank][slot] as usize * hidden;
                add_scaled(row, &outbox.rows[at..at + hidden], routing.weights[slot]);
            }
        }
    }

    fn finish(&mut self, model: &Model, batch: &Batch, tools: &mut Instruments) {
        let ModelShape { hidden, vocab, .. } = model.shape;
        let rows = batch.sampled.len();
        let args = SliceArgs::Tokens(as_u32(rows));
        let b = &mut self.buffers;
        tools.timed(Op::FinalNorm, args, 4 * rows * hidden, || {
            for (out, sampled) in b.sampled.chunks_exact_mut(hidden).zip(&batch.sampled) {
                rms_norm(out, &b.stream[sampled.row * hidden..][..hidden], &model.final_norm);
            }
        });
        tools.timed(Op::LmHead, args, 2 * rows * hidden * vocab, || {
            matmul(&mut b.probabilities, &b.sampled, &model.lm_head, [rows, hidden, vocab], false);
        });
    }

    /// Draws the next token of every sampled row of the last forward, at temperature 1.
    pub fn sample(&mut self, batch: &Batch, seed: u64, tools: &mut Instruments) -> Vec<u32> {
        let vocab = self.model.shape.vocab;
        let rows = batch.sampled.len();
        tools.timed(Op::Sampling, SliceArgs::Tokens(as_u32(rows)), 10 * rows * vocab, || {
            let probabilities = self.buffers.probabilities.chunks_exact_mut(vocab);
            let draw = |(row, sampled): (&mut [f32], &crate::scheduler::SampledRow)| {
                vectorised(|| softmax(row));
                pick(row, unit(&[seed, 300, sampled.request as u64, sampled.position as u64]))
            };
            probabilities.zip(&batch.sampled).map(draw).collect()
        })
    }

    /// The normalised hidden state of the `index`-th sampled row of the last forward.
    #[must_use]
    pub fn hidden_of_sampled(&self, index: usize) -> &[f32] {
        let hidden = self.model.shape.hidden;
        &self.buffers.sampled[index * hidden..][..hidden]
    }
}

/// The first token whose cumulated probability exceeds `point`.
#[allow(clippy::cast_possible_truncation)]
fn pick(probabilities: &[f32], point: f64) -> u32 {
    let mut sum = 0.0;
    for (token, &probability) in probabilities.iter().enumerate() {
        sum += f64::from(probability);
        if sum > point {
            return token as u32;
        }
    }
    as_u32(probabilities.len() - 1)
}
