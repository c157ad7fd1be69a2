// SPDX-License-Identifier: Apache-2.0
//! Counts that come one by one, in any order, gathered into statistics.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::balance::BalanceLog;
use crate::error::{ExpertsError, Warning, WarningCode};
use crate::statistics::{Combination, ExpertStatistics};

/// Iteration, layer and expert.
pub type Key = (u32, u32, u32);

/// Tokens by iteration, layer and expert, as one rank counted them.
pub type RankCounts = BTreeMap<Key, u64>;

/// More experts than any layer has.
pub const MOST_EXPERTS: u32 = 65_536;

/// Makes statistics of what each rank counted: added, unless all ranks hold the same.
///
/// # Errors
/// [`ExpertsError::NoStatistics`] without counts, [`ExpertsError::TooSparse`] when the table would be mostly empty.
pub fn statistics_of(
    path: &Path,
    ranks: &BTreeMap<u32, RankCounts>,
) -> Result<ExpertStatistics, ExpertsError> {
    let keys = || ranks.values().flat_map(BTreeMap::keys);
    let iterations: Vec<u32> = keys().map(|key| key.0).collect::<BTreeSet<_>>().into_iter().collect();
    let layers: Vec<u32> = keys().map(|key| key.1).collect::<BTreeSet<_>>().into_iter().collect();
    let Some(experts) = keys().map(|key| key.2 as usize + 1).max() else {
        return Err(ExpertsError::NoStatistics { dir: path.to_owned() });
    };
    let pairs = keys().map(|key| (key.0, key.1)).collect::<BTreeSet<_>>().len();
    check_density(path, &iterations, &layers, experts, (pairs, keys().count()))?;
    let warnings = gaps(&iterations).into_iter().collect();
    let mut counts = vec![0; iterations.len() * layers.len() * experts];
    let combination = combination_of(ranks);
    let taken = if combination == Combination::OneOfIdentical { 1 } else { ranks.len() };
    for (key, tokens) in ranks.values().take(taken).flatten() {
        let place = iterations.binary_search(&key.0).ok().zip(layers.binary_search(&key.1).ok());
        if let Some((iteration, layer)) = place {
            counts[(iteration * layers.len() + layer) * experts + key.2 as usize] += tokens;
        }
    }
    Ok(ExpertStatistics {
        experts,
        top_k: None,
        iterations,
        layers,
        ranks: ranks.keys().copied().collect(),
        combination,
        warnings,
        counts,
        balance: BalanceLog::default(),
    })
}

fn combination_of(ranks: &BTreeMap<u32, RankCounts>) -> Combination {
    let mut each = ranks.values();
    match each.next() {
        Some(first) if ranks.len() > 1 && each.all(|other| other == first) => Combination::OneOfIdentical,
        _ if ranks.len() > 1 => Combination::Summed,
        _ => Combination::Single,
    }
}

/// A hostile file could name a layer of its own in every iteration, or one far expert, and make the table enormous.
fn check_density(
    path: &Path,
    iterations: &[u32],
    layers: &[u32],
    experts: usize,
    (pairs, counts): (usize, usize),
) -> Result<(), ExpertsError> {
    let cells = iterations.len().saturating_mul(layers.len()).saturating_mul(experts);
    if cells <= (1 << 20) + 64 * counts {
        return Ok(());
    }
    let (iterations, layers) = (iterations.len(), layers.len());
    Err(ExpertsError::TooSparse { dir: path.to_owned(), pairs, iterations, layers })
}

fn gaps(iterations: &[u32]) -> Option<Warning> {
    let (first, last) = (iterations.first()?, iterations.last()?);
    let count = (last - first) as usize + 1 - iterations.len();
    let message = format!("{count} iterations between the first and the last were not recorded.");
    (count > 0).then_some(Warning { code: WarningCode::IterationsGap, message, count })
}
