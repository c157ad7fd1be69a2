// SPDX-License-Identifier: Apache-2.0
//! Panics as values.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does the work; a panic comes back as its words. Only for work that leaves nothing half done that others see.
///
/// # Errors
/// The words of the panic.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(ToString::to_string);
        text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_comes_back_as_its_words() {
        let nothing: [u8; 0] = [];
        let at = std::hint::black_box(3);
        assert!(caught(|| nothing[at]).expect_err("a panic").contains("out of bounds"));
        assert_eq!(caught(|| panic!("plain")), Err::<(), _>("plain".to_owned()));
        assert_eq!(caught(|| 1), Ok(1));
    }
}
