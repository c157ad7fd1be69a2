// SPDX-License-Identifier: Apache-2.0
//! Questions about traces, as promises with the codes of their errors.

use iterscope_model::TraceError;
use napi::Task;
use napi::bindgen_prelude::AsyncTask;
use serde::Serialize;

pub use crate::work::Work;
use crate::work::promised;

/// A promise of what the work gives.
pub fn run<T: Send + 'static>(
    work: impl FnOnce() -> iterscope_model::Result<T> + Send + 'static,
) -> AsyncTask<Work<T>>
where
    Work<T>: Task,
{
    promised(move || work().map_err(|error| trace_error(&error)))
}

#[derive(Serialize)]
struct CodedError<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
}

fn trace_error(error: &TraceError) -> napi::Error {
    let place = error.offset.filter(|offset| *offset > 0);
    let message = place.map_or_else(
        || error.message.clone(),
        |offset| format!("{} (Noticed at byte {offset}.)", error.message),
    );
    let coded = CodedError {
        code: error.code.as_str(),
        message: &message,
        path: error.path.as_ref().map(|path| path.display().to_string()),
        offset: error.offset,
    };
    napi::Error::from_reason(serde_json::to_string(&coded).unwrap_or(message))
}
