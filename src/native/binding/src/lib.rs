// SPDX-License-Identifier: Apache-2.0
//! The native module that Node and Electron load. It converts values, moves slow work off the calling thread, and maps
//! errors; everything else is in the crates below it.

mod error;
mod expert_balance;
mod expert_plan;
mod expert_series;
mod experts;
mod guard;
mod launch;
mod telemetry;
mod trace;
mod work;

use napi_derive::napi;

/// Version of the native module; it is that of the application it was built with.
#[must_use]
#[napi]
pub fn native_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Version of the stores that this module writes and reads.
#[must_use]
#[napi]
pub fn store_version() -> u32 {
    iterscope_store::STORE_VERSION
}
