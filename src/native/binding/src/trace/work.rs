// SPDX-License-Identifier: Apache-2.0
//! Work off the calling thread, as a promise.

use iterscope_model::TraceError;
use napi::bindgen_prelude::{AsyncTask, ToNapiValue, TypeName};
use napi::{Env, Result, Task};
use serde::Serialize;

use crate::guard::guarded;

type Question<T> = Box<dyn FnOnce() -> iterscope_model::Result<T> + Send>;

/// Work that is done once.
pub struct Work<T>(Option<Question<T>>);

/// A promise of what the work gives.
pub fn run<T: Send + 'static>(
    work: impl FnOnce() -> iterscope_model::Result<T> + Send + 'static,
) -> AsyncTask<Work<T>>
where
    Work<T>: Task,
{
    AsyncTask::new(Work(Some(Box::new(work))))
}

impl<T: ToNapiValue + TypeName + Send + 'static> Task for Work<T> {
    type Output = T;
    type JsValue = T;

    fn compute(&mut self) -> Result<T> {
        let work = self.0.take().ok_or_else(|| napi::Error::from_reason("The work was done already."))?;
        guarded(|| work().map_err(|error| trace_error(&error)))
    }

    fn resolve(&mut self, _env: Env, output: T) -> Result<T> {
        Ok(output)
    }
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
    let coded = CodedError {
        code: error.code.as_str(),
        message: &error.message,
        path: error.path.as_ref().map(|path| path.display().to_string()),
        offset: error.offset,
    };
    napi::Error::from_reason(serde_json::to_string(&coded).unwrap_or_else(|_| error.message.clone()))
}
