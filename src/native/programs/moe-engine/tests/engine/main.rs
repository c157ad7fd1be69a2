// SPDX-License-Identifier: Apache-2.0
//! Whole runs of a tiny model inside the test process.

// Helpers outside of test functions are test code, too; the sizes here are exact in any number type.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)]

mod balancer;
mod flags;
mod model;
mod outputs;
mod support;
mod trace;
