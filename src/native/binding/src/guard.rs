// SPDX-License-Identifier: Apache-2.0
//! Work that may be wrong: a panic that crossed into C would end the process with everything that is open in it.

use iterscope_model::caught;
use napi::Result;

use crate::error::coded_error;

/// Does the work; a panic is the error `internal` of this one question. What the work shares is only read, so that nothing
/// is left half done.
pub fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    caught(work).unwrap_or_else(|words| {
        let message = format!(
            "Iterscope met a mistake of its own here ({words}). Nothing else is affected; please report it."
        );
        Err(coded_error("internal", &message, None))
    })
}
