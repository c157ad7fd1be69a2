// SPDX-License-Identifier: Apache-2.0
//! Dense arithmetic on row-major `f32` slices. The only module with unsafe code: the `gemm` crate
//! takes raw pointers, and [`matmul`] checks every length before it hands them over.

// Loops become code of the machine's vector unit only where they are inlined into `vectorised`.
#![allow(clippy::inline_always)]

use gemm::Parallelism;
use pulp::Arch;

/// Runs `work` compiled for the widest vector unit of this machine.
pub fn vectorised<R>(work: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(work)
}

/// `out[m, n] = lhs[m, k] · rhs[k, n]`, plus the former `out` when `accumulate`.
///
/// # Panics
/// When a slice is shorter than its shape says.
#[allow(unsafe_code)]
pub fn matmul(out: &mut [f32], lhs: &[f32], rhs: &[f32], shape: [usize; 3], accumulate: bool) {
    let [m, k, n] = shape;
    assert!(out.len() >= m * n, "output of {} values for {m} x {n}", out.len());
    assert!(lhs.len() >= m * k, "left side of {} values for {m} x {k}", lhs.len());
    assert!(rhs.len() >= k * n, "right side of {} values for {k} x {n}", rhs.len());
    if m == 0 || n == 0 {
        return;
    }
    let (row_k, row_n) = (k.cast_signed(), n.cast_signed());
    // SAFETY: the three slices are checked above to hold m*n, m*k and k*n values, the strides address
    // exactly those (row stride = columns, column stride = 1), and `out` cannot alias the shared borrows.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out.as_mut_ptr(),
            1,
            row_n,
            accumulate,
            lhs.as_ptr(),
            1,
            row_k,
            rhs.as_ptr(),
            1,
            row_n,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

/// `e^x` to about 1e-7 relative, without branches so that loops over it become vector code.
#[must_use]
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    // The two parts of ln 2: the first is exact in few bits, so that x - n*ln2 loses nothing.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    // Adding and taking away 1.5 * 2^23 rounds to the nearest integer.
    let shifted = x * LOG2_E + 12_582_912.0;
    let n = shifted - 12_582_912.0;
    let r = (x - n * LN2_HIGH) - n * LN2_LOW;
    let mut p = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = p * r + coefficient;
    }
    let exponent = (shifted.to_bits().wrapping_sub(12_582_912f32.to_bits()).wrapping_add(127)) << 23;
    p * f32::from_bits(exponent)
}

/// Softmax of `values` in place; the result sums to 1.
#[inline(always)]
pub fn softmax(values: &mut [f32]) {
    let max = values.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
    let mut sum = 0.0;
    for value in values.iter_mut() {
        *value = exp(*value - max);
        sum += *value;
    }
    let scale = 1.0 / sum;
    for value in values {
        *value *= scale;
    }
}

/// The inner product of two slices of equal length, in sixteen running sums.
#[must_use]
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0f32; 16];
    let (a_chunks, a_rest) = a.as_chunks::<16>();
    let (b_chunks, b_rest) = b.as_chunks::<16>();
    for (x, y) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..16 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    lanes.iter().sum::<f32>() + rest
}

/// `out += scale * row`.
#[inline(always)]
pub fn add_scaled(out: &mut [f32], row: &[f32], scale: f32) {
    for (o, r) in out.iter_mut().zip(row) {
        *o += scale * r;
    }
}

/// Root-mean-square normalisation of each row of `input` (rows of `weight.len()` values) into `out`.
#[allow(clippy::cast_precision_loss)]
#[inline(always)]
pub fn rms_norm(out: &mut [f32], input: &[f32], weight: &[f32]) {
    let width = weight.len();
    for (out_row, row) in out.chunks_exact_mut(width).zip(input.chunks_exact(width)) {
        let scale = 1.0 / (dot(row, row) / width as f32 + 1e-5).sqrt();
        for ((o, x), w) in out_row.iter_mut().zip(row).zip(weight) {
            *o = x * scale * w;
        }
    }
}

/// `SwiGLU` of rows `[gate | up]` of `2 * width` values into rows of `width` values.
#[inline(always)]
pub fn swiglu(out: &mut [f32], gate_up: &[f32], width: usize) {
    for (out_row, row) in out.chunks_exact_mut(width).zip(gate_up.chunks_exact(2 * width)) {
        let (gate, up) = row.split_at(width);
        for ((o, g), u) in out_row.iter_mut().zip(gate).zip(up) {
            *o = g / (1.0 + exp(-g)) * u;
        }
    }
}

#[cfg(test)]
mod tests {
    // The values are exact in binary.
    #![allow(clippy::float_cmp)]

    use super::*;

    #[test]
    fn exp_agrees_with_the_standard_library() {
        for step in -8000..8000 {
            #[allow(clippy::cast_precision_loss)]
            let x = step as f32 * 0.01;
            let relative = (exp(x) - x.exp()).abs() / x.exp();
            assert!(relative < 3e-7, "exp({x}): {relative}");
        }
    }

    #[test]
    fn matmul_multiplies_and_accumulates() {
        let mut out = [1.0; 4];
        matmul(&mut out, &[1., 2., 3., 4., 5., 6.], &[1., 2., 3., 4., 5., 6.], [2, 3, 2], true);
        assert_eq!(out, [23., 29., 50., 65.]);
        matmul(&mut out, &[1., 0., 0., 0., 1., 0.], &[1., 2., 3., 4., 5., 6.], [2, 3, 2], false);
        assert_eq!(out, [1., 2., 3., 4.]);
    }

    #[test]
    #[should_panic(expected = "right side of 3 values for 2 x 2")]
    fn matmul_refuses_short_slices() {
        matmul(&mut [0.; 4], &[0.; 4], &[0.; 3], [2, 2, 2], false);
    }

    #[test]
    fn softmax_sums_to_one() {
        let mut values = [1.0, 3.0, -50.0, 2.0];
        softmax(&mut values);
        assert!((values.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(values[1] > values[3] && values[3] > values[0] && values[2] < 1e-9);
    }
}
