// SPDX-License-Identifier: Apache-2.0
//! Numbers as JavaScript has them.

/// Counts and offsets stay far below 2^53, where doubles are exact.
#[allow(clippy::cast_precision_loss)]
pub fn real(value: i64) -> f64 {
    value as f64
}

#[allow(clippy::cast_precision_loss)]
pub fn count(value: u64) -> f64 {
    value as f64
}

/// Nearest whole nanosecond; saturates, and what is no number becomes 0.
#[allow(clippy::cast_possible_truncation)]
pub fn whole(value: f64) -> i64 {
    value.round() as i64
}
