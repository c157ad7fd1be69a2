// SPDX-License-Identifier: Apache-2.0
//! Adding up the ranks' counts. The table is cut into blocks of iterations that stay in the cache while each rank's part
//! is added; blocks are worked on side by side. So memory holds the table and a small buffer for each thread,
//! however many ranks there are.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::error::ExpertsError;
use crate::rank_file::RankFile;
use crate::statistics::Combination;

/// The places of a table [iteration][layer][expert].
pub struct Grid<'a> {
    /// Ascending.
    pub iterations: &'a [u32],
    /// Ascending.
    pub layers: &'a [u32],
    pub experts: usize,
}

/// Bytes of a block of the table.
const BLOCK_BYTES: usize = 1 << 20;

/// Adds the files' counts up; or, where all hold the same (`may_be_identical` says that they name the same vectors), takes
/// one. Every vector of the files has its place in the grid.
///
/// # Errors
/// [`ExpertsError::BadTensor`] for what is no count; that a file cannot be read any more.
pub fn sum_ranks(
    files: &[RankFile],
    grid: &Grid<'_>,
    may_be_identical: bool,
) -> Result<(Vec<u64>, Combination), ExpertsError> {
    let row = grid.layers.len() * grid.experts;
    let mut table = vec![0; grid.iterations.len() * row];
    let per_block = (BLOCK_BYTES / 8 / row.max(1)).max(1);
    let are_identical = AtomicBool::new(may_be_identical && files.len() > 1);
    grid.iterations.par_chunks(per_block).zip(table.par_chunks_mut(per_block * row)).try_for_each_init(
        Vec::new,
        |buffer, (iterations, block)| {
            let part = Grid { iterations, ..*grid };
            sum_block(files, &part, block, buffer, &are_identical)
        },
    )?;
    if files.len() == 1 {
        return Ok((table, Combination::Single));
    }
    if !are_identical.into_inner() {
        return Ok((table, Combination::Summed));
    }
    let ranks = files.len() as u64;
    table.par_iter_mut().for_each(|sum| *sum /= ranks);
    Ok((table, Combination::OneOfIdentical))
}

fn sum_block(
    files: &[RankFile],
    grid: &Grid<'_>,
    block: &mut [u64],
    buffer: &mut Vec<u8>,
    are_identical: &AtomicBool,
) -> Result<(), ExpertsError> {
    let (Some(first), Some(last)) = (grid.iterations.first(), grid.iterations.last()) else { return Ok(()) };
    for (ranks_before, file) in files.iter().enumerate() {
        // While all ranks are alike, the sum so far is a multiple of each. Once one is not, none is looked at any more.
        let before = are_identical.load(Ordering::Relaxed).then_some(ranks_before as u64);
        file.for_each(*first..=*last, buffer, |vector, bytes| {
            let place = grid
                .iterations
                .binary_search(&vector.iteration)
                .ok()
                .zip(grid.layers.binary_search(&vector.layer).ok());
            let Some((iteration, layer)) = place else { return Ok(()) };
            let at = (iteration * grid.layers.len() + layer) * grid.experts;
            let sums = &mut block[at..at + grid.experts];
            if !file.add_counts(vector, bytes, sums, before)? {
                are_identical.store(false, Ordering::Relaxed);
            }
            Ok(())
        })?;
    }
    Ok(())
}
