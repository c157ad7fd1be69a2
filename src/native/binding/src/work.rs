// SPDX-License-Identifier: Apache-2.0
//! Work off the calling thread, as a promise. A mistake in it fails that promise alone.

use napi::bindgen_prelude::{AsyncTask, ToNapiValue, TypeName};
use napi::{Env, Result, Task};

use crate::guard::guarded;

type Question<T> = Box<dyn FnOnce() -> Result<T> + Send>;

/// Work that is done once.
pub struct Work<T>(Option<Question<T>>);

/// A promise of what the work gives.
pub fn promised<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> AsyncTask<Work<T>>
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
        guarded(work)
    }

    fn resolve(&mut self, _env: Env, output: T) -> Result<T> {
        Ok(output)
    }
}
