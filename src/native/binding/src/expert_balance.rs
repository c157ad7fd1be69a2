// SPDX-License-Identifier: Apache-2.0
//! What a log of vLLM tells of the balance over ranks.

use iterscope_experts::{BalanceRow, BalanceSeries};
use napi_derive::napi;

/// Consecutive lines of the log that share a row. Figures are means over its lines; null without tokens.
#[napi(object, use_nullable = true)]
pub struct ExpertBalanceRow {
    /// Position of the first line among the model's.
    pub first: u32,
    /// Position of the last.
    pub last: u32,
    /// The step that the first names; it starts again at each rearrangement of experts.
    pub step: Option<f64>,
    /// Tokens of the mean rank, summed over layers.
    pub mean_tokens: f64,
    /// Tokens of each layer's most loaded rank, summed over layers.
    pub max_tokens: f64,
    /// The first over the second.
    pub balancedness: Option<f64>,
    /// The least of the row.
    pub least: Option<f64>,
}

/// The lines of one model.
#[napi(object, use_nullable = true)]
pub struct ExpertBalance {
    /// Lines that share a row.
    pub lines_per_row: u32,
    /// In the order of the log.
    pub rows: Vec<ExpertBalanceRow>,
    /// Balancedness by line: least, quartiles, largest; empty without an answer.
    pub quartiles: Vec<f64>,
    /// Mean over lines with tokens.
    pub balancedness: Option<f64>,
    /// Summed tokens of mean ranks over those of the most loaded ones.
    pub balancedness_of_sums: Option<f64>,
}

impl From<BalanceSeries> for ExpertBalance {
    fn from(series: BalanceSeries) -> Self {
        Self {
            lines_per_row: small(series.lines_per_row),
            rows: series.rows.into_iter().map(Into::into).collect(),
            quartiles: series.quartiles,
            balancedness: series.balancedness,
            balancedness_of_sums: series.balancedness_of_sums,
        }
    }
}

impl From<BalanceRow> for ExpertBalanceRow {
    // Steps stay far below 2^53, where doubles are exact.
    #[allow(clippy::cast_precision_loss)]
    fn from(row: BalanceRow) -> Self {
        Self {
            first: small(row.first),
            last: small(row.last),
            step: row.step.map(|step| step as f64),
            mean_tokens: row.mean_tokens,
            max_tokens: row.max_tokens,
            balancedness: row.balancedness,
            least: row.least,
        }
    }
}

fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
