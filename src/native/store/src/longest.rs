// SPDX-License-Identifier: Apache-2.0
//! The longest slice of a range of rows, by two levels of block maxima: at most a few hundred reads
//! whatever the range, for one eighth of a byte per slice.

use std::ops::Range;

/// Rows per block of the first level.
pub const BLOCK_ROWS: usize = 64;
/// Blocks of the first level per block of the second.
pub const FAN_OUT: usize = 64;

/// The row of the longest slice of each block of 64 rows.
pub fn first_level(durations: &[u32]) -> Vec<u32> {
    durations
        .chunks(BLOCK_ROWS)
        .enumerate()
        .map(|(block, chunk)| to_row(block * BLOCK_ROWS + position_of_longest(chunk)))
        .collect()
}

/// The row of the longest slice of each 64 blocks of the first level.
pub fn second_level(durations: &[u32], first: &[u32]) -> Vec<u32> {
    first
        .chunks(FAN_OUT)
        .filter_map(|rows| rows.iter().copied().reduce(|best, row| longer(durations, best, row)))
        .collect()
}

fn position_of_longest(durations: &[u32]) -> usize {
    let mut best = 0;
    for (position, duration) in durations.iter().enumerate() {
        if *duration > durations[best] {
            best = position;
        }
    }
    best
}

fn to_row(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// The longer of two rows; the first one when they are equal.
fn longer(durations: &[u32], best: u32, row: u32) -> u32 {
    if durations[row as usize] > durations[best as usize] { row } else { best }
}

/// The row of the longest slice in a range that is not empty, the first one among equals.
pub fn longest_in(durations: &[u32], first: &[u32], second: &[u32], rows: Range<usize>) -> u32 {
    let mut best = to_row(rows.start);
    let mut row = rows.start;
    while row < rows.end {
        let block = row / BLOCK_ROWS;
        let group = block / FAN_OUT;
        let at_block = row.is_multiple_of(BLOCK_ROWS);
        if at_block && block.is_multiple_of(FAN_OUT) && row + BLOCK_ROWS * FAN_OUT <= rows.end {
            best = longer(durations, best, second[group]);
            row += BLOCK_ROWS * FAN_OUT;
        } else if at_block && row + BLOCK_ROWS <= rows.end {
            best = longer(durations, best, first[block]);
            row += BLOCK_ROWS;
        } else {
            let end = ((block + 1) * BLOCK_ROWS).min(rows.end);
            best = longer(durations, best, to_row(row + position_of_longest(&durations[row..end])));
            row = end;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_agree_with_a_plain_scan() {
        let durations: Vec<u32> = (0..20_000_u32).map(|row| row.wrapping_mul(2_654_435_761) >> 7).collect();
        let first = first_level(&durations);
        let second = second_level(&durations, &first);
        for (start, end) in
            [(0, 1), (5, 70), (63, 65), (0, 20_000), (1, 19_999), (4096, 8192), (4000, 13_000)]
        {
            let found = longest_in(&durations, &first, &second, start..end) as usize;
            let longest = durations[start..end].iter().max().unwrap();
            assert!((start..end).contains(&found));
            assert_eq!(durations[found], *longest, "{start}..{end}");
        }
    }
}
