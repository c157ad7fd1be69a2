// SPDX-License-Identifier: Apache-2.0
//! Pieces of JSON text.

use std::fmt::Write;

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A process or thread as the trace has it: a number where it is one, else a text.
pub fn id(text: &str) -> String {
    let is_number = text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
    if is_number { text.to_owned() } else { quoted(text) }
}

/// Microseconds with all of their nanoseconds, as text: a double would lose some.
pub fn microseconds(time_ns: i64) -> String {
    let sign = if time_ns < 0 { "-" } else { "" };
    let whole = time_ns.unsigned_abs();
    let mut text = format!("{sign}{}.{:03}", whole / 1000, whole % 1000);
    text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    text
}

/// Adds `,"key":value` to an object in the making.
pub fn field(object: &mut String, key: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = write!(object, ",\"{key}\":{value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_keep_their_nanoseconds() {
        let shown = [0, 1, 1000, 1500, -1, 1_700_000_000_123_456_789].map(microseconds);
        assert_eq!(shown, ["0", "0.001", "1", "1.5", "-0.001", "1700000000123456.789"]);
    }

    #[test]
    fn only_what_reads_as_the_same_number_is_one() {
        assert_eq!(
            ["12", "-3", "007", "1e3", "stream 7"].map(id),
            ["12", "-3", "\"007\"", "\"1e3\"", "\"stream 7\""]
        );
    }
}
