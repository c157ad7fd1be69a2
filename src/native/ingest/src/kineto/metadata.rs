// SPDX-License-Identifier: Apache-2.0
//! The facts that stand around the events: clock base, devices, rank.

use iterscope_model::DeviceInfo;
use serde_json::{Map, Value};

use super::join::StreamEnd;

/// What the document says beside its events.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Added to every time, nanoseconds since the epoch.
    pub base_time_ns: i64,
    /// Devices that the producer saw.
    pub devices: Vec<DeviceInfo>,
    /// Rank in a distributed job.
    pub rank: Option<u32>,
    /// Size of that job.
    pub world_size: Option<u32>,
    /// Whether `PyTorch`'s profiler library wrote it.
    pub is_kineto: bool,
}

/// Reads the facts; none when the text around the events is damaged beyond closing it.
#[must_use]
pub fn read_file_facts(end: &StreamEnd) -> Option<FileFacts> {
    if !end.is_object {
        return Some(FileFacts::default());
    }
    let shell = end.shell.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&end.shell);
    // A cut file lacks its closing brackets, and sometimes half of what follows its events.
    let root = ["", "]}", "}"].iter().find_map(|closing| {
        let text = [shell, closing.as_bytes()].concat();
        serde_json::from_slice::<Map<String, Value>>(&text).ok()
    })?;
    let distributed = root.get("distributedInfo");
    Some(FileFacts {
        base_time_ns: root.get("baseTimeNanoseconds").and_then(integer).unwrap_or(0),
        devices: root.get("deviceProperties").map(devices).unwrap_or_default(),
        rank: distributed.and_then(|info| info.get("rank")).and_then(small),
        world_size: distributed.and_then(|info| info.get("world_size")).and_then(small),
        is_kineto: ["schemaVersion", "deviceProperties", "baseTimeNanoseconds"]
            .iter()
            .any(|key| root.contains_key(*key)),
    })
}

fn devices(list: &Value) -> Vec<DeviceInfo> {
    let device = |value: &Value| {
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(DeviceInfo { id: value.get("id").and_then(small)?, name })
    };
    list.as_array().map(|list| list.iter().filter_map(device).collect()).unwrap_or_default()
}

fn integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn small(value: &Value) -> Option<u32> {
    integer(value).and_then(|number| u32::try_from(number).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(shell: &str) -> Option<FileFacts> {
        read_file_facts(&StreamEnd { shell: shell.into(), is_object: true, ..StreamEnd::default() })
    }

    #[test]
    fn facts_before_and_after_the_events_are_read() {
        let found = facts(
            r#"{"schemaVersion": 1, "deviceProperties": [{"id": 0, "name": "H100"}], "traceEvents": [],
               "distributedInfo": {"rank": 3, "world_size": 8}, "baseTimeNanoseconds": "1790857026000000000"}"#,
        )
        .unwrap();
        assert_eq!((found.rank, found.world_size), (Some(3), Some(8)));
        assert_eq!(found.base_time_ns, 1_790_857_026_000_000_000);
        assert_eq!(found.devices, [DeviceInfo { id: 0, name: "H100".into() }]);
    }

    #[test]
    fn a_cut_document_still_has_its_facts() {
        assert_eq!(facts(r#"{"baseTimeNanoseconds": 5, "traceEvents": ["#).unwrap().base_time_ns, 5);
        assert_eq!(facts(r#"{"baseTimeNanoseconds": 5, "traceEvents": []"#).unwrap().base_time_ns, 5);
        assert_eq!(facts(r#"{"baseTimeNanoseconds": 5, "traceEvents": [], "trac"#), None);
    }
}
