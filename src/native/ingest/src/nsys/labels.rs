// SPDX-License-Identifier: Apache-2.0
//! What a record is called, before strings are looked up: most records share a few thousand names.

/// A name to be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Label {
    /// The string with this number.
    String(i64),
    /// A text of its own.
    Text(Box<str>),
    /// A copy by its direction and the kinds of memory at both ends.
    Copy { kind: i64, from: i64, to: i64 },
    /// A set by its kind of memory.
    Set(i64),
    /// A wait by its type.
    Wait(i64),
    /// A graph by its number.
    Graph(i64),
    /// Running on this core.
    Core(i64),
    /// Nothing says.
    Unnamed,
}
