// SPDX-License-Identifier: Apache-2.0
//! `EXPERT_STATISTIC_*`: tokens per expert, layer and iteration, in TensorRT-LLM's files. They are
//! written when the forward of iteration `stop` runs, so a run that is too short writes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, TensorView};

use crate::env_flags::StatisticRange;
use crate::error::EngineError;
use crate::router::Routing;

const WHAT: &str = "the expert statistics";

/// The counters of one rank.
#[derive(Debug)]
pub struct ExpertStatistic {
    range: StatisticRange,
    folder: PathBuf,
    rank: usize,
    experts: usize,
    top_k: usize,
    counts: BTreeMap<(u64, usize), Vec<i64>>,
}

impl ExpertStatistic {
    /// Counters for `range`, to be written to `folder`.
    #[must_use]
    pub fn new(range: StatisticRange, folder: &Path, rank: usize, (experts, top_k): (usize, usize)) -> Self {
        Self { range, folder: folder.to_owned(), rank, experts, top_k, counts: BTreeMap::new() }
    }

    /// Counts the routing of one layer when `iteration` is in range.
    pub fn record(&mut self, iteration: u64, layer: usize, routing: &Routing) {
        if (self.range.start..self.range.stop).contains(&iteration) {
            let counts = self.counts.entry((iteration, layer)).or_insert_with(|| vec![0; self.experts]);
            routing.count_into(counts);
        }
    }

    /// Called in every forward; writes the files in iteration `stop` and returns the log line.
    ///
    /// # Errors
    /// [`EngineError::Write`] when the folder or a file cannot be written.
    pub fn write_if_due(&self, iteration: u64) -> Result<Option<String>, EngineError> {
        let StatisticRange { start, stop } = self.range;
        if iteration != stop {
            return Ok(None);
        }
        fs::create_dir_all(&self.folder).map_err(|e| write_error(&self.folder, &e))?;
        if self.rank == 0 {
            let path = self.folder.join("meta_info.json");
            let meta =
                format!("{{\"num_experts\": {}, \"num_experts_per_token\": {}}}", self.experts, self.top_k);
            let text = if self.counts.is_empty() { "null" } else { &meta };
            fs::write(&path, text).map_err(|e| write_error(&path, &e))?;
        }
        self.write_counts()?;
        let rank = self.rank;
        Ok(Some(format!(
            "[ExpertStatistic] Rank={rank}, saving iter={iteration}, start={start}, stop={stop}"
        )))
    }

    fn write_counts(&self) -> Result<(), EngineError> {
        let path = self.folder.join(format!("rank{}.safetensors", self.rank));
        let bytes: Vec<(String, Vec<u8>)> = self
            .counts
            .iter()
            .map(|((iteration, layer), counts)| {
                (
                    format!("{iteration}_{layer}"),
                    counts.iter().flat_map(|count| count.to_le_bytes()).collect(),
                )
            })
            .collect();
        let tensors: Result<Vec<_>, _> = bytes
            .iter()
            .map(|(key, data)| TensorView::new(Dtype::I64, vec![self.experts], data).map(|view| (key, view)))
            .collect();
        let file = tensors.and_then(|tensors| safetensors::serialize(tensors, None));
        fs::write(&path, file.map_err(|e| write_error(&path, &e))?).map_err(|e| write_error(&path, &e))
    }
}

fn write_error(path: &Path, reason: &impl ToString) -> EngineError {
    EngineError::Write { what: WHAT, path: path.to_owned(), reason: reason.to_string() }
}
