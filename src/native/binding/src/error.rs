// SPDX-License-Identifier: Apache-2.0
//! Errors as JavaScript sees them: an `Error` whose message is JSON `{code, message, path?}`, where `code` is of a
//! closed set and `message` a sentence for the user.

use std::path::Path;

use iterscope_experts::ExpertsError;
use iterscope_launch::LaunchError;
use serde::Serialize;

#[derive(Serialize)]
struct CodedError<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a Path>,
}

/// An error for JavaScript.
pub fn coded_error(code: &str, message: &str, path: Option<&Path>) -> napi::Error {
    let error = CodedError { code, message, path };
    // Only a path that is not UTF-8 cannot be written; the sentence shows it anyhow.
    let json = serde_json::to_string(&error)
        .or_else(|_| serde_json::to_string(&CodedError { path: None, ..error }))
        .unwrap_or_else(|_| message.to_owned());
    napi::Error::from_reason(json)
}

/// Maps an error of the experts crate.
pub fn experts_error(error: &ExpertsError) -> napi::Error {
    coded_error(error.code(), &error.to_string(), error.path())
}

/// Maps an error of the launch crate.
pub fn launch_error(error: &LaunchError) -> napi::Error {
    coded_error(error.code(), &error.to_string(), None)
}
