// SPDX-License-Identifier: Apache-2.0
//! The experts of one rank: gathers the tokens of all ranks that chose them, multiplies, and leaves
//! the results in the rank's outbox.

use std::ops::Deref;
use std::sync::Arc;

use crate::exchange::{Exchange, Inbox, grow};
use crate::linalg::{matmul, swiglu, vectorised};
use crate::model::{Layer, ModelShape};
use crate::placement::{Placement, expert_in};
use crate::recorder::{Op, SliceArgs};
use crate::step::Instruments;

/// The contiguous block of places that a rank owns, with its scratch memory.
#[derive(Debug)]
pub struct ExpertBlock {
    shape: ModelShape,
    rank: usize,
    placement: Arc<Placement>,
    /// First place of the block.
    first: usize,
    /// Per place the (source rank, slot) pairs that chose it.
    assignments: Vec<Vec<(usize, usize)>>,
    input: Vec<f32>,
    gate_up: Vec<f32>,
    activated: Vec<f32>,
}

impl ExpertBlock {
    /// The block of `rank`.
    #[must_use]
    pub fn new(shape: ModelShape, rank: usize, placement: Arc<Placement>) -> Self {
        let count = placement.places_per_rank();
        Self {
            shape,
            rank,
            placement,
            first: rank * count,
            assignments: vec![Vec::new(); count],
            input: Vec::new(),
            gate_up: Vec::new(),
            activated: Vec::new(),
        }
    }

    /// Computes the experts in all owned places of `layer` for the tokens in the inboxes.
    pub fn run(&mut self, layer: &Layer, number: u32, exchange: &Exchange, tools: &mut Instruments) {
        let start_ns = tools.clock.now_ns();
        let inboxes: Vec<_> = (0..exchange.ranks()).map(|source| exchange.inbox(source)).collect();
        let assigned = self.collect(&inboxes);
        let hidden = self.shape.hidden;
        let places = self.placement.layer(number as usize);
        {
            let mut outbox = exchange.outbox_mut(self.rank);
            grow(&mut outbox.rows, assigned * hidden);
            let mut first_row = 0;
            for local in 0..self.assignments.len() {
                let tokens = self.assignments[local].len();
                if tokens == 0 {
                    continue;
                }
                self.index_rows(local, first_row, &mut outbox.row_of_slot);
                let out = &mut outbox.rows[first_row * hidden..][..tokens * hidden];
                let expert = expert_in(places.as_deref(), self.first + local);
                self.run_expert(layer, (local, expert), number, &inboxes, out, tools);
                first_row += tokens;
            }
        }
        tools.close(Op::Experts, start_ns, SliceArgs::LayerTokens(number, as_u32(assigned)));
        tools.moe_ns.push(tools.clock.now_ns() - start_ns);
    }

    fn collect(&mut self, inboxes: &[impl Deref<Target = Inbox>]) -> usize {
        self.assignments.iter_mut().for_each(Vec::clear);
        let mut assigned = 0;
        for (source, inbox) in inboxes.iter().enumerate() {
            for (slot, &place) in inbox.places.iter().enumerate() {
                let local = (place as usize).wrapping_sub(self.first);
                if let Some(slots) = self.assignments.get_mut(local) {
                    slots.push((source, slot));
                    assigned += 1;
                }
            }
        }
        assigned
    }

    fn index_rows(&self, local: usize, first_row: usize, row_of_slot: &mut [Vec<u32>]) {
        for (row, &(source, slot)) in self.assignments[local].iter().enumerate() {
            let rows = &mut row_of_slot[source];
            if rows.len() <= slot {
                rows.resize(slot + 1, 0);
            }
            rows[slot] = as_u32(first_row + row);
        }
    }

    fn run_expert(
        &mut self,
        layer: &Layer,
        (local, expert): (usize, usize),
        number: u32,
        inboxes: &[impl Deref<Target = Inbox>],
        out: &mut [f32],
        tools: &mut Instruments,
    ) {
        let ModelShape { hidden, ffn, top_k, .. } = self.shape;
        let tokens = self.assignments[local].len();
        let args = SliceArgs::Expert(number, as_u32(expert), as_u32(tokens));
        let weights = &layer.experts[expert];
        tools.timed(Op::ExpertGemm, args, 6 * tokens * hidden * ffn + 2 * tokens * hidden, || {
            grow(&mut self.input, tokens * hidden);
            grow(&mut self.gate_up, tokens * 2 * ffn);
            grow(&mut self.activated, tokens * ffn);
            for (row, &(source, slot)) in self.assignments[local].iter().enumerate() {
                let token = slot / top_k;
                self.input[row * hidden..][..hidden]
                    .copy_from_slice(&inboxes[source].hidden[token * hidden..][..hidden]);
            }
            matmul(&mut self.gate_up, &self.input, &weights.gate_up, [tokens, hidden, 2 * ffn], false);
            vectorised(|| swiglu(&mut self.activated[..tokens * ffn], &self.gate_up, ffn));
            matmul(out, &self.activated, &weights.down, [tokens, ffn, hidden], false);
        });
    }
}

/// Counts of this engine fit in 32 bits: options are limited to 2^20 each.
#[must_use]
#[allow(clippy::cast_possible_truncation)]
pub const fn as_u32(count: usize) -> u32 {
    count as u32
}
