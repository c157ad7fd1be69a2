// SPDX-License-Identifier: Apache-2.0
//! What `vLLM` logs of its balance over ranks when `log_balancedness` is on: one line a step, all layers together. It tells
//! how even the ranks were and neither layers nor experts, so that nothing else can be answered from it.

use crate::metrics::mean_of;
use crate::series::quartiles;

/// One line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BalanceLine {
    /// Position in [`BalanceLog::models`].
    pub model: usize,
    /// The step that it names; it starts again at each rearrangement. Older versions name none.
    pub step: Option<u64>,
    /// Tokens of the mean rank, summed over layers.
    pub mean_tokens: f64,
    /// Tokens of the most loaded rank of each layer, summed over layers.
    pub max_tokens: f64,
    /// The first over the second, as printed; `None` without tokens.
    pub balancedness: Option<f64>,
}

/// The lines of a log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BalanceLog {
    /// Names of models, in the order in which they appear; empty text where the lines name none.
    pub models: Vec<String>,
    /// In the order of the log.
    pub lines: Vec<BalanceLine>,
}

/// Consecutive lines that share a row.
#[derive(Debug, Clone, PartialEq)]
pub struct BalanceRow {
    /// Position of the first among the model's lines.
    pub first: usize,
    /// Position of the last.
    pub last: usize,
    /// The step that the first names.
    pub step: Option<u64>,
    /// Mean over the lines, as are the tokens of the most loaded ranks.
    pub mean_tokens: f64,
    /// Tokens of the most loaded ranks.
    pub max_tokens: f64,
    /// Mean over those lines that had tokens.
    pub balancedness: Option<f64>,
    /// The least of them.
    pub least: Option<f64>,
}

/// One model's lines in no more rows than asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct BalanceSeries {
    /// Lines that share a row.
    pub lines_per_row: usize,
    /// In the order of the log.
    pub rows: Vec<BalanceRow>,
    /// Balancedness: least, quartiles, largest; empty without an answer.
    pub quartiles: Vec<f64>,
    /// Mean over lines with tokens.
    pub balancedness: Option<f64>,
    /// Summed tokens of mean ranks over those of the most loaded ones.
    pub balancedness_of_sums: Option<f64>,
}

impl BalanceLog {
    /// The lines of the model at `model` in `models`, folded to at most `rows` rows (at least one).
    #[must_use]
    pub fn series(&self, model: usize, rows: usize) -> BalanceSeries {
        let lines: Vec<BalanceLine> = self.lines.iter().filter(|line| line.model == model).copied().collect();
        let lines_per_row = lines.len().div_ceil(rows.max(1)).max(1);
        let known = || lines.iter().filter_map(|line| line.balancedness);
        let sum = |of: fn(&BalanceLine) -> f64| lines.iter().map(of).sum::<f64>();
        let max_tokens = sum(|line| line.max_tokens);
        BalanceSeries {
            lines_per_row,
            rows: lines
                .chunks(lines_per_row)
                .enumerate()
                .map(|(at, part)| row_of(at * lines_per_row, part))
                .collect(),
            quartiles: quartiles(known()),
            balancedness: mean_of(known()),
            balancedness_of_sums: (max_tokens > 0.0).then(|| sum(|line| line.mean_tokens) / max_tokens),
        }
    }
}

fn row_of(first: usize, lines: &[BalanceLine]) -> BalanceRow {
    let known = || lines.iter().filter_map(|line| line.balancedness);
    let mean = |of: fn(&BalanceLine) -> f64| mean_of(lines.iter().map(of)).unwrap_or(0.0);
    BalanceRow {
        first,
        last: first + lines.len() - 1,
        step: lines.first().and_then(|line| line.step),
        mean_tokens: mean(|line| line.mean_tokens),
        max_tokens: mean(|line| line.max_tokens),
        balancedness: mean_of(known()),
        least: known().reduce(f64::min),
    }
}
