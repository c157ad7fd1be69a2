// SPDX-License-Identifier: Apache-2.0
//! Records of `SGLang`'s expert distribution recorder and dumps of `vLLM`'s load balancer: what `torch.save` writes, a zip
//! archive of a pickle and the numbers of its tensors. Of the first, totals by step (`logical_count`) and records of each
//! forward pass are understood; of the second, `expert_load_window` with `physical_to_logical_map`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use zip::ZipArchive;

use super::load_window::{LoadWindow, ring_statistics};
use super::pickle::{Element, Pickle, Tensor, Value};
use super::rows::{MOST_EXPERTS, RankCounts, statistics_of};
use crate::error::ExpertsError;
use crate::regular;
use crate::statistics::ExpertStatistics;

/// A pickle beside its tensors' numbers is small.
const MOST_PICKLE_BYTES: u64 = 1 << 26;
/// All storages of a record together, each as often as it is read: passes may share one.
const MOST_STORAGE_BYTES: u64 = 1 << 32;
/// Counts of a record at most: a small file may unpack to, or share, as many as it likes.
const MOST_COUNTS: usize = 1 << 26;

struct Record {
    archive: ZipArchive<File>,
    /// Folder within the archive.
    folder: String,
    pickle: Pickle,
    /// Bytes and counts that may still be read.
    bytes_left: u64,
    counts_left: usize,
}

/// Reads a record (`expert_distribution_recorder_*.pt`).
///
/// # Errors
/// [`ExpertsError::Unreadable`]; [`ExpertsError::Damaged`] with what is not as a recorder writes it.
pub fn read_record(path: &Path) -> Result<ExpertStatistics, ExpertsError> {
    let file =
        regular::open(path).map_err(|source| ExpertsError::Unreadable { path: path.to_owned(), source })?;
    let damaged = |reason: String| ExpertsError::Damaged { path: path.to_owned(), reason };
    let mut record = Record::open(file).map_err(damaged)?;
    let rank = match record.pickle.get(record.pickle.root(), "rank") {
        Some(Value::Int(rank)) => u32::try_from(*rank).unwrap_or(0),
        _ => 0,
    };
    if let Some(totals) = record.totals(rank).map_err(damaged)? {
        return Ok(totals);
    }
    if let Some(window) = record.load_window().map_err(damaged)? {
        return window.statistics(rank).map_err(damaged);
    }
    let counts = record.counts().map_err(damaged)?;
    statistics_of(path, &BTreeMap::from([(rank, counts)]))
}

impl Record {
    fn open(file: File) -> Result<Self, String> {
        let mut archive = ZipArchive::new(file).map_err(|error| error.to_string())?;
        let name = archive.file_names().find(|name| name.ends_with("/data.pkl")).map(str::to_owned);
        let name = name.ok_or("it is no archive of torch.save: it has no data.pkl")?;
        let folder = name.trim_end_matches("data.pkl").to_owned();
        let bytes = entry(&mut archive, &name, MOST_PICKLE_BYTES)?;
        if archive.index_for_name(&format!("{folder}byteorder")).is_some()
            && entry(&mut archive, &format!("{folder}byteorder"), 16)? != b"little"
        {
            return Err("its numbers are not little-endian".to_owned());
        }
        let pickle = Pickle::read(&bytes)?;
        let (bytes_left, counts_left) = (MOST_STORAGE_BYTES, MOST_COUNTS);
        Ok(Self { archive, folder, pickle, bytes_left, counts_left })
    }

    /// Those of the records of forward passes.
    fn counts(&mut self) -> Result<RankCounts, String> {
        let root = self.pickle.root().clone();
        let records = match self.pickle.get(&root, "records") {
            Some(Value::List(records)) => records.clone(),
            _ => {
                return Err("it holds neither logical_count nor records nor expert_load_window".to_owned());
            }
        };
        let map = match self.pickle.get(&root, "last_physical_to_logical_map") {
            Some(Value::Tensor(map)) => map.clone(),
            _ => return Err("its records come without last_physical_to_logical_map".to_owned()),
        };
        let logical = self.numbers(&map)?;
        let mut counts = RankCounts::new();
        for id in records {
            self.add_pass(id, &map, &logical, &mut counts)?;
        }
        Ok(counts)
    }

    /// Totals by step, [steps, layers, experts]; `None` where the file holds none.
    fn totals(&mut self, rank: u32) -> Result<Option<ExpertStatistics>, String> {
        let root = self.pickle.root().clone();
        let Some(Value::Tensor(tensor)) = self.pickle.get(&root, "logical_count").cloned() else {
            return Ok(None);
        };
        let &[steps, layers, experts] = tensor.shape.as_slice() else {
            return Err(format!(
                "logical_count has the shape {:?}, not [steps, layers, experts]",
                tensor.shape
            ));
        };
        if experts > MOST_EXPERTS as usize {
            return Err(format!("logical_count names {experts} experts"));
        }
        if steps == 0 || layers == 0 || experts == 0 {
            return Err("logical_count holds no counts".to_owned());
        }
        let counts = self.numbers(&tensor)?;
        ring_statistics("the recorder", rank, [steps, layers, experts], counts).map(Some)
    }

    /// `vLLM`'s window; `None` where the file holds none.
    fn load_window(&mut self) -> Result<Option<LoadWindow>, String> {
        let root = self.pickle.root().clone();
        let Some(Value::Tensor(window)) = self.pickle.get(&root, "expert_load_window").cloned() else {
            return Ok(None);
        };
        let map = match self.pickle.get(&root, "physical_to_logical_map") {
            Some(Value::Tensor(map)) => map.clone(),
            _ => return Err("its expert_load_window comes without physical_to_logical_map".to_owned()),
        };
        let (&[steps, layers, slots], &[map_layers, map_slots]) =
            (window.shape.as_slice(), map.shape.as_slice())
        else {
            return Err("expert_load_window is not [steps, layers, slots]".to_owned());
        };
        Ok(Some(LoadWindow {
            shape: [steps, layers, slots],
            map_shape: [map_layers, map_slots],
            logical: self.numbers(&map)?,
            tokens: self.numbers(&window)?,
        }))
    }

    /// One forward pass: tokens of slots, which belong to their experts.
    fn add_pass(
        &mut self,
        id: usize,
        map: &Tensor,
        logical: &[u64],
        counts: &mut RankCounts,
    ) -> Result<(), String> {
        let pass = self.pickle.value(id).clone();
        let number = match self.pickle.get(&pass, "forward_pass_id") {
            Some(Value::Int(number)) => u32::try_from(*number).map_err(|_| "a forward pass has no number")?,
            _ => return Err("a forward pass has no number".to_owned()),
        };
        let slots = match self.pickle.get(&pass, "global_physical_count") {
            Some(Value::Tensor(slots)) => slots.clone(),
            _ => return Err(format!("forward pass {number} has no global_physical_count")),
        };
        if slots.shape != map.shape || slots.shape.len() != 2 {
            return Err(format!("forward pass {number} has other slots than the map of experts"));
        }
        for (at, (tokens, expert)) in self.numbers(&slots)?.into_iter().zip(logical).enumerate() {
            let expert = u32::try_from(*expert).ok().filter(|expert| *expert < MOST_EXPERTS);
            let expert = expert.ok_or("the map of experts names one that cannot be")?;
            *counts.entry((number, index(at / slots.shape[1])?, expert)).or_default() += tokens;
        }
        Ok(())
    }

    /// The numbers of a tensor of counts, row by row.
    fn numbers(&mut self, tensor: &Tensor) -> Result<Vec<u64>, String> {
        let width = match tensor.element {
            Element::I16 => 2,
            Element::I32 => 4,
            Element::I64 => 8,
            Element::Other => return Err("a tensor of counts does not hold whole numbers".to_owned()),
        };
        let count = tensor.shape.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
        let dense = dense_strides(&tensor.shape);
        if dense.as_ref() != Some(&tensor.strides) {
            return Err("a tensor of counts does not lie in one piece".to_owned());
        }
        // What has neither path nor key of its own cannot be named in an archive.
        if !tensor.key.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("a tensor’s numbers have no number of their own".to_owned());
        }
        let name = format!("{}data/{}", self.folder, tensor.key);
        self.counts_left = count
            .and_then(|count| self.counts_left.checked_sub(count))
            .ok_or("it holds more counts than any record")?;
        let bytes = entry(&mut self.archive, &name, self.bytes_left)?;
        self.bytes_left -= bytes.len() as u64;
        let range = count.and_then(|count| {
            let first = tensor.offset.checked_mul(width)?;
            Some(first..first.checked_add(count.checked_mul(width)?)?)
        });
        let data = range.and_then(|range| bytes.get(range)).ok_or("a tensor is larger than its numbers")?;
        data.chunks_exact(width).map(count_of).collect()
    }
}

fn count_of(bytes: &[u8]) -> Result<u64, String> {
    let fill = if bytes.last().is_some_and(|byte| *byte >= 0x80) { 0xff } else { 0 };
    let mut wide = [fill; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    let value = i64::from_le_bytes(wide);
    u64::try_from(value)
        .ok()
        .filter(|value| *value <= 1 << 40)
        .ok_or_else(|| format!("it holds the count {value}"))
}

/// Strides of a tensor that lies row by row without holes; `None` when it cannot be.
fn dense_strides(shape: &[usize]) -> Option<Vec<usize>> {
    let mut strides = vec![1_usize; shape.len()];
    for at in (1..shape.len()).rev() {
        strides[at - 1] = strides[at].checked_mul(shape[at])?;
    }
    Some(strides)
}

fn entry(archive: &mut ZipArchive<File>, name: &str, most: u64) -> Result<Vec<u8>, String> {
    let file = archive.by_name(name).map_err(|error| format!("{name}: {error}"))?;
    let size = file.size();
    if size > most {
        return Err(format!("{name} is larger than any record"));
    }
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
    Ok(bytes)
}

fn index(value: usize) -> Result<u32, String> {
    u32::try_from(value).map_err(|_| "it holds more than can be counted".to_owned())
}
