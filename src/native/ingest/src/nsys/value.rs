// SPDX-License-Identifier: Apache-2.0
//! Values of a row, whatever type the writer gave them: `SQLite` columns promise nothing.

use std::borrow::Cow;

use rusqlite::Row;
use rusqlite::types::ValueRef;

/// A whole number, also one that was written as text or as a real without a fraction.
pub fn integer(row: &Row<'_>, column: usize) -> Option<i64> {
    match row.get_ref(column).ok()? {
        ValueRef::Integer(value) => Some(value),
        ValueRef::Real(value) => whole(value),
        ValueRef::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok(),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

/// A finite number.
pub fn real(row: &Row<'_>, column: usize) -> Option<f64> {
    let value = match row.get_ref(column).ok()? {
        ValueRef::Real(value) => value,
        ValueRef::Text(text) => std::str::from_utf8(text).ok()?.trim().parse().ok()?,
        _ => approximate(integer(row, column)?),
    };
    value.is_finite().then_some(value)
}

#[allow(clippy::cast_precision_loss)] // Counter values: exact up to 2^53.
fn approximate(value: i64) -> f64 {
    value as f64
}

/// Text, with bytes that are no UTF-8 replaced; whether any was.
pub fn text<'a>(row: &'a Row<'_>, column: usize) -> Option<(Cow<'a, str>, bool)> {
    match row.get_ref(column).ok()? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            let repaired = matches!(text, Cow::Owned(_));
            Some((text, repaired))
        }
        ValueRef::Integer(value) => Some((value.to_string().into(), false)),
        ValueRef::Real(value) => Some((value.to_string().into(), false)),
        ValueRef::Null => None,
    }
}

/// Text that is only passed on.
pub fn owned_text(row: &Row<'_>, column: usize) -> Option<String> {
    text(row, column).map(|(text, _)| text.into_owned())
}

/// Whether a column of a row is null.
pub fn is_null(row: &Row<'_>, column: usize) -> bool {
    matches!(row.get_ref(column), Ok(ValueRef::Null) | Err(_))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // The bounds are checked.
fn whole(value: f64) -> Option<i64> {
    let fits = value.fract() == 0.0 && value >= i64::MIN as f64 && value < i64::MAX as f64;
    fits.then_some(value as i64)
}
