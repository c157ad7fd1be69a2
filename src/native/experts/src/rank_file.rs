// SPDX-License-Identifier: Apache-2.0
//! One rank's file: vectors of token counts over the experts, named `<iteration>_<layer>`.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use safetensors::tensor::Metadata;
use safetensors::{Dtype, SafeTensors};

use crate::error::ExpertsError;

/// Number of the rank in a file name; `None` for other files, `rank0_raw.safetensors` among them.
pub fn rank_of(file_name: &str) -> Option<u32> {
    file_name.strip_prefix("rank")?.strip_suffix(".safetensors")?.parse().ok()
}

/// The bytes of a rank's file.
pub struct RankFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// The vectors of a rank's file, in no particular order.
pub struct Entries<'a> {
    pub entries: Vec<Entry<'a>>,
    /// Tensors whose name has another form.
    pub unknown: usize,
}

/// The counts of one layer in one iteration, as they lie in the file.
pub struct Entry<'a> {
    pub iteration: u32,
    pub layer: u32,
    /// Length of the vector.
    pub experts: usize,
    is_wide: bool,
    data: &'a [u8],
}

/// Which vectors a file holds; its counts stay where they are.
pub struct Outline {
    /// Iteration, layer and length of each.
    pub vectors: Vec<(u32, u32, usize)>,
    /// Tensors whose name has another form.
    pub unknown: usize,
}

impl Outline {
    /// Reads no more than the head of the file, or all of it where the head is not as it should be.
    pub fn read(path: &Path) -> Result<Self, ExpertsError> {
        if let Some(outline) = read_head(path).and_then(|head| Self::of(&head)) {
            return Ok(outline);
        }
        let file = RankFile::read(path.to_owned())?;
        let Entries { entries, unknown } = file.entries()?;
        let vectors = entries.iter().map(|entry| (entry.iteration, entry.layer, entry.experts)).collect();
        Ok(Self { vectors, unknown })
    }

    fn of(head: &Metadata) -> Option<Self> {
        let mut outline = Self { vectors: Vec::new(), unknown: 0 };
        for (name, info) in head.tensors() {
            match (parse_name(&name), info.shape.as_slice()) {
                (None, _) => outline.unknown += 1,
                (Some((iteration, layer)), &[experts @ 1..=usize::MAX]) => {
                    outline.vectors.push((iteration, layer, experts));
                }
                _ => return None,
            }
        }
        Some(outline)
    }
}

/// Longer than the head of any recording; the format's own limit.
const MOST_HEAD_BYTES: u64 = 100_000_000;

fn read_head(path: &Path) -> Option<Metadata> {
    let mut file = File::open(path).ok()?;
    let mut length = [0; 8];
    file.read_exact(&mut length).ok()?;
    let length = u64::from_le_bytes(length);
    if length > MOST_HEAD_BYTES {
        return None;
    }
    let mut head = Vec::new();
    file.take(length).read_to_end(&mut head).ok()?;
    serde_json::from_slice(&head).ok()
}

impl RankFile {
    pub fn read(path: PathBuf) -> Result<Self, ExpertsError> {
        match fs::read(&path) {
            Ok(bytes) => Ok(Self { path, bytes }),
            Err(source) => Err(ExpertsError::Unreadable { path, source }),
        }
    }

    pub fn entries(&self) -> Result<Entries<'_>, ExpertsError> {
        let tensors = SafeTensors::deserialize(&self.bytes)
            .map_err(|error| ExpertsError::Damaged { path: self.path.clone(), reason: error.to_string() })?;
        let mut found = Entries { entries: Vec::with_capacity(tensors.len()), unknown: 0 };
        for (name, tensor) in tensors.iter() {
            let Some((iteration, layer)) = parse_name(name) else {
                found.unknown += 1;
                continue;
            };
            let is_wide = match tensor.dtype() {
                Dtype::I64 => true,
                Dtype::I32 => false,
                other => {
                    return Err(self.bad_tensor(name, format!("its type is {other}, not a whole number")));
                }
            };
            let &[experts @ 1..=usize::MAX] = tensor.shape() else {
                return Err(
                    self.bad_tensor(name, format!("its shape is {:?}, not [experts]", tensor.shape()))
                );
            };
            found.entries.push(Entry { iteration, layer, experts, is_wide, data: tensor.data() });
        }
        Ok(found)
    }

    /// The counts of an entry.
    pub fn counts(&self, entry: &Entry<'_>) -> Result<Vec<u64>, ExpertsError> {
        let checked = |count: i64| {
            // A sum over many ranks and iterations of counts up to here stays far from the limit of 64 bits.
            u64::try_from(count).ok().filter(|count| *count <= MAX_COUNT).ok_or_else(|| {
                let name = format!("{}_{}", entry.iteration, entry.layer);
                self.bad_tensor(&name, format!("it holds the count {count}"))
            })
        };
        if entry.is_wide {
            let (chunks, _) = entry.data.as_chunks::<8>();
            chunks.iter().map(|bytes| checked(i64::from_le_bytes(*bytes))).collect()
        } else {
            let (chunks, _) = entry.data.as_chunks::<4>();
            chunks.iter().map(|bytes| checked(i64::from(i32::from_le_bytes(*bytes)))).collect()
        }
    }

    /// An error about one tensor of this file.
    pub fn bad_tensor(&self, tensor: &str, reason: String) -> ExpertsError {
        bad_tensor(&self.path, tensor, reason)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// An error about one tensor of a file.
pub fn bad_tensor(path: &Path, tensor: &str, reason: String) -> ExpertsError {
    ExpertsError::BadTensor { path: path.to_owned(), tensor: tensor.to_owned(), reason }
}

/// More tokens than any expert gets in one iteration.
const MAX_COUNT: u64 = 1 << 40;

fn parse_name(name: &str) -> Option<(u32, u32)> {
    let (iteration, layer) = name.split_once('_')?;
    let ids = (iteration.parse().ok()?, layer.parse().ok()?);
    // Only one spelling each, or two tensors could claim the same place.
    (format!("{}_{}", ids.0, ids.1) == name).then_some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_rank_files_by_name() {
        assert_eq!(rank_of("rank12.safetensors"), Some(12));
        assert_eq!(rank_of("rank0_raw.safetensors"), None);
        assert_eq!(rank_of("meta_info.json"), None);
    }

    #[test]
    fn knows_vectors_by_name() {
        assert_eq!(parse_name("12_3"), Some((12, 3)));
        for other in ["12", "a_1", "+1_2", "01_2", "1_2_3", "-1_2", "99999999999_1"] {
            assert_eq!(parse_name(other), None, "{other}");
        }
    }
}
