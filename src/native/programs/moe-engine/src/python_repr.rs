// SPDX-License-Identifier: Apache-2.0
//! Values as Python prints them. TensorRT-LLM's iteration log holds printed dictionaries, not JSON.

use std::fmt::Write;

use serde_json::Value;

/// The text of `value` as Python's `repr` gives it, on one line.
#[must_use]
pub fn python_repr(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value);
    text
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("None"),
        Value::Bool(true) => text.push_str("True"),
        Value::Bool(false) => text.push_str("False"),
        Value::Number(number) => {
            let _ = write!(text, "{number}");
        }
        Value::String(string) => write_string(text, string),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write_value(text, item);
            }
            text.push(']');
        }
        Value::Object(entries) => {
            text.push('{');
            for (index, (key, item)) in entries.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write_string(text, key);
                text.push_str(": ");
                write_value(text, item);
            }
            text.push('}');
        }
    }
}

/// Python prefers single quotes, and takes double ones where the text holds single ones only.
fn write_string(text: &mut String, string: &str) {
    let quote = if string.contains('\'') && !string.contains('"') { '"' } else { '\'' };
    text.push(quote);
    for character in string.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            other if other == quote => {
                text.push('\\');
                text.push(quote);
            }
            other if other.is_control() => {
                let _ = write!(text, "\\x{:02x}", u32::from(other));
            }
            other => text.push(other),
        }
    }
    text.push(quote);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_look_as_python_prints_them() {
        let value = json!({"a": null, "b": [true, false, 1, 1.5, 2.0], "c": {"d": "x"}, "e": {}});
        let expected = "{'a': None, 'b': [True, False, 1, 1.5, 2.0], 'c': {'d': 'x'}, 'e': {}}";
        assert_eq!(python_repr(&value), expected);
    }

    #[test]
    fn quotes_and_controls_are_escaped() {
        for (string, expected) in
            [("it's", "\"it's\""), ("\"'", "'\"\\''"), ("a\\b\n\u{1}", "'a\\\\b\\n\\x01'"), ("ä", "'ä'")]
        {
            assert_eq!(python_repr(&Value::from(string)), expected);
        }
    }
}
