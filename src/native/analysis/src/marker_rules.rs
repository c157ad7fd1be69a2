// SPDX-License-Identifier: Apache-2.0
//! Which names are step markers, as data. A rule is one producer with patterns; named groups say what the
//! digits in a name mean. Users put rules of their own before the built-in ones.

use std::collections::HashSet;
use std::sync::OnceLock;

use regex::{Captures, Regex};
use serde::Deserialize;

/// What a marker's name says. Absent numbers are not zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MarkerText {
    /// Number of the iteration.
    pub index: Option<i64>,
    /// Requests in prefill.
    pub context_requests: Option<u32>,
    /// Their tokens.
    pub context_tokens: Option<u32>,
    /// Requests in decode.
    pub generation_requests: Option<u32>,
}

/// One producer's markers.
#[derive(Debug, Clone)]
pub struct MarkerRule {
    /// Whose markers.
    pub producer: String,
    patterns: Vec<Regex>,
}

impl MarkerRule {
    /// What a name says, when it is a marker of this producer.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<MarkerText> {
        self.patterns.iter().find_map(|pattern| read_groups(&pattern.captures(name)?))
    }
}

/// None when a number does not fit: such a name is no marker.
fn read_groups(groups: &Captures<'_>) -> Option<MarkerText> {
    let small = |group: &str| {
        groups
            .name(group)
            .map(|found| found.as_str().parse().ok())
            .map_or(Some(None), |n: Option<u32>| n.map(Some))
    };
    let index = groups.name("index").map(|found| found.as_str().parse::<i64>().ok());
    Some(MarkerText {
        index: match index {
            Some(number) => Some(number?),
            None => None,
        },
        context_requests: small("contextRequests")?,
        context_tokens: small("contextTokens")?,
        generation_requests: small("generationRequests")?,
    })
}

/// Rules in the order in which they are tried: a trace that holds several producers' markers is read by the first.
#[derive(Debug, Clone)]
pub struct MarkerRules(Vec<MarkerRule>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    version: u32,
    rules: Vec<RuleEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    producer: String,
    patterns: Vec<String>,
}

const GROUPS: [&str; 4] = ["index", "contextRequests", "contextTokens", "generationRequests"];
const VERSION: u32 = 1;
const MOST_RULES: usize = 100;
/// Bounds the memory and time of a compiled pattern, as one repetition of a repetition may cost.
const PATTERN_BYTES: usize = 1 << 20;

impl MarkerRules {
    /// The rules that come with Iterscope.
    ///
    /// # Panics
    /// Never: a test reads the file that is compiled in.
    #[must_use]
    pub fn built_in() -> &'static Self {
        static RULES: OnceLock<MarkerRules> = OnceLock::new();
        RULES.get_or_init(|| Self(parse(include_str!("step-markers.json")).unwrap_or_default()))
    }

    /// The rules of a JSON text, then the built-in ones.
    ///
    /// # Errors
    /// What is wrong with the text, as half a sentence.
    pub fn extended(json: &str) -> Result<Self, String> {
        let mut rules = parse(json)?;
        rules.extend(Self::built_in().0.iter().cloned());
        Ok(Self(rules))
    }

    /// The rules in the order of trying.
    #[must_use]
    pub fn rules(&self) -> &[MarkerRule] {
        &self.0
    }
}

fn parse(json: &str) -> Result<Vec<MarkerRule>, String> {
    let file: RulesFile = serde_json::from_str(json).map_err(|cause| cause.to_string())?;
    if file.version != VERSION {
        return Err(format!("its version is {}, and this Iterscope reads version {VERSION}", file.version));
    }
    if file.rules.len() > MOST_RULES {
        return Err(format!("it holds more than {MOST_RULES} rules"));
    }
    file.rules.into_iter().map(compile_rule).collect()
}

fn compile_rule(entry: RuleEntry) -> Result<MarkerRule, String> {
    let RuleEntry { producer, patterns } = entry;
    if patterns.is_empty() {
        return Err(format!("the rule \"{producer}\" has no pattern"));
    }
    let patterns =
        patterns.iter().map(|pattern| compile_pattern(pattern, &producer)).collect::<Result<_, _>>()?;
    Ok(MarkerRule { producer, patterns })
}

fn compile_pattern(text: &str, producer: &str) -> Result<Regex, String> {
    let pattern = regex::RegexBuilder::new(text).size_limit(PATTERN_BYTES).build().map_err(|cause| {
        let reason = cause.to_string().lines().last().unwrap_or_default().trim().to_owned();
        format!("a pattern of the rule \"{producer}\" is no regular expression ({reason})")
    })?;
    let mut names = HashSet::new();
    for name in pattern.capture_names().flatten() {
        if !GROUPS.contains(&name) {
            let known = GROUPS.join(", ");
            return Err(format!("the rule \"{producer}\" names a group \"{name}\"; there are {known}"));
        }
        names.insert(name);
    }
    if pattern.is_match("") {
        return Err(format!("a pattern of the rule \"{producer}\" accepts an empty name"));
    }
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Option<MarkerText> {
        MarkerRules::built_in().rules().iter().find_map(|rule| rule.read(name))
    }

    fn text(
        index: Option<i64>,
        context_requests: Option<u32>,
        context_tokens: Option<u32>,
        generation_requests: Option<u32>,
    ) -> MarkerText {
        MarkerText { index, context_requests, context_tokens, generation_requests }
    }

    #[test]
    fn markers_of_all_known_engines_are_read() {
        assert_eq!(
            read("[Executor] _forward_step 20: 4 ctx reqs, 2048 ctx tokens, 256 gen reqs"),
            Some(text(Some(20), Some(4), Some(2048), Some(256)))
        );
        assert_eq!(
            read("[Executor] _forward_step 7: 0 ctx reqs, 512 gen reqs"),
            Some(text(Some(7), Some(0), None, Some(512)))
        );
        assert_eq!(
            read("execute_context_1(512)_generation_3(3)"),
            Some(text(None, Some(1), Some(512), Some(3)))
        );
        assert_eq!(read("step[decode bs=8]"), Some(text(None, None, None, Some(8))));
        assert_eq!(read("step[prefill toks=900 bs=2 x]"), Some(text(None, Some(2), None, None)));
        assert_eq!(read("step[decode]"), Some(text(None, None, None, None)));
        assert_eq!(read("ProfilerStep#12"), Some(text(Some(12), None, None, None)));
        assert_eq!(read("executor/py_executor.py(950): _forward_step"), Some(text(None, None, None, None)));
    }

    #[test]
    fn names_that_only_resemble_markers_are_none() {
        for name in [
            "[Executor] _forward_step x: 0 ctx reqs",
            "[Executor] _forward_step 99999999999999999999: 0 ctx reqs, 1 gen reqs",
            "ProfilerStep",
            "execute_context_1(5000000000)_generation_3(3)",
            "step[idle]",
            "",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }

    #[test]
    fn own_rules_come_first() {
        let rules = MarkerRules::extended(
            r#"{"version": 1, "rules": [{"producer": "mine", "patterns": ["^tick (?<index>\\d+)$", "^ProfilerStep#"]}]}"#,
        )
        .unwrap();
        assert_eq!(rules.rules()[0].read("tick 4"), Some(text(Some(4), None, None, None)));
        assert_eq!(rules.rules()[0].read("ProfilerStep#9"), Some(text(None, None, None, None)));
        assert_eq!(rules.rules().len(), MarkerRules::built_in().rules().len() + 1);
        assert_eq!(MarkerRules::built_in().rules().len(), 5);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        let cases = [
            ("nonsense", "expected"),
            (r#"{"version": 2, "rules": []}"#, "version is 2"),
            (r#"{"version": 1, "rules": [], "x": 1}"#, "unknown field"),
            (r#"{"version": 1, "rules": [{"producer": "a", "patterns": []}]}"#, "no pattern"),
            (r#"{"version": 1, "rules": [{"producer": "a", "patterns": ["("]}]}"#, "no regular expression"),
            (r#"{"version": 1, "rules": [{"producer": "a", "patterns": ["(?<step>x)"]}]}"#, "group \"step\""),
            (r#"{"version": 1, "rules": [{"producer": "a", "patterns": ["x*"]}]}"#, "empty name"),
            (
                r#"{"version": 1, "rules": [{"producer": "a", "patterns": ["(?:x{1000}){1000}"]}]}"#,
                "no regular",
            ),
        ];
        for (json, part) in cases {
            let message = MarkerRules::extended(json).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }
}
