// SPDX-License-Identifier: Apache-2.0
//! A request on its way, when it is done, and when it was where.

/// A request on its way.
#[derive(Debug, Clone)]
pub struct Request {
    /// Number among all requests.
    pub id: usize,
    /// Cache slot, once admitted.
    pub slot: usize,
    /// Prompt tokens already in the cache.
    pub prefilled: usize,
    /// Tokens generated so far.
    pub generated: Vec<u32>,
    /// Moment of arrival, in nanoseconds since the origin.
    pub arrival_ns: u64,
    /// Moment of the first generated token.
    pub first_token_ns: u64,
}

/// A request that is done.
#[derive(Debug, Clone)]
pub struct FinishedRequest {
    /// Number among all requests.
    pub id: usize,
    /// Arrival, in nanoseconds since the origin.
    pub arrival_ns: u64,
    /// First generated token.
    pub first_token_ns: u64,
    /// Last generated token.
    pub end_ns: u64,
    /// All generated tokens.
    pub tokens: Vec<u32>,
}

/// When a request was where; moments in nanoseconds since the origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Number among all requests.
    pub id: usize,
    /// Arrival.
    pub arrival_ns: u64,
    /// First generated token, once there is one.
    pub first_token_ns: Option<u64>,
    /// Last generated token, once it is done.
    pub end_ns: Option<u64>,
}
