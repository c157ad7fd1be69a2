// SPDX-License-Identifier: Apache-2.0
//! `vLLM`'s `expert_load_window` with `physical_to_logical_map`, whatever file they came in: tokens of slots, which are added
//! up to the experts that sit in them.

use super::rows::MOST_EXPERTS;
use crate::balance::BalanceLog;
use crate::error::{Warning, WarningCode};
use crate::statistics::{Combination, ExpertStatistics};

/// Both tensors, row by row.
pub struct LoadWindow {
    /// Steps, layers and slots.
    pub shape: [usize; 3],
    /// Tokens, [steps, layers, slots].
    pub tokens: Vec<u64>,
    /// Layers and slots of the map.
    pub map_shape: [usize; 2],
    /// Experts, [layers, slots].
    pub logical: Vec<u64>,
}

impl LoadWindow {
    /// The tokens of experts, as `rank` counted them.
    ///
    /// # Errors
    /// What does not fit.
    pub fn statistics(self, rank: u32) -> Result<ExpertStatistics, String> {
        let [steps, layers, slots] = self.shape;
        if [layers, slots] != self.map_shape || layers == 0 || slots == 0 || steps == 0 {
            return Err("expert_load_window has other slots than the map of experts".to_owned());
        }
        let highest = self.logical.iter().max().copied().unwrap_or(0);
        let experts = usize::try_from(highest).ok().filter(|highest| *highest < MOST_EXPERTS as usize);
        let experts = 1 + experts.ok_or("the map of experts names one that cannot be")?;
        // Slots are at least as many as experts; a map that says otherwise would make the table enormous.
        if experts > slots {
            return Err(format!("{slots} slots cannot hold {experts} experts"));
        }
        let mut counts = vec![0; steps * layers * experts];
        for (at, tokens) in self.tokens.iter().enumerate() {
            let (row, slot) = (at / slots, at % slots);
            let expert = usize::try_from(self.logical[row % layers * slots + slot]).unwrap_or(0);
            counts[row * experts + expert] += tokens;
        }
        ring_statistics("the engine", rank, [steps, layers, experts], counts)
    }
}

/// Statistics of counts that lie densely, [steps, layers, experts], as the ring of `keeper` held them.
///
/// # Errors
/// When there are more steps or layers than can be numbered.
pub fn ring_statistics(
    keeper: &str,
    rank: u32,
    [steps, layers, experts]: [usize; 3],
    counts: Vec<u64>,
) -> Result<ExpertStatistics, String> {
    Ok(ExpertStatistics {
        experts,
        top_k: None,
        iterations: numbers(steps)?,
        layers: numbers(layers)?,
        ranks: vec![rank],
        combination: Combination::Single,
        warnings: vec![ring_warning(keeper)],
        counts,
        balance: BalanceLog::default(),
    })
}

/// Steps of a ring have lost their order.
fn ring_warning(keeper: &str) -> Warning {
    let message = format!(
        "Steps are numbered from 0: {keeper} keeps the newest in a ring, which loses their order once it is full."
    );
    Warning { code: WarningCode::StepsUnordered, message, count: 1 }
}

fn numbers(count: usize) -> Result<Vec<u32>, String> {
    let count = u32::try_from(count).map_err(|_| "it holds more than can be counted".to_owned())?;
    Ok((0..count).collect())
}
