// SPDX-License-Identifier: Apache-2.0
//! Stateless seeded randomness: every random value is a function of the seed and of what it is for,
//! so that no value depends on the order of calls, the number of ranks or the time.

/// Mixes `value` so that close inputs give unrelated outputs (the finaliser of `SplitMix64`).
#[must_use]
pub const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A 64-bit random value for a list of keys.
#[must_use]
pub fn hash(keys: &[u64]) -> u64 {
    keys.iter().fold(0x1735_c09e, |state, &key| mix(state ^ mix(key)))
}

/// A uniform value in [0, 1) for a list of keys.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn unit(keys: &[u64]) -> f64 {
    (hash(keys) >> 11) as f64 / (1u64 << 53) as f64
}

/// `len` uniform values with mean 0 and the standard deviation `deviation`.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn uniform_vec(stream: u64, len: usize, deviation: f32) -> Vec<f32> {
    let half_width = deviation * 3f32.sqrt();
    let scale = half_width / (1u32 << 23) as f32;
    let start = mix(stream);
    (0..len as u64)
        .map(|index| {
            let bits = (mix(start.wrapping_add(index)) >> 40) as f32;
            bits.mul_add(scale, -half_width)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::cast_precision_loss)]
    fn uniform_vec_has_the_asked_mean_and_deviation() {
        let values = uniform_vec(7, 100_000, 0.5);
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / values.len() as f32;
        assert!(mean.abs() < 0.01, "mean {mean}");
        assert!((variance.sqrt() - 0.5).abs() < 0.01, "deviation {}", variance.sqrt());
    }

    #[test]
    fn order_and_number_of_keys_matter() {
        assert_ne!(hash(&[1, 2]), hash(&[2, 1]));
        assert_ne!(hash(&[1]), hash(&[1, 0]));
    }
}
