// SPDX-License-Identifier: Apache-2.0
//! What one forward pass computes: rows of prompts and of generations, and which of them are sampled.

use super::request::Request;
use crate::attention::Segment;

/// What one forward of a rank computes. Context segments come first.
#[derive(Debug, Default, Clone)]
pub struct Batch {
    /// Input token of every row.
    pub tokens: Vec<u32>,
    /// Rows by sequence.
    pub segments: Vec<Segment>,
    /// Per segment the index of its running request.
    pub owners: Vec<usize>,
    /// Rows whose next token is sampled, with the request id and position that seed the draw.
    pub sampled: Vec<SampledRow>,
    /// Segments that belong to prompts.
    pub context_requests: usize,
    /// Rows that belong to prompts.
    pub context_tokens: usize,
    /// Arrivals of the requests that began to run with this batch, in nanoseconds since the origin.
    pub admitted_ns: Vec<u64>,
}

/// A row whose next token is sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampledRow {
    /// Row of the batch.
    pub row: usize,
    /// Index of the running request.
    pub owner: usize,
    /// Request id.
    pub request: usize,
    /// Number of the token within its answer.
    pub position: usize,
}

impl Batch {
    /// Segments that generate.
    #[must_use]
    pub const fn generation_requests(&self) -> usize {
        self.segments.len() - self.context_requests
    }

    pub(super) fn push(
        &mut self,
        owner: usize,
        request: &Request,
        tokens: impl ExactSizeIterator<Item = u32>,
        first_position: usize,
    ) {
        let len = tokens.len();
        self.segments.push(Segment { slot: request.slot, first_row: self.tokens.len(), len, first_position });
        self.owners.push(owner);
        self.tokens.extend(tokens);
    }

    pub(super) fn sample_last_row(&mut self, owner: usize, request: &Request) {
        let row = self.tokens.len() - 1;
        self.sampled.push(SampledRow { row, owner, request: request.id, position: request.generated.len() });
    }
}
