// SPDX-License-Identifier: Apache-2.0
//! Counts of tokens by iteration, layer and expert, and sums over windows of iterations.

use std::ops::Range;

use crate::balance::BalanceLog;
use crate::error::{ExpertsError, Warning};

/// A half-open range of iteration numbers.
pub type Window = Range<u32>;

/// How the ranks' counts became one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combination {
    /// There was one rank.
    Single,
    /// Ranks counted different tokens, so they were added (attention data parallel).
    Summed,
    /// All ranks held the same vectors, so one was taken (attention tensor parallel).
    OneOfIdentical,
}

impl Combination {
    /// The combination as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Summed => "summed",
            Self::OneOfIdentical => "one-of-identical",
        }
    }
}

/// Expert statistics of a run.
#[derive(Debug, Clone)]
pub struct ExpertStatistics {
    /// Number of experts.
    pub experts: usize,
    /// Experts per token, where the statistics tell.
    pub top_k: Option<u32>,
    /// Recorded iterations, ascending.
    pub iterations: Vec<u32>,
    /// Recorded layers, ascending.
    pub layers: Vec<u32>,
    /// Ranks with a file, ascending.
    pub ranks: Vec<u32>,
    /// How their counts became one.
    pub combination: Combination,
    /// What the user should know.
    pub warnings: Vec<Warning>,
    /// Tokens, [iteration][layer][expert] by position in `iterations` and `layers`.
    pub(crate) counts: Vec<u64>,
    /// What a log tells of balance; with it there are neither layers nor experts.
    pub balance: BalanceLog,
}

impl ExpertStatistics {
    /// The vectors over experts of `layer`, one for each recorded iteration of `window`, with the iteration's number.
    /// A pair that was not recorded is all zero. Empty when there is no such layer.
    pub fn vectors(&self, layer: u32, window: &Window) -> impl Iterator<Item = (u32, &[u64])> {
        let layer_count = self.layers.len();
        self.layers.binary_search(&layer).into_iter().flat_map(move |layer_position| {
            self.positions(window).map(move |position| {
                let first = (position * layer_count + layer_position) * self.experts;
                (self.iterations[position], &self.counts[first..first + self.experts])
            })
        })
    }

    /// Tokens per expert of `layer`, summed over `window`.
    ///
    /// # Errors
    /// [`ExpertsError::NoSuchLayer`].
    pub fn histogram(&self, layer: u32, window: &Window) -> Result<Vec<u64>, ExpertsError> {
        self.layers.binary_search(&layer).map_err(|_| ExpertsError::NoSuchLayer { layer })?;
        let mut sums = vec![0; self.experts];
        for (_, counts) in self.vectors(layer, window) {
            add(&mut sums, counts);
        }
        Ok(sums)
    }

    /// Tokens by layer (in the order of `layers`) and expert, summed over `window`: layers × experts.
    #[must_use]
    pub fn heatmap(&self, window: &Window) -> Vec<u64> {
        let size = self.layers.len() * self.experts;
        let mut sums = vec![0; size];
        for position in self.positions(window) {
            add(&mut sums, &self.counts[position * size..(position + 1) * size]);
        }
        sums
    }

    /// Positions in `iterations` of those within `window`.
    fn positions(&self, window: &Window) -> Range<usize> {
        let first = self.iterations.partition_point(|iteration| *iteration < window.start);
        let end = self.iterations.partition_point(|iteration| *iteration < window.end);
        first..end.max(first)
    }
}

/// Adds `counts` to `sums`, element by element.
pub(crate) fn add(sums: &mut [u64], counts: &[u64]) {
    for (sum, count) in sums.iter_mut().zip(counts) {
        *sum += count;
    }
}
