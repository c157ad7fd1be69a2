// SPDX-License-Identifier: Apache-2.0
//! What the profiler itself says went wrong. Newer exports have a table for it; older ones leave the text of an error
//! among their strings, and nothing else tells that events are missing.

use std::collections::BTreeMap;

use iterscope_model::Diagnostic;

use super::lookup::Lookup;
use super::schema::Schema;
use super::value::{integer, owned_text};

/// Texts beyond this are logs, not sentences.
const LONGEST_TEXT: usize = 400;
/// Different texts that are kept.
const MOST_TEXTS: usize = 50;
const TABLE: &str = "DIAGNOSTIC_EVENT";

/// All diagnostics of a report but mere information, by text.
pub fn diagnostics(lookup: &Lookup<'_>, schema: &Schema) -> Vec<Diagnostic> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let severities = severity_names(lookup, schema);
    let columns = schema.column_list(TABLE, &["severity", "text"]);
    lookup.each(TABLE, &format!("SELECT {columns} FROM {TABLE}"), |row| {
        let severity = integer(row, 0).and_then(|id| severities.get(&id)).map(String::as_str);
        if let Some(text) = owned_text(row, 1).filter(|_| !is_information(severity)) {
            *counts.entry(sentence(&text)).or_default() += 1;
        }
    });
    if schema.has_column("StringIds", "value") {
        let query = "SELECT value FROM StringIds WHERE value LIKE 'Error when processing events%'";
        lookup.each("StringIds", query, |row| {
            if let Some(text) = owned_text(row, 0) {
                *counts.entry(sentence(&text)).or_default() += 1;
            }
        });
    }
    counts.into_iter().take(MOST_TEXTS).map(|(text, count)| Diagnostic { text, count }).collect()
}

fn severity_names(lookup: &Lookup<'_>, schema: &Schema) -> BTreeMap<i64, String> {
    const ENUM: &str = "ENUM_DIAGNOSTIC_SEVERITY_LEVEL";
    let mut names = BTreeMap::new();
    let columns = schema.column_list(ENUM, &["id", "label|name"]);
    lookup.each(ENUM, &format!("SELECT {columns} FROM {ENUM}"), |row| {
        names.extend(integer(row, 0).zip(owned_text(row, 1)));
    });
    names
}

fn is_information(severity: Option<&str>) -> bool {
    severity.is_some_and(|name| name.to_ascii_lowercase().contains("info"))
}

/// One line: of an error's dump only its message.
fn sentence(text: &str) -> String {
    let message = text
        .rsplit_once("tag_message*] = ")
        .map(|(_, message)| format!("Error when processing events: {message}"));
    let line = message.as_deref().unwrap_or(text).split_whitespace().collect::<Vec<&str>>().join(" ");
    match line.char_indices().nth(LONGEST_TEXT) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn of_a_dump_the_message_is_kept() {
        let dump = "Error when processing events: Source ID=\nType=ErrorInformation (18)\n\
                    [QuadDCommon::tag_message*] = Unknown runtime API function index: 468\n";
        assert_eq!(sentence(dump), "Error when processing events: Unknown runtime API function index: 468");
        assert_eq!(sentence("Some  events\nwere lost."), "Some events were lost.");
        assert_eq!(sentence(&"x".repeat(1000)).chars().count(), 401);
    }
}
