// SPDX-License-Identifier: Apache-2.0
//! What a search looks for: plain text or a regular expression. Expressions run in linear time and are refused
//! beyond a size, so that none can hold up an answer.

use iterscope_model::{ErrorCode, Result, TraceError};
use regex::bytes::{Regex, RegexBuilder};

/// Most bytes that a compiled expression may take.
const MOST_BYTES: usize = 4 << 20;

/// How the text of a pattern is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternForm {
    /// As it stands.
    Text,
    /// As a regular expression.
    Expression,
}

/// A pattern ready to be looked for.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl Pattern {
    /// # Errors
    /// `query.bad-pattern` when an expression cannot be read or is too large.
    pub fn new(text: &str, form: PatternForm, match_case: bool) -> Result<Self> {
        let expression = match form {
            PatternForm::Text => regex::escape(text),
            PatternForm::Expression => text.to_owned(),
        };
        RegexBuilder::new(&expression)
            .case_insensitive(!match_case)
            .size_limit(MOST_BYTES)
            .build()
            .map(Self)
            .map_err(|cause| refusal(text, &cause))
    }

    /// Whether it occurs in a name.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text.as_bytes())
    }

    /// Whether it occurs in bytes that need not be UTF-8.
    #[must_use]
    pub fn is_in_bytes(&self, bytes: &[u8]) -> bool {
        self.0.is_match(bytes)
    }
}

/// The library draws a picture of the mistake; its last line says what it is.
fn refusal(text: &str, cause: &regex::Error) -> TraceError {
    let told = cause.to_string();
    let reason = told.lines().last().unwrap_or_default().trim_start_matches("error: ").trim_end_matches('.');
    let message = format!(
        "The expression \"{text}\" cannot be searched for: {reason}. Correct it, or search for plain text."
    );
    TraceError::new(ErrorCode::QueryBadPattern, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_no_special_characters_and_ignores_case_unless_told() {
        let text = Pattern::new("gemm<8, 4>(", PatternForm::Text, false).unwrap();
        assert!(text.is_in("void GEMM<8, 4>(float*)") && !text.is_in("gemm8"));
        let exact = Pattern::new("gemm", PatternForm::Text, true).unwrap();
        assert!(exact.is_in("gemm") && !exact.is_in("GEMM"));
    }

    #[test]
    fn expressions_that_are_wrong_or_huge_are_refused_with_a_reason() {
        for (expression, reason) in [("a(b", "unclosed group"), ("(\\w{900}){900}", "size limit")] {
            let error = Pattern::new(expression, PatternForm::Expression, true).unwrap_err();
            assert_eq!(error.code, ErrorCode::QueryBadPattern);
            assert!(error.message.contains(reason), "{}", error.message);
        }
    }

    #[test]
    fn an_expression_that_would_explode_elsewhere_is_linear_here() {
        let evil = Pattern::new("^(a+)+$", PatternForm::Expression, true).unwrap();
        assert!(!evil.is_in(&format!("{}!", "a".repeat(100_000))));
        assert!(evil.is_in_bytes(b"aaaa") && !evil.is_in_bytes(b"\xff"));
    }
}
