// SPDX-License-Identifier: Apache-2.0
//! A real, small mixture-of-experts transformer that runs on the CPU and honours TensorRT-LLM's
//! profiling flags, so that a profiled run can be made on any machine.
//!
//! One process holds all expert-parallel ranks, each a thread pinned to a core. Attention is data
//! parallel (every rank has its own requests), experts are split in contiguous blocks, and ranks
//! meet at an all-to-all before and after the experts of every layer: whoever has more tokens makes
//! the others wait, as it does between GPUs.
//!
//! [`engine::run`] is the entry; [`options::Options`] and [`env_flags::EnvFlags`] are its inputs.

pub mod affinity;
pub mod attention;
pub mod board;
pub mod clock;
pub mod engine;
pub mod env_flags;
pub mod error;
pub mod exchange;
pub mod expert_statistic;
pub mod experts;
pub mod forward;
pub mod iter_log;
pub mod iteration_stats;
pub mod linalg;
pub mod llm_options;
pub mod log;
pub mod model;
pub mod options;
pub mod perfect_router;
pub mod placement;
pub mod profile_window;
pub mod profiler;
pub mod python_repr;
pub mod rank_loop;
pub mod recorder;
pub mod report;
pub mod report_json;
pub mod request_json;
pub mod rng;
pub mod router;
pub mod scheduler;
pub mod step;
pub mod sync;
pub mod trace_file;
pub mod trace_links;
