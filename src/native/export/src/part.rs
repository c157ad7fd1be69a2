// SPDX-License-Identifier: Apache-2.0
//! Which part of a trace is written.

use iterscope_analysis::{Extent, Layer, Selection, Subject, chosen_rows, iteration_span};
use iterscope_model::{Result, Row, TrackId};

/// A part of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Everything,
    /// What overlaps a range of time, nanoseconds from the origin.
    Range(i64, i64),
    /// Iterations from one number to another, both included: host slices that start in them, and the device work that
    /// they launched, whenever it ran.
    Iterations(i64, i64),
}

impl Part {
    /// Its slices and their tracks, by row.
    pub(crate) fn rows(self, subject: &Subject<'_>) -> Result<Vec<(Row, TrackId)>> {
        let extent = match self {
            Self::Everything => Extent::Everything,
            Self::Range(start_ns, end_ns) => Extent::Range((start_ns, end_ns)),
            Self::Iterations(first, last) => Extent::Iterations(first, last),
        };
        chosen_rows(subject, &Selection { extent, layer: Layer::All, tracks: None })
    }

    /// The range of time of what is no slice.
    pub(crate) fn span(self, subject: &Subject<'_>) -> Result<(i64, i64)> {
        match self {
            Self::Everything => Ok((i64::MIN, i64::MAX)),
            Self::Range(start_ns, end_ns) => Ok((start_ns, end_ns)),
            Self::Iterations(first, last) => iteration_span(subject, first, last),
        }
    }
}
