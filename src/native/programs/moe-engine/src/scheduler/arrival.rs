// SPDX-License-Identifier: Apache-2.0
//! When requests arrive: at once, evenly, or as a seeded Poisson process.

use std::fmt;
use std::str::FromStr;

use crate::rng::unit;

/// When requests arrive, counted in iterations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arrival {
    /// All before the first iteration.
    All,
    /// A fixed number per iteration.
    PerIteration(f64),
    /// A seeded Poisson process with this mean per iteration.
    Poisson(f64),
}

impl FromStr for Arrival {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rate = |text: &str| {
            let rate = text.parse::<f64>().ok().filter(|rate| rate.is_finite() && *rate >= 1e-3);
            rate.ok_or_else(|| {
                format!("'{text}' is not a rate of 0.001 or more requests per iteration; write all, 4 or poisson:4")
            })
        };
        match text.strip_prefix("poisson:") {
            Some(mean) => rate(mean).map(Self::Poisson),
            None if text == "all" => Ok(Self::All),
            None => rate(text).map(Self::PerIteration),
        }
    }
}

impl fmt::Display for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::PerIteration(rate) => write!(f, "{rate}"),
            Self::Poisson(mean) => write!(f, "poisson:{mean}"),
        }
    }
}

impl Arrival {
    /// The iteration in which each request arrives, in order.
    #[must_use]
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn iterations(self, requests: usize, seed: u64) -> Vec<u64> {
        let mut moment = 0.0;
        let arrival = |index: usize| match self {
            Self::All => 0,
            Self::PerIteration(rate) => (index as f64 / rate) as u64,
            Self::Poisson(mean) => {
                moment -= (1.0 - unit(&[seed, 200, index as u64])).ln() / mean;
                moment as u64
            }
        };
        (0..requests).map(arrival).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_follow_their_process() {
        assert_eq!(Arrival::PerIteration(2.0).iterations(5, 1), [0, 0, 1, 1, 2]);
        assert_eq!(Arrival::All.iterations(3, 1), [0, 0, 0]);
        let poisson = Arrival::Poisson(4.0).iterations(4000, 7);
        assert!(poisson.is_sorted());
        assert!((900..1100).contains(poisson.last().unwrap()), "mean of 4 per iteration");
        for text in ["0", "x", "poisson:", "poisson:-1", "nan", "inf"] {
            assert!(text.parse::<Arrival>().unwrap_err().contains("write all, 4 or poisson:4"));
        }
        assert_eq!("poisson:2.5".parse::<Arrival>().unwrap().to_string(), "poisson:2.5");
    }
}
