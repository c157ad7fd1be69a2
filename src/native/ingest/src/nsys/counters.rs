// SPDX-License-Identifier: Apache-2.0
//! Hardware counters of devices: one row of values for each device and metric.

use iterscope_model::{CounterInfo, Sample};
use rustc_hash::FxHashMap;

use super::batch::MetricSample;

/// Counters in the order of devices and metrics, and their samples sorted by counter and time.
pub fn counters(
    mut found: Vec<MetricSample>,
    names: &FxHashMap<i64, String>,
) -> (Vec<CounterInfo>, Vec<Sample>) {
    found.sort_by_key(|sample| (sample.device, sample.metric, sample.at_ns));
    let mut counters = Vec::new();
    let mut samples = Vec::with_capacity(found.len());
    let of_one = |a: &MetricSample, b: &MetricSample| (a.device, a.metric) == (b.device, b.metric);
    for (id, values) in (0_u32..).zip(found.chunk_by(of_one)) {
        counters.push(counter(id, values, names));
        samples.extend(values.iter().map(|sample| Sample {
            time_ns: sample.at_ns,
            value: sample.value,
            counter: id,
        }));
    }
    (counters, samples)
}

fn counter(id: u32, values: &[MetricSample], names: &FxHashMap<i64, String>) -> CounterInfo {
    let MetricSample { device, metric, .. } = values[0];
    let (name, unit) = names
        .get(&metric)
        .map_or_else(|| (format!("metric {metric}"), String::new()), |name| name_and_unit(name));
    let extreme =
        |pick: fn(f64, f64) -> f64| values.iter().map(|sample| sample.value).fold(values[0].value, pick);
    CounterInfo {
        id,
        pid: String::new(),
        process_name: String::new(),
        name,
        unit,
        device_id: Some(device),
        sample_count: u32::try_from(values.len()).unwrap_or(u32::MAX),
        min: extreme(f64::min),
        max: extreme(f64::max),
    }
}

/// `SM Active [Throughput %]` is the metric *SM Active* in per cent.
fn name_and_unit(text: &str) -> (String, String) {
    let parts = text.strip_suffix(']').and_then(|text| text.rsplit_once('['));
    match parts {
        Some((name, unit)) if unit.contains('%') => (name.trim().to_owned(), "%".to_owned()),
        Some((name, unit)) => (name.trim().to_owned(), unit.trim().to_owned()),
        None => (text.trim().to_owned(), String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_told_apart_by_device_and_metric() {
        let sample = |device, metric, at_ns, value| MetricSample { device, metric, at_ns, value };
        let names = [(1, "SM Active [Throughput %]".to_owned()), (2, "Clock [MHz]".to_owned())];
        let (counters, samples) = counters(
            vec![
                sample(1, 1, 20, 5.0),
                sample(0, 2, 10, 1980.0),
                sample(1, 1, 10, 9.0),
                sample(1, 3, 10, 1.0),
            ],
            &names.into_iter().collect(),
        );
        let shown: Vec<(u32, &str, &str, f64)> = counters
            .iter()
            .map(|counter| (counter.device_id.unwrap(), &*counter.name, &*counter.unit, counter.max))
            .collect();
        assert_eq!(
            shown,
            [(0, "Clock", "MHz", 1980.0), (1, "SM Active", "%", 9.0), (1, "metric 3", "", 1.0)]
        );
        assert_eq!(samples.iter().map(|sample| sample.time_ns).collect::<Vec<i64>>(), [10, 10, 20, 10]);
    }
}
