// SPDX-License-Identifier: Apache-2.0
//! What can be wrong with a folder of expert statistics: errors end the reading, warnings come with its result.

use std::path::{Path, PathBuf};

/// The statistics cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExpertsError {
    /// No such folder.
    #[error("The folder {dir} of expert statistics cannot be opened ({source}). Check the path.")]
    NotFound {
        /// The folder.
        dir: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No file of a rank in it.
    #[error(
        "The folder {dir} holds no rank*.safetensors. They are written only when the iteration that ends the window \
         runs: check that the run was long enough."
    )]
    NoStatistics {
        /// The folder.
        dir: PathBuf,
    },
    /// A log without lines about balance.
    #[error(
        "The log {path} holds no line of vLLM about its balance (EPLB step: … balancedness=…). Start the server with \
         log_balancedness switched on in its EPLB configuration."
    )]
    NoBalanceLines {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("The file {path} cannot be read ({source}). Check its permissions.")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not a whole safetensors file.
    #[error("The file {path} is damaged or incomplete ({reason}). Copy it again or repeat the run.")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// A tensor is not a vector of counts over the experts.
    #[error(
        "The tensor {tensor} of {path} does not hold expert counts: {reason}. Record the statistics again."
    )]
    BadTensor {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// What does not fit.
        reason: String,
    },
    /// Layers and iterations hardly meet, so a table of them would be mostly empty and huge.
    #[error(
        "The {pairs} vectors of {dir} belong to {iterations} iterations and {layers} layers that hardly meet."
    )]
    TooSparse {
        /// The folder.
        dir: PathBuf,
        /// Vectors found.
        pairs: usize,
        /// Iterations named.
        iterations: usize,
        /// Layers named.
        layers: usize,
    },
    /// A `moe_load_balancer` file that is not one, or that does not fit.
    #[error("The placement file {path} cannot be used. {reason}")]
    BadBalancer {
        /// The file.
        path: PathBuf,
        /// Sentences: what is wrong, what to do.
        reason: String,
    },
    /// A plan was asked for that cannot be made.
    #[error("{reason}")]
    BadPlan {
        /// A sentence: what does not fit, what to do.
        reason: String,
    },
    /// A layer was asked for that was not recorded.
    #[error("The statistics hold no layer {layer}. Choose one of the recorded layers.")]
    NoSuchLayer {
        /// The layer asked for.
        layer: u32,
    },
    /// Whoever asked does not want the answer any more.
    #[error("Cancelled.")]
    Cancelled,
}

impl ExpertsError {
    /// The code of this error, from a closed set.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "experts.not-found",
            Self::NoStatistics { .. } | Self::NoBalanceLines { .. } => "experts.no-statistics",
            Self::Unreadable { .. } => "experts.unreadable",
            Self::Damaged { .. } => "experts.damaged",
            Self::BadTensor { .. } => "experts.bad-tensor",
            Self::TooSparse { .. } => "experts.too-sparse",
            Self::BadBalancer { .. } => "experts.bad-balancer",
            Self::BadPlan { .. } => "experts.bad-plan",
            Self::NoSuchLayer { .. } => "experts.no-such-layer",
            Self::Cancelled => "request.cancelled",
        }
    }

    /// The file or folder that it is about.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::NotFound { dir, .. } | Self::NoStatistics { dir } | Self::TooSparse { dir, .. } => {
                Some(dir)
            }
            Self::Unreadable { path, .. }
            | Self::NoBalanceLines { path }
            | Self::Damaged { path, .. }
            | Self::BadTensor { path, .. }
            | Self::BadBalancer { path, .. } => Some(path),
            Self::BadPlan { .. } | Self::NoSuchLayer { .. } | Self::Cancelled => None,
        }
    }
}

/// Kinds of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarningCode {
    /// `meta_info.json` is missing, cannot be parsed, or is `null`.
    MetaMissing,
    /// `meta_info.json` names another number of experts than the vectors have.
    MetaDisagrees,
    /// A rank between others has no file.
    RankMissing,
    /// Ranks recorded different iterations or layers.
    RanksDiffer,
    /// Iteration numbers have gaps.
    IterationsGap,
    /// Some iterations lack some layers.
    LayersDiffer,
    /// Tensors whose name is not `<iteration>_<layer>`.
    UnknownTensor,
    /// Steps whose order in time is not known.
    StepsUnordered,
}

impl WarningCode {
    /// The code as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MetaMissing => "experts.meta-missing",
            Self::MetaDisagrees => "experts.meta-disagrees",
            Self::RankMissing => "experts.rank-missing",
            Self::RanksDiffer => "experts.ranks-differ",
            Self::IterationsGap => "experts.iterations-gap",
            Self::LayersDiffer => "experts.layers-differ",
            Self::UnknownTensor => "experts.unknown-tensor",
            Self::StepsUnordered => "experts.steps-unordered",
        }
    }
}

/// Something that the user should know about statistics that were read all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Kind.
    pub code: WarningCode,
    /// A sentence.
    pub message: String,
    /// How often.
    pub count: usize,
}
