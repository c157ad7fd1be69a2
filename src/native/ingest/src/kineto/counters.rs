// SPDX-License-Identifier: Apache-2.0
//! Counter events: one sample per series in their arguments.

use iterscope_model::WarningCode;

use super::chunk::ParsedChunk;
use super::decimal::micros_to_ns;
use super::event::EventText;
use super::tables::Tables;

/// One value of a counter, whose number points into the tables of its worker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawSample {
    pub time_ns: i64,
    pub value: f64,
    pub counter: u32,
}

/// Series of this name are called as their counter is.
const PLAIN_SERIES: [&str; 2] = ["value", "v"];

/// Adds a sample for each series of a counter event; none when the event has no time or arguments.
pub fn add_samples(
    tables: &mut Tables,
    out: &mut ParsedChunk,
    bytes: &[u8],
    event: &EventText<'_>,
) -> Option<()> {
    let time_ns = micros_to_ns(event.ts)?;
    let series: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(&bytes[event.args.clone()?]).ok()?;
    for (key, value) in series {
        let value = match &value {
            serde_json::Value::Number(number) => number.as_f64(),
            serde_json::Value::String(text) => text.parse().ok(),
            _ => None,
        };
        let Some(value) = value.filter(|value| value.is_finite()) else {
            out.warnings.add(WarningCode::CounterValueUnreadable);
            continue;
        };
        let mut name = event.name.to_vec();
        if !event.id.is_empty() {
            name.extend([b" ", event.id].concat());
        }
        if !PLAIN_SERIES.contains(&key.as_str()) {
            let quoted = serde_json::Value::from(key).to_string();
            name.extend([b": ", &quoted.as_bytes()[1..quoted.len() - 1]].concat());
        }
        out.samples.push(RawSample { time_ns, value, counter: tables.counter(event.pid, &name) });
    }
    Some(())
}
