// SPDX-License-Identifier: Apache-2.0
//! A safetensors file of `vLLM`'s expert load: `expert_load_window` and `physical_to_logical_map`.

use std::io::Read;
use std::path::Path;

use safetensors::{Dtype, SafeTensors};

use super::load_window::LoadWindow;
use crate::error::ExpertsError;
use crate::regular;
use crate::statistics::ExpertStatistics;

/// 1,000 steps of 64 layers with 4,096 slots.
const MOST_BYTES: u64 = 1 << 30;

/// Reads the file.
///
/// # Errors
/// [`ExpertsError::Unreadable`]; [`ExpertsError::Damaged`] with what is not such a window.
pub fn read_load_tensors(path: &Path) -> Result<ExpertStatistics, ExpertsError> {
    let unreadable = |source| ExpertsError::Unreadable { path: path.to_owned(), source };
    let damaged = |reason: String| ExpertsError::Damaged { path: path.to_owned(), reason };
    let mut bytes = Vec::new();
    let file = regular::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() > MOST_BYTES {
        return Err(damaged("it is larger than any such window".to_owned()));
    }
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| damaged(error.to_string()))?;
    window_of(&tensors).and_then(|window| window.statistics(0)).map_err(damaged)
}

fn window_of(tensors: &SafeTensors<'_>) -> Result<LoadWindow, String> {
    let (shape, tokens) = numbers(tensors, "expert_load_window")?;
    let (map_shape, logical) = numbers(tensors, "physical_to_logical_map")?;
    match (shape.as_slice(), map_shape.as_slice()) {
        (&[steps, layers, slots], &[map_layers, map_slots]) => Ok(LoadWindow {
            shape: [steps, layers, slots],
            tokens,
            map_shape: [map_layers, map_slots],
            logical,
        }),
        _ => Err("expert_load_window is not [steps, layers, slots]".to_owned()),
    }
}

/// Shape and numbers of a tensor of counts.
fn numbers(tensors: &SafeTensors<'_>, name: &str) -> Result<(Vec<usize>, Vec<u64>), String> {
    let tensor = tensors.tensor(name).map_err(|_| format!("it holds no {name}"))?;
    let wide = |bytes: &[u8]| <[u8; 8]>::try_from(bytes).map(i64::from_le_bytes).ok();
    let narrow =
        |bytes: &[u8]| <[u8; 4]>::try_from(bytes).map(|bytes| i64::from(i32::from_le_bytes(bytes))).ok();
    let values: Option<Vec<i64>> = match tensor.dtype() {
        Dtype::I64 => tensor.data().chunks_exact(8).map(wide).collect(),
        Dtype::I32 => tensor.data().chunks_exact(4).map(narrow).collect(),
        other => return Err(format!("{name} holds {other}, not whole numbers")),
    };
    let counts = values.unwrap_or_default().into_iter().map(|value| {
        u64::try_from(value).ok().filter(|value| *value <= 1 << 40).ok_or(format!("{name} holds {value}"))
    });
    Ok((tensor.shape().to_vec(), counts.collect::<Result<_, _>>()?))
}
