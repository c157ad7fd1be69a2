// SPDX-License-Identifier: Apache-2.0
//! Reading a folder: `meta_info.json` and one `rank<r>.safetensors` per rank.
//!
//! First the heads of the files tell which iterations and layers there are, then their counts are added to one dense table.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::balance::BalanceLog;
use crate::error::{ExpertsError, Warning, WarningCode};
use crate::formats::{read_balance_log, read_load_tensors, read_parquet, read_record, read_table};
use crate::rank_file::{RankFile, Vector, rank_of};
use crate::regular;
use crate::statistics::ExpertStatistics;
use crate::sum::{Grid, sum_ranks};

/// `meta_info.json` as far as it is used.
#[derive(serde::Deserialize)]
struct MetaInfo {
    num_experts: usize,
    num_experts_per_token: u32,
}

/// Reads a folder of statistics, a record of `SGLang` or a dump of `vLLM` (`.pt`, `.safetensors`), a log of `vLLM` (`.log`,
/// `.txt`), or a table (`.csv`, `.parquet`).
///
/// # Errors
/// Every [`ExpertsError`] that says what cannot be read.
pub fn read_statistics(path: &Path) -> Result<ExpertStatistics, ExpertsError> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("pt") if path.is_file() => read_record(path),
        Some("safetensors") if path.is_file() => read_load_tensors(path),
        Some("log" | "txt") if path.is_file() => read_balance_log(path),
        Some("csv") if path.is_file() => read_table(path),
        Some("parquet") if path.is_file() => read_parquet(path),
        _ => read_folder(path),
    }
}

/// Reads the statistics of the folder `dir`. Counts of ranks are added, unless all ranks hold the same.
///
/// # Errors
/// Every [`ExpertsError`]: a missing folder or file, a damaged file, vectors that are not counts.
pub fn read_folder(dir: &Path) -> Result<ExpertStatistics, ExpertsError> {
    let (ranks, paths): (Vec<u32>, Vec<PathBuf>) = rank_files(dir)?.into_iter().unzip();
    let files = paths.into_par_iter().map(RankFile::open).collect::<Result<Vec<_>, _>>()?;
    let survey = Survey::of(dir, &files)?;
    let mut warnings = survey.warnings(&ranks);
    let meta = read_meta(dir, &mut warnings);
    if let Some(meta) = meta.as_ref().filter(|meta| meta.num_experts != survey.experts) {
        let message = format!(
            "meta_info.json names {} experts, the vectors have {}: the vectors are taken.",
            meta.num_experts, survey.experts
        );
        warnings.push(Warning { code: WarningCode::MetaDisagrees, message, count: 1 });
    }
    let Survey { experts, iterations, layers, do_ranks_differ, .. } = survey;
    let grid = Grid { iterations: &iterations, layers: &layers, experts };
    let (counts, combination) = sum_ranks(&files, &grid, !do_ranks_differ)?;
    Ok(ExpertStatistics {
        experts,
        top_k: meta.map(|meta| meta.num_experts_per_token),
        iterations,
        layers,
        ranks,
        combination,
        warnings,
        counts,
        balance: BalanceLog::default(),
    })
}

/// The ranks' files by number.
fn rank_files(dir: &Path) -> Result<Vec<(u32, PathBuf)>, ExpertsError> {
    let not_found = |source| ExpertsError::NotFound { dir: dir.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(not_found)? {
        let entry = entry.map_err(not_found)?;
        if let Some(rank) = entry.file_name().to_str().and_then(rank_of) {
            files.push((rank, entry.path()));
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(ExpertsError::NoStatistics { dir: dir.to_owned() });
    }
    Ok(files)
}

fn read_meta(dir: &Path, warnings: &mut Vec<Warning>) -> Option<MetaInfo> {
    let text = regular::read_text(&dir.join("meta_info.json"));
    let (meta, what) = match text.as_deref().map(serde_json::from_str::<Option<MetaInfo>>) {
        Ok(Ok(Some(meta))) => return Some(meta),
        Ok(Ok(None)) => (None, "is null: rank 0 recorded nothing".to_owned()),
        Ok(Err(error)) => (None, format!("is not understood ({error})")),
        Err(error) => (None, format!("cannot be read ({error})")),
    };
    let message = format!("meta_info.json {what}; the number of experts is taken from the vectors.");
    warnings.push(Warning { code: WarningCode::MetaMissing, message, count: 1 });
    meta
}

/// What there is to read.
struct Survey {
    experts: usize,
    /// Ascending.
    iterations: Vec<u32>,
    /// Ascending.
    layers: Vec<u32>,
    /// Distinct pairs of iteration and layer.
    pairs: usize,
    unknown_tensors: usize,
    do_ranks_differ: bool,
}

impl Survey {
    fn of(dir: &Path, files: &[RankFile]) -> Result<Self, ExpertsError> {
        let mut experts = None;
        for file in files {
            let Some(vector) = file.vectors.first() else { continue };
            let others = *experts.get_or_insert(file.experts);
            if others != file.experts {
                let reason = format!("it has {} experts where others have {others}", file.experts);
                return Err(file.bad_tensor(&format!("{}_{}", vector.iteration, vector.layer), reason));
            }
        }
        let Some(experts) = experts else { return Err(ExpertsError::NoStatistics { dir: dir.to_owned() }) };
        let mut survey = Self {
            experts,
            iterations: distinct(files, |vector| vector.iteration),
            layers: distinct(files, |vector| vector.layer),
            pairs: files.iter().map(|file| file.vectors.len()).sum(),
            unknown_tensors: files.iter().map(|file| file.unknown).sum(),
            do_ranks_differ: false,
        };
        // With all pairs of all ranks first, so that what counts the distinct ones is not enormous itself.
        survey.check_density(dir)?;
        survey.pairs = survey.distinct_pairs(files);
        survey.check_density(dir)?;
        survey.do_ranks_differ = files.iter().any(|file| file.vectors.len() != survey.pairs);
        Ok(survey)
    }

    fn distinct_pairs(&self, files: &[RankFile]) -> usize {
        let mut is_there = vec![false; self.iterations.len() * self.layers.len()];
        for vector in files.iter().flat_map(|file| &file.vectors) {
            let place = self
                .iterations
                .binary_search(&vector.iteration)
                .ok()
                .zip(self.layers.binary_search(&vector.layer).ok());
            if let Some((iteration, layer)) = place {
                is_there[iteration * self.layers.len() + layer] = true;
            }
        }
        is_there.into_iter().filter(|there| *there).count()
    }

    /// A hostile file could name a layer of its own in every iteration and make the table enormous.
    fn check_density(&self, dir: &Path) -> Result<(), ExpertsError> {
        let (iterations, layers) = (self.iterations.len(), self.layers.len());
        if iterations.saturating_mul(layers) <= 4096 + 16 * self.pairs {
            return Ok(());
        }
        Err(ExpertsError::TooSparse { dir: dir.to_owned(), pairs: self.pairs, iterations, layers })
    }

    fn warnings(&self, ranks: &[u32]) -> Vec<Warning> {
        let span = |first: Option<u32>, last: Option<u32>| match first.zip(last) {
            Some((first, last)) => last as usize - first as usize + 1,
            None => 0,
        };
        let missing_ranks = ranks.last().map_or(0, |rank| *rank as usize + 1 - ranks.len());
        let gaps =
            span(self.iterations.first().copied(), self.iterations.last().copied()) - self.iterations.len();
        let absent = self.iterations.len() * self.layers.len() - self.pairs;
        [
            (
                WarningCode::RankMissing,
                missing_ranks,
                "ranks have no file; their tokens are missing from the sums.",
            ),
            (
                WarningCode::RanksDiffer,
                usize::from(self.do_ranks_differ),
                "ranks recorded different iterations or layers.",
            ),
            (
                WarningCode::IterationsGap,
                gaps,
                "iterations between the first and the last were not recorded.",
            ),
            (WarningCode::LayersDiffer, absent, "pairs of iteration and layer were not recorded."),
            (
                WarningCode::UnknownTensor,
                self.unknown_tensors,
                "tensors are not named <iteration>_<layer> and were left out.",
            ),
        ]
        .into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(code, count, what)| Warning { code, message: format!("{count} {what}"), count })
        .collect()
    }
}

/// What the vectors of all files have, each once, ascending.
fn distinct(files: &[RankFile], of: impl Fn(&Vector) -> u32 + Sync) -> Vec<u32> {
    let of_file = |file: &RankFile| {
        let mut found: Vec<u32> = file.vectors.iter().map(&of).collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    let mut found: Vec<u32> = files.par_iter().flat_map_iter(of_file).collect();
    found.sort_unstable();
    found.dedup();
    found
}
