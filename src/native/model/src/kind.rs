// SPDX-License-Identifier: Apache-2.0
//! Kinds of work. The number is what stores and windows carry; it is never reused for another meaning.

/// What a slice does, decided once when a trace is read (see [`crate::rules`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// Nothing is known about it.
    Other = 0,
    /// Dense matrix product.
    Gemm = 1,
    /// Attention of any form.
    Attention = 2,
    /// Expert computation and routing.
    Moe = 3,
    /// Layer and RMS norms.
    Norm = 4,
    /// Element by element work, copies between tensors and casts included.
    Elementwise = 5,
    /// Reductions and softmax.
    Reduction = 6,
    /// Index, sort, scan, scatter, gather, top-k.
    Indexing = 7,
    /// Choosing the next token.
    Sampling = 8,
    /// A kernel that no rule knows.
    OtherCompute = 9,
    /// Collectives, all-to-all, and waiting for other ranks.
    Communication = 10,
    /// Memory copies.
    MemoryCopy = 11,
    /// Memory sets.
    MemorySet = 12,
    /// Host calls that wait for a device.
    Synchronization = 13,
    /// Host calls into a GPU runtime or driver.
    RuntimeApi = 14,
    /// Host calls that launch a graph.
    GraphLaunch = 15,
    /// Framework operators on the host.
    Operator = 16,
    /// Ranges that the program named.
    Annotation = 17,
    /// The marker of one engine iteration.
    StepMarker = 18,
    /// Python garbage collection.
    GarbageCollection = 19,
    /// Holding or waiting for Python's global lock.
    Gil = 20,
    /// Python functions.
    Python = 21,
    /// The profiler's own work.
    Overhead = 22,
}

/// The four parts of a composition; the order is the priority, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KindClass {
    /// Ranges and calls that are no work of the device or operator.
    None,
    /// Copies and sets.
    Memory,
    /// Communication and waiting for other ranks.
    Communication,
    /// Everything that computes.
    Compute,
}

const ALL: [Kind; 23] = [
    Kind::Other,
    Kind::Gemm,
    Kind::Attention,
    Kind::Moe,
    Kind::Norm,
    Kind::Elementwise,
    Kind::Reduction,
    Kind::Indexing,
    Kind::Sampling,
    Kind::OtherCompute,
    Kind::Communication,
    Kind::MemoryCopy,
    Kind::MemorySet,
    Kind::Synchronization,
    Kind::RuntimeApi,
    Kind::GraphLaunch,
    Kind::Operator,
    Kind::Annotation,
    Kind::StepMarker,
    Kind::GarbageCollection,
    Kind::Gil,
    Kind::Python,
    Kind::Overhead,
];

impl Kind {
    /// Every kind, at the index that is its number.
    #[must_use]
    pub const fn all() -> &'static [Kind] {
        &ALL
    }

    /// The kind with this number; unknown numbers are [`Kind::Other`].
    #[must_use]
    pub fn from_number(number: u8) -> Self {
        ALL.get(usize::from(number)).copied().unwrap_or(Self::Other)
    }

    /// The number that stores and windows carry.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The name that users read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Gemm => "GEMM",
            Self::Attention => "attention",
            Self::Moe => "MoE",
            Self::Norm => "norm",
            Self::Elementwise => "elementwise",
            Self::Reduction => "reduction",
            Self::Indexing => "indexing",
            Self::Sampling => "sampling",
            Self::OtherCompute => "other compute",
            Self::Communication => "communication",
            Self::MemoryCopy => "memory copy",
            Self::MemorySet => "memory set",
            Self::Synchronization => "synchronization",
            Self::RuntimeApi => "runtime API",
            Self::GraphLaunch => "graph launch",
            Self::Operator => "operator",
            Self::Annotation => "annotation",
            Self::StepMarker => "step marker",
            Self::GarbageCollection => "garbage collection",
            Self::Gil => "GIL",
            Self::Python => "Python",
            Self::Overhead => "profiler overhead",
        }
    }

    /// The part of a composition that this kind counts into.
    #[must_use]
    pub const fn class(self) -> KindClass {
        match self {
            Self::Gemm
            | Self::Attention
            | Self::Moe
            | Self::Norm
            | Self::Elementwise
            | Self::Reduction
            | Self::Indexing
            | Self::Sampling
            | Self::OtherCompute
            | Self::Operator => KindClass::Compute,
            Self::Communication => KindClass::Communication,
            Self::MemoryCopy | Self::MemorySet => KindClass::Memory,
            _ => KindClass::None,
        }
    }
}

impl KindClass {
    /// The name that users read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Memory => "memory",
            Self::Communication => "communication",
            Self::Compute => "compute",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_stands_at_the_index_that_is_its_number() {
        for (index, kind) in Kind::all().iter().enumerate() {
            assert_eq!(usize::from(kind.number()), index);
            assert_eq!(Kind::from_number(kind.number()), *kind);
        }
        assert_eq!(Kind::from_number(250), Kind::Other);
    }

    #[test]
    fn compute_outranks_communication_outranks_memory() {
        assert!(Kind::Gemm.class() > Kind::Communication.class());
        assert!(Kind::Communication.class() > Kind::MemoryCopy.class());
        assert!(Kind::MemoryCopy.class() > Kind::StepMarker.class());
    }
}
