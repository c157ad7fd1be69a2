// SPDX-License-Identifier: Apache-2.0
//! The processes of a report that work on a device: each is a rank of its own.

use std::path::Path;

use iterscope_model::Result;

use super::database::Database;
use super::lookup::Lookup;
use super::place::pid_of;
use super::schema::Schema;
use super::value::integer;
use crate::ingest::is_report;
use crate::progress::Cancel;

/// A process that launched work on devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankProcess {
    /// Process number as the recording has it.
    pub pid: u32,
    /// Program, empty when unknown.
    pub name: String,
    /// Devices that it used, by the report's numbers.
    pub devices: Vec<u32>,
}

/// The processes of a report that launched kernels, by their first device and number; none for other files.
///
/// # Errors
/// `trace.*` when the report cannot be read, `ingest.cancelled`.
pub fn rank_processes(path: &Path, cancel: &Cancel) -> Result<Vec<RankProcess>> {
    const TABLE: &str = "CUPTI_ACTIVITY_KIND_KERNEL";
    if !is_report(path)? {
        return Ok(Vec::new());
    }
    let database = Database::open(path, cancel)?;
    let connection = database.connect()?;
    let schema = Schema::of(&connection).map_err(|cause| database.failure(&cause))?;
    if !schema.has_column(TABLE, "globalPid") || !schema.has_column(TABLE, "deviceId") {
        return Ok(Vec::new());
    }
    let lookup = Lookup::of(&connection, &schema);
    let (names, ordinals) = (lookup.processes(), lookup.device_ordinals());
    let mut found: Vec<RankProcess> = Vec::new();
    lookup.each(TABLE, &format!("SELECT DISTINCT globalPid, deviceId FROM {TABLE} ORDER BY 2, 1"), |row| {
        let (Some(process), Some(ordinal)) = (integer(row, 0), integer(row, 1)) else { return };
        let known = ordinals.get(&(pid_of(process), ordinal)).copied();
        let device = known.or(u32::try_from(ordinal).ok());
        let Ok(pid) = u32::try_from(pid_of(process)) else { return };
        match found.iter_mut().find(|rank| rank.pid == pid) {
            Some(rank) => rank.devices.extend(device),
            None => found.push(RankProcess {
                pid,
                name: names.get(&process).cloned().unwrap_or_default(),
                devices: device.into_iter().collect(),
            }),
        }
    });
    cancel.check(path)?;
    found.sort_by_key(|rank| (rank.devices.iter().copied().min(), rank.pid));
    Ok(found)
}
