// SPDX-License-Identifier: Apache-2.0
//! Plain tables: a line for each iteration, layer and expert, with its tokens; ranks in a column of their own, if at all.

use std::collections::BTreeMap;
use std::path::Path;

use super::rows::{Key, MOST_EXPERTS, RankCounts, statistics_of};
use crate::error::ExpertsError;
use crate::regular;
use crate::statistics::ExpertStatistics;

/// Positions of the columns.
pub struct Columns {
    iteration: usize,
    layer: usize,
    expert: usize,
    tokens: usize,
    rank: Option<usize>,
}

/// Reads a CSV file with the columns iteration, layer, expert and tokens in any order, rank where there are several.
///
/// # Errors
/// [`ExpertsError::Unreadable`]; [`ExpertsError::Damaged`] with the line that is not understood.
pub fn read_table(path: &Path) -> Result<ExpertStatistics, ExpertsError> {
    let file =
        regular::open(path).map_err(|source| ExpertsError::Unreadable { path: path.to_owned(), source })?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
    let damaged = |reason: String| ExpertsError::Damaged { path: path.to_owned(), reason };
    let header = reader.headers().map_err(|error| damaged(error.to_string()))?;
    let columns = Columns::of(&header.iter().collect::<Vec<&str>>()).map_err(damaged)?;
    let mut ranks: BTreeMap<u32, RankCounts> = BTreeMap::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| damaged(error.to_string()))? {
        let line = record.position().map_or(0, csv::Position::line);
        let (rank, key, tokens) = columns
            .read(|at| number_of(&record, at))
            .map_err(|reason| damaged(format!("line {line}: {reason}")))?;
        *ranks.entry(rank).or_default().entry(key).or_default() += tokens;
    }
    statistics_of(path, &ranks)
}

impl Columns {
    /// Finds the columns by name; the error says which is missing.
    pub fn of(header: &[&str]) -> Result<Self, String> {
        let find = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
        let need = |name: &str| {
            find(name).ok_or_else(|| {
                format!("it has no column {name}; name the columns iteration, layer, expert, tokens")
            })
        };
        Ok(Self {
            iteration: need("iteration")?,
            layer: need("layer")?,
            expert: need("expert")?,
            tokens: need("tokens")?,
            rank: find("rank"),
        })
    }

    /// Rank, key and tokens of a row; `cell` gives the number in a column, or what is there instead.
    pub fn read(&self, cell: impl Fn(usize) -> Result<u64, String>) -> Result<(u32, Key, u64), String> {
        let number = |at: usize, most: u64| match cell(at) {
            Ok(value) if value <= most => Ok(value),
            Ok(value) => Err(format!("“{value}” is not a whole number up to {most}")),
            Err(text) => Err(format!("“{text}” is not a whole number up to {most}")),
        };
        let small =
            |at: usize, most: u32| number(at, u64::from(most)).map(|value| u32::try_from(value).unwrap_or(0));
        let key = (
            small(self.iteration, u32::MAX - 1)?,
            small(self.layer, u32::MAX)?,
            small(self.expert, MOST_EXPERTS - 1)?,
        );
        let rank = self.rank.map_or(Ok(0), |at| small(at, MOST_EXPERTS))?;
        Ok((rank, key, number(self.tokens, 1 << 40)?))
    }
}

fn number_of(record: &csv::StringRecord, at: usize) -> Result<u64, String> {
    let text = record.get(at).unwrap_or_default();
    text.parse().map_err(|_| text.to_owned())
}
