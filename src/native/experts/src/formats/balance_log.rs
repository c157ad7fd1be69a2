// SPDX-License-Identifier: Apache-2.0
//! Logs of `vLLM`: its lines about balance, whatever stands before and between them.
//!
//! `… EPLB step: avg_tokens=512.00, max_tokens=900, balancedness=0.5689`, in newer versions
//! `… EPLB step: 12 for model NAME: avg_tokens=…`.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::balance::{BalanceLine, BalanceLog};
use crate::error::ExpertsError;
use crate::regular;
use crate::statistics::{Combination, ExpertStatistics};

/// Longer than any such line; what is longer is looked at in parts.
const MOST_LINE_BYTES: u64 = 1 << 16;
/// A year of a log line every 30 seconds.
const MOST_LINES: usize = 1 << 20;
/// More models than one server has.
const MOST_MODELS: usize = 64;

/// Reads the lines about balance of a log.
///
/// # Errors
/// [`ExpertsError::Unreadable`]; [`ExpertsError::NoBalanceLines`] where there is none.
pub fn read_balance_log(path: &Path) -> Result<ExpertStatistics, ExpertsError> {
    let unreadable = |source| ExpertsError::Unreadable { path: path.to_owned(), source };
    let mut reader = BufReader::new(regular::open(path).map_err(unreadable)?);
    let mut log = BalanceLog::default();
    let mut bytes = Vec::new();
    while log.lines.len() < MOST_LINES {
        bytes.clear();
        let read = reader.by_ref().take(MOST_LINE_BYTES).read_until(b'\n', &mut bytes).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        if let Some((model, line)) = line_of(&String::from_utf8_lossy(&bytes)) {
            add(&mut log, model, line);
        }
    }
    if log.lines.is_empty() {
        return Err(ExpertsError::NoBalanceLines { path: path.to_owned() });
    }
    Ok(ExpertStatistics {
        experts: 0,
        top_k: None,
        iterations: Vec::new(),
        layers: Vec::new(),
        ranks: Vec::new(),
        combination: Combination::Single,
        warnings: Vec::new(),
        counts: Vec::new(),
        balance: log,
    })
}

fn add(log: &mut BalanceLog, model: &str, line: BalanceLine) {
    let known = log.models.iter().position(|name| name == model);
    let model = known.or_else(|| {
        (log.models.len() < MOST_MODELS).then(|| {
            log.models.push(model.to_owned());
            log.models.len() - 1
        })
    });
    if let Some(model) = model {
        log.lines.push(BalanceLine { model, ..line });
    }
}

/// Name of the model (empty where there is none) and figures of a line; `None` for all other lines.
fn line_of(text: &str) -> Option<(&str, BalanceLine)> {
    let (_, text) = text.split_once("EPLB")?;
    let (head, _) = text.split_once("avg_tokens=")?;
    let figure = |name: &str| {
        let (_, rest) = text.split_once(name)?;
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '.' | 'e' | '+' | '-')).unwrap_or(rest.len());
        rest[..end].parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0)
    };
    let max_tokens = figure("max_tokens=")?;
    let line = BalanceLine {
        model: 0,
        step: head.trim_start_matches(" step").trim_start_matches([':', ' ']).split(' ').next()?.parse().ok(),
        mean_tokens: figure("avg_tokens=")?,
        max_tokens,
        balancedness: figure("balancedness=").filter(|_| max_tokens > 0.0),
    };
    let model = head.split_once("for model ").map_or("", |(_, name)| name.trim().trim_end_matches(':'));
    Some((model, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_older_and_newer_versions_are_understood() {
        let old = "(EngineCore_0 pid=7) INFO 06-01 10:00:00 [eplb_state.py:360] EPLB step: avg_tokens=512.50, \
                   max_tokens=900, balancedness=0.5694";
        let (model, line) = line_of(old).unwrap();
        assert_eq!((model, line.step, line.mean_tokens, line.max_tokens), ("", None, 512.5, 900.0));
        assert_eq!(line.balancedness, Some(0.5694));
        let new = "EPLB step: 12 for model org/name: v2: avg_tokens=1.00, max_tokens=2, balancedness=0.5000, \
                   steps until the next rearrangement: 88\r\n";
        let (model, line) = line_of(new).unwrap();
        assert_eq!((model, line.step, line.balancedness), ("org/name: v2", Some(12), Some(0.5)));
    }

    #[test]
    fn a_step_without_tokens_has_no_balancedness_and_other_lines_are_none() {
        let (_, idle) = line_of("EPLB step: avg_tokens=0.00, max_tokens=0, balancedness=0.0000").unwrap();
        assert_eq!(idle.balancedness, None);
        for other in ["", "EPLB step: 3", "Rearranging experts", "EPLB avg_tokens=nan, max_tokens=1"] {
            assert!(line_of(other).is_none(), "{other}");
        }
    }
}
