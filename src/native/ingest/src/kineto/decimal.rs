// SPDX-License-Identifier: Apache-2.0
//! Microseconds as decimal text to integer nanoseconds, never through a float: a double loses nanoseconds
//! on times that count from the epoch.

/// Times beyond this are refused, so that sums of a few of them never overflow.
const LIMIT_NS: i128 = i64::MAX as i128 / 4;

/// Nanoseconds of a decimal number of microseconds; digits beyond nanoseconds round half up.
pub fn micros_to_ns(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let mut value: i64 = 0;
    let mut position = 0;
    while let Some(digit) = digit_at(digits, position) {
        value = value.checked_mul(10)?.checked_add(digit)?;
        position += 1;
    }
    if position == 0 {
        return None;
    }
    let mut ns = value.checked_mul(1000)?;
    if digits.get(position) == Some(&b'.') {
        position += 1;
        for scale in [100, 10, 1] {
            let Some(digit) = digit_at(digits, position) else { break };
            ns = ns.checked_add(digit * scale)?;
            position += 1;
        }
        if let Some(digit) = digit_at(digits, position) {
            ns = ns.checked_add(i64::from(digit >= 5))?;
            while digit_at(digits, position).is_some() {
                position += 1;
            }
        }
    }
    if position < digits.len() {
        return scientific(text);
    }
    let ns = if negative { -ns } else { ns };
    (i128::from(ns).abs() <= LIMIT_NS).then_some(ns)
}

fn digit_at(text: &[u8], position: usize) -> Option<i64> {
    text.get(position).filter(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'))
}

/// The same for `1.5e3`, which only hand-made files hold.
fn scientific(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let shift = exponent.checked_add(3)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let scale = 10_i128.checked_pow(shift.unsigned_abs())?;
    let ns = if shift >= 0 { digits.checked_mul(scale)? } else { (digits + scale / 2).div_euclid(scale) };
    (ns.abs() <= LIMIT_NS).then(|| i64::try_from(ns).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_exact_nanoseconds() {
        let cases: [(&str, Option<i64>); 13] = [
            ("4634142244944.723", Some(4_634_142_244_944_723)),
            ("1790857026000123.5", Some(1_790_857_026_000_123_500)),
            ("0", Some(0)),
            ("7", Some(7000)),
            ("0.001", Some(1)),
            ("-1.25", Some(-1250)),
            ("1.0004", Some(1000)),
            ("1.0005", Some(1001)),
            ("1.5e3", Some(1_500_000)),
            ("12e-1", Some(1200)),
            ("9223372036854775807", None),
            ("abc", None),
            ("", None),
        ];
        for (text, ns) in cases {
            assert_eq!(micros_to_ns(text.as_bytes()), ns, "{text}");
        }
    }
}
