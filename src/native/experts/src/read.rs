// SPDX-License-Identifier: Apache-2.0
//! Reading a folder: `meta_info.json` and one `rank<r>.safetensors` per rank.
//!
//! First the heads of the files tell which iterations and layers there are, then their counts are added to one dense table
//! while the next file is read. So memory holds the table and two files, however many ranks there are.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::{ExpertsError, Warning, WarningCode};
use crate::formats::{read_record, read_table};
use crate::rank_file::{Outline, RankFile, bad_tensor, rank_of};
use crate::statistics::{Combination, ExpertStatistics};

/// `meta_info.json` as far as it is used.
#[derive(serde::Deserialize)]
struct MetaInfo {
    num_experts: usize,
    num_experts_per_token: u32,
}

/// Reads a folder of statistics, a record of `SGLang` (`.pt`) or a table (`.csv`).
///
/// # Errors
/// Every [`ExpertsError`] that says what cannot be read.
pub fn read_statistics(path: &Path) -> Result<ExpertStatistics, ExpertsError> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("pt") if path.is_file() => read_record(path),
        Some("csv") if path.is_file() => read_table(path),
        _ => read_folder(path),
    }
}

/// Reads the statistics of the folder `dir`. Counts of ranks are added, unless all ranks hold the same.
///
/// # Errors
/// Every [`ExpertsError`]: a missing folder or file, a damaged file, vectors that are not counts.
pub fn read_folder(dir: &Path) -> Result<ExpertStatistics, ExpertsError> {
    let files = rank_files(dir)?;
    let survey = Survey::of(dir, &files)?;
    let mut warnings = survey.warnings(&files);
    let meta = read_meta(dir, &mut warnings);
    if let Some(meta) = meta.as_ref().filter(|meta| meta.num_experts != survey.experts) {
        let message = format!(
            "meta_info.json names {} experts, the vectors have {}: the vectors are taken.",
            meta.num_experts, survey.experts
        );
        warnings.push(Warning { code: WarningCode::MetaDisagrees, message, count: 1 });
    }
    let (counts, combination) = sum_ranks(&files, &survey)?;
    Ok(ExpertStatistics {
        experts: survey.experts,
        top_k: meta.map(|meta| meta.num_experts_per_token),
        iterations: survey.iterations.into_iter().collect(),
        layers: survey.layers.into_iter().collect(),
        ranks: files.into_iter().map(|(rank, _)| rank).collect(),
        combination,
        warnings,
        counts,
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
    let text = fs::read_to_string(dir.join("meta_info.json"));
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
    iterations: BTreeSet<u32>,
    layers: BTreeSet<u32>,
    /// Distinct pairs of iteration and layer.
    pairs: usize,
    unknown_tensors: usize,
    do_ranks_differ: bool,
}

impl Survey {
    fn of(dir: &Path, files: &[(u32, PathBuf)]) -> Result<Self, ExpertsError> {
        let mut experts = None;
        let mut pairs: HashSet<(u32, u32)> = HashSet::new();
        let (mut unknown_tensors, mut do_ranks_differ) = (0, false);
        let outlines: Result<Vec<Outline>, ExpertsError> =
            files.par_iter().map(|(_, path)| Outline::read(path)).collect();
        for (position, (found, (_, path))) in outlines?.into_iter().zip(files).enumerate() {
            unknown_tensors += found.unknown;
            let known = pairs.len();
            for &(iteration, layer, length) in &found.vectors {
                let others = *experts.get_or_insert(length);
                if others != length {
                    let reason = format!("it has {length} experts where others have {others}");
                    return Err(bad_tensor(path, &format!("{iteration}_{layer}"), reason));
                }
                pairs.insert((iteration, layer));
            }
            let is_same = pairs.len() == known && found.vectors.len() == known;
            do_ranks_differ |= position > 0 && !is_same;
        }
        let Some(experts) = experts else { return Err(ExpertsError::NoStatistics { dir: dir.to_owned() }) };
        let survey = Self {
            experts,
            iterations: pairs.iter().map(|pair| pair.0).collect(),
            layers: pairs.iter().map(|pair| pair.1).collect(),
            pairs: pairs.len(),
            unknown_tensors,
            do_ranks_differ,
        };
        survey.check_density(dir)?;
        Ok(survey)
    }

    /// A hostile file could name a layer of its own in every iteration and make the table enormous.
    fn check_density(&self, dir: &Path) -> Result<(), ExpertsError> {
        let (iterations, layers) = (self.iterations.len(), self.layers.len());
        if iterations.saturating_mul(layers) <= 4096 + 16 * self.pairs {
            return Ok(());
        }
        Err(ExpertsError::TooSparse { dir: dir.to_owned(), pairs: self.pairs, iterations, layers })
    }

    fn warnings(&self, files: &[(u32, PathBuf)]) -> Vec<Warning> {
        let span = |first: Option<u32>, last: Option<u32>| match first.zip(last) {
            Some((first, last)) => last as usize - first as usize + 1,
            None => 0,
        };
        let missing_ranks = files.last().map_or(0, |(rank, _)| *rank as usize + 1 - files.len());
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

/// Adds the ranks' counts into a table [iteration][layer][expert]; or, where all ranks hold the same, takes one.
fn sum_ranks(files: &[(u32, PathBuf)], survey: &Survey) -> Result<(Vec<u64>, Combination), ExpertsError> {
    let iterations: Vec<u32> = survey.iterations.iter().copied().collect();
    let layers: Vec<u32> = survey.layers.iter().copied().collect();
    let mut table = vec![0; iterations.len() * layers.len() * survey.experts];
    let mut are_identical = !survey.do_ranks_differ;
    let mut add = |file: &RankFile, ranks_before: u64| {
        for entry in file.entries()?.entries {
            let counts = file.counts(&entry)?;
            let place =
                iterations.binary_search(&entry.iteration).ok().zip(layers.binary_search(&entry.layer).ok());
            let slot = place.filter(|_| entry.experts == survey.experts).and_then(|(iteration, layer)| {
                let first = (iteration * layers.len() + layer) * survey.experts;
                table.get_mut(first..first + counts.len())
            });
            let Some(slot) = slot else { return Err(changed_while_read(file.path())) };
            for (sum, count) in slot.iter_mut().zip(counts) {
                // While all ranks are alike, the sum so far is a multiple of each.
                are_identical &= *sum == ranks_before * count;
                *sum += count;
            }
        }
        Ok(())
    };
    let mut ahead = files.iter().map(|(_, path)| path.clone());
    let mut file = ahead.next().map(RankFile::read);
    let mut ranks_before = 0;
    while let Some(current) = file.transpose()? {
        let next = ahead.next();
        let (added, read) = rayon::join(|| add(&current, ranks_before), || next.map(RankFile::read));
        added?;
        ranks_before += 1;
        file = read;
    }
    if files.len() == 1 {
        return Ok((table, Combination::Single));
    }
    if !are_identical {
        return Ok((table, Combination::Summed));
    }
    let ranks = files.len() as u64;
    for sum in &mut table {
        *sum /= ranks;
    }
    Ok((table, Combination::OneOfIdentical))
}

fn changed_while_read(path: &Path) -> ExpertsError {
    ExpertsError::Damaged { path: path.to_owned(), reason: "it changed while it was read".to_owned() }
}
