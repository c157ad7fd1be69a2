// SPDX-License-Identifier: Apache-2.0
//! The environment variables that the engine honours, read once when it is built, as TensorRT-LLM does.

use std::path::PathBuf;

use crate::error::EngineError;
use crate::log::Threshold;
use crate::options::Era;
use crate::profile_window::{ProfileSpans, parse_spans, python_int};

/// Which ranks print iteration lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogRanks {
    /// Every rank.
    All,
    /// The ranks of this list.
    Only(Vec<i64>),
}

impl LogRanks {
    /// Whether `rank` prints.
    #[must_use]
    pub fn includes(&self, rank: usize) -> bool {
        match self {
            Self::All => true,
            Self::Only(ranks) => ranks.iter().any(|&listed| usize::try_from(listed) == Ok(rank)),
        }
    }
}

/// Iterations whose expert loads are counted: `start` included, `stop` excluded and the one that writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatisticRange {
    /// First iteration counted.
    pub start: u64,
    /// First iteration not counted.
    pub stop: u64,
}

/// Ranges that are recorded on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeFlags {
    /// `TLLM_NVTX_DEBUG` or `TLLM_LLMAPI_ENABLE_NVTX` is exactly `1`.
    pub debug: bool,
    /// `TLLM_PROFILE_RECORD_GC` is set to anything, even `0`.
    pub garbage_collection: bool,
}

/// The values of all variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvFlags {
    /// `TLLM_PROFILE_START_STOP`; `None` when unset or empty.
    pub spans: Option<ProfileSpans>,
    /// `TLLM_TORCH_PROFILE_TRACE`.
    pub trace: Option<PathBuf>,
    /// `TLLM_LOG_LEVEL`.
    pub log_threshold: Threshold,
    /// `TLLM_PROFILE_LOG_RANKS`.
    pub log_ranks: LogRanks,
    /// `ENABLE_PERFECT_ROUTER` is exactly `1`.
    pub perfect_router: bool,
    /// Ranges that are recorded on demand.
    pub ranges: RangeFlags,
    /// `TLLM_METRICS_ALL_RANKS` is exactly `1`; without effect in era e1.
    pub metrics_all_ranks: bool,
    /// `EXPERT_STATISTIC_ITER_RANGE`.
    pub statistic_range: Option<StatisticRange>,
    /// `EXPERT_STATISTIC_PATH`.
    pub statistic_path: PathBuf,
}

impl EnvFlags {
    /// Reads the variables that `era` knows through `lookup`.
    ///
    /// # Errors
    /// [`EngineError::BadSpan`] or [`EngineError::BadVariable`] for text that cannot be parsed.
    pub fn read(era: Era, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, EngineError> {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let is_one = |name: &str| lookup(name).as_deref() == Some("1");
        let is_late = era != Era::E1;
        Ok(Self {
            spans: set("TLLM_PROFILE_START_STOP")
                .map(|text| parse_spans("TLLM_PROFILE_START_STOP", &text))
                .transpose()?,
            trace: set("TLLM_TORCH_PROFILE_TRACE").map(PathBuf::from),
            log_threshold: set("TLLM_LOG_LEVEL")
                .map_or_else(Threshold::default, |name| Threshold::named(&name)),
            log_ranks: set("TLLM_PROFILE_LOG_RANKS")
                .filter(|_| is_late)
                .map_or_else(|| Ok(LogRanks::Only(vec![0])), |text| parse_log_ranks(&text))?,
            perfect_router: is_one("ENABLE_PERFECT_ROUTER"),
            ranges: RangeFlags {
                debug: is_one("TLLM_NVTX_DEBUG") || is_one("TLLM_LLMAPI_ENABLE_NVTX"),
                garbage_collection: set("TLLM_PROFILE_RECORD_GC").is_some(),
            },
            metrics_all_ranks: is_late && is_one("TLLM_METRICS_ALL_RANKS"),
            statistic_range: set("EXPERT_STATISTIC_ITER_RANGE")
                .map(|text| parse_statistic_range(&text))
                .transpose()?,
            statistic_path: set("EXPERT_STATISTIC_PATH")
                .map_or_else(|| PathBuf::from("expert_statistic"), PathBuf::from),
        })
    }
}

fn parse_log_ranks(text: &str) -> Result<LogRanks, EngineError> {
    if text.trim().eq_ignore_ascii_case("all") {
        return Ok(LogRanks::All);
    }
    // A negative number is a number, and no rank's.
    let ranks: Result<Vec<i64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    ranks.map(LogRanks::Only).map_err(|_| EngineError::BadVariable {
        variable: "TLLM_PROFILE_LOG_RANKS",
        text: text.to_owned(),
        remedy: "Write all, or rank numbers separated by commas",
    })
}

fn parse_statistic_range(text: &str) -> Result<StatisticRange, EngineError> {
    let bad = || EngineError::BadVariable {
        variable: "EXPERT_STATISTIC_ITER_RANGE",
        text: text.to_owned(),
        remedy: "Write exactly one range START-STOP; iteration STOP is not counted, it writes the files",
    };
    let (start, stop) = text.split_once('-').ok_or_else(bad)?;
    // As in TensorRT-LLM, a range that holds nothing is no error: its files say that nothing was recorded.
    match (python_int(start), python_int(stop)) {
        (Some(start), Some(stop)) => Ok(StatisticRange { start, stop }),
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<EnvFlags, EngineError> {
        read_in(Era::E2, pairs)
    }

    fn read_in(era: Era, pairs: &[(&str, &str)]) -> Result<EnvFlags, EngineError> {
        EnvFlags::read(era, |name| {
            pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn unset_and_empty_mean_off() {
        let expected = read(&[]).unwrap();
        assert_eq!(expected.statistic_path, PathBuf::from("expert_statistic"));
        assert_eq!(expected.log_ranks, LogRanks::Only(vec![0]));
        assert!(!expected.perfect_router && expected.spans.is_none() && expected.statistic_range.is_none());
        let empty = read(&[("TLLM_PROFILE_START_STOP", ""), ("EXPERT_STATISTIC_ITER_RANGE", "")]).unwrap();
        assert_eq!(empty, expected);
    }

    #[test]
    fn perfect_router_needs_exactly_one() {
        for (value, on) in [("1", true), ("true", false), ("0", false), (" 1", false)] {
            assert_eq!(read(&[("ENABLE_PERFECT_ROUTER", value)]).unwrap().perfect_router, on, "{value}");
        }
    }

    #[test]
    fn log_ranks_are_all_or_a_list() {
        assert_eq!(read(&[("TLLM_PROFILE_LOG_RANKS", "ALL")]).unwrap().log_ranks, LogRanks::All);
        let list = read(&[("TLLM_PROFILE_LOG_RANKS", "0, 2")]).unwrap().log_ranks;
        assert!(list.includes(2) && !list.includes(1));
        let none = read(&[("TLLM_PROFILE_LOG_RANKS", "-1")]).unwrap().log_ranks;
        assert!(!none.includes(0) && !none.includes(1));
        let bad = [("TLLM_PROFILE_LOG_RANKS", "a")];
        assert!(read(&bad).is_err());
        assert_eq!(read_in(Era::E1, &bad).unwrap().log_ranks, LogRanks::Only(vec![0]), "unknown in era e1");
    }

    #[test]
    fn switches_need_one_and_the_collector_anything() {
        let flags = |name, value| read(&[(name, value)]).unwrap();
        assert!(
            flags("TLLM_NVTX_DEBUG", "1").ranges.debug && flags("TLLM_LLMAPI_ENABLE_NVTX", "1").ranges.debug
        );
        assert!(!flags("TLLM_NVTX_DEBUG", "true").ranges.debug);
        assert!(
            flags("TLLM_PROFILE_RECORD_GC", "0").ranges.garbage_collection
                && !flags("TLLM_PROFILE_RECORD_GC", "").ranges.garbage_collection
        );
        let all = [("TLLM_METRICS_ALL_RANKS", "1")];
        assert!(read(&all).unwrap().metrics_all_ranks && !read_in(Era::E1, &all).unwrap().metrics_all_ranks);
    }

    #[test]
    fn statistic_range_is_one_span() {
        let range = |text| read(&[("EXPERT_STATISTIC_ITER_RANGE", text)]).map(|flags| flags.statistic_range);
        assert_eq!(range("3-9").unwrap(), Some(StatisticRange { start: 3, stop: 9 }));
        assert_eq!(range("9-3").unwrap(), Some(StatisticRange { start: 9, stop: 3 }));
        for text in ["3", "3-9,11-12", "a-b", "-1-4", "1-2-3"] {
            assert!(range(text).is_err(), "{text}");
        }
    }
}
