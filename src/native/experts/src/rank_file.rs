// SPDX-License-Identifier: Apache-2.0
//! One rank's file: vectors of token counts over the experts, named `<iteration>_<layer>`. Only its head is kept: where
//! each vector lies. Counts are read from their place when they are added up.

use std::fs::File;
use std::io::{self, Read};
use std::ops::RangeInclusive;
use std::path::PathBuf;

use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};

use crate::error::ExpertsError;
use crate::read_at::read_exact_at;
use crate::regular;

/// Number of the rank in a file name; `None` for other files, `rank0_raw.safetensors` among them.
pub fn rank_of(file_name: &str) -> Option<u32> {
    file_name.strip_prefix("rank")?.strip_suffix(".safetensors")?.parse().ok()
}

/// An open file and its vectors, which all have one length.
pub struct RankFile {
    path: PathBuf,
    file: File,
    /// Length of the vectors; 0 without any.
    pub experts: usize,
    /// By iteration, and within one as they lie in the file.
    pub vectors: Vec<Vector>,
    /// Tensors whose name has another form.
    pub unknown: usize,
}

/// Where the counts of one layer in one iteration lie.
#[derive(Debug, Clone, Copy)]
pub struct Vector {
    pub iteration: u32,
    pub layer: u32,
    /// Whether a count takes 8 bytes; otherwise 4.
    is_wide: bool,
    /// In the file.
    offset: u64,
}

/// More experts than any layer has.
pub const MOST_EXPERTS: usize = 65_536;

/// Bytes of counts that are read at once.
const MOST_RUN_BYTES: u64 = 1 << 20;

/// Longer than the head of any recording; the format's own limit.
const MOST_HEAD_BYTES: u64 = 100_000_000;

impl RankFile {
    /// Reads the head of a file; it must fit the file's size.
    ///
    /// # Errors
    /// [`ExpertsError::Unreadable`], [`ExpertsError::Damaged`], [`ExpertsError::BadTensor`].
    pub fn open(path: PathBuf) -> Result<Self, ExpertsError> {
        let mut file = match regular::open(&path) {
            Ok(file) => file,
            Err(source) => return Err(ExpertsError::Unreadable { path, source }),
        };
        let (head, first_byte) = match read_head(&mut file) {
            Ok(Ok(head)) => head,
            Ok(Err(reason)) => return Err(ExpertsError::Damaged { path, reason }),
            Err(source) => return Err(ExpertsError::Unreadable { path, source }),
        };
        let mut found = Self { path, file, experts: 0, vectors: Vec::new(), unknown: 0 };
        let names = head.offset_keys();
        found.vectors.reserve_exact(names.len());
        for name in names {
            if let Some(info) = head.info(&name) {
                found.add(&name, info, first_byte)?;
            }
        }
        found.vectors.sort_by_key(|vector| vector.iteration);
        Ok(found)
    }

    fn add(&mut self, name: &str, info: &TensorInfo, first_byte: u64) -> Result<(), ExpertsError> {
        let Some((iteration, layer)) = parse_name(name) else {
            self.unknown += 1;
            return Ok(());
        };
        let is_wide = match info.dtype {
            Dtype::I64 => true,
            Dtype::I32 => false,
            other => return Err(self.bad_tensor(name, format!("its type is {other}, not a whole number"))),
        };
        let &[experts @ 1..=MOST_EXPERTS] = info.shape.as_slice() else {
            return Err(self.bad_tensor(name, format!("its shape is {:?}, not [experts]", info.shape)));
        };
        if self.vectors.is_empty() {
            self.experts = experts;
        } else if experts != self.experts {
            let reason = format!("it has {experts} experts where others have {}", self.experts);
            return Err(self.bad_tensor(name, reason));
        }
        let offset = first_byte + info.data_offsets.0 as u64;
        self.vectors.push(Vector { iteration, layer, is_wide, offset });
        Ok(())
    }

    /// Hands over the bytes of every vector of these iterations, with `buffer` as scratch memory.
    ///
    /// # Errors
    /// What `each` says; [`ExpertsError::Damaged`] when the file became shorter, [`ExpertsError::Unreadable`].
    pub fn for_each(
        &self,
        iterations: RangeInclusive<u32>,
        buffer: &mut Vec<u8>,
        mut each: impl FnMut(&Vector, &[u8]) -> Result<(), ExpertsError>,
    ) -> Result<(), ExpertsError> {
        let first = self.vectors.partition_point(|vector| vector.iteration < *iterations.start());
        let end = self.vectors.partition_point(|vector| vector.iteration <= *iterations.end());
        let mut rest = &self.vectors[first..end];
        while let Some(start) = rest.first() {
            let (run, after) = rest.split_at(self.run_length(rest));
            let bytes = run.iter().map(|vector| self.size_of(vector)).sum();
            buffer.resize(bytes, 0);
            read_exact_at(&self.file, buffer, start.offset).map_err(|error| self.unreadable(error))?;
            for vector in run {
                let at = usize::try_from(vector.offset - start.offset).unwrap_or(usize::MAX);
                each(
                    vector,
                    buffer.get(at..).and_then(|rest| rest.get(..self.size_of(vector))).unwrap_or_default(),
                )?;
            }
            rest = after;
        }
        Ok(())
    }

    /// How many of the first vectors lie one after the other, as far as they are read at once; at least one.
    fn run_length(&self, vectors: &[Vector]) -> usize {
        let follows = |pair: &[Vector]| match pair {
            [before, after] => {
                let end = before.offset + self.size_of(before) as u64;
                let read = after.offset + self.size_of(after) as u64 - vectors[0].offset.min(after.offset);
                end == after.offset && read <= MOST_RUN_BYTES
            }
            _ => false,
        };
        1 + vectors.windows(2).take_while(|pair| follows(pair)).count()
    }

    fn size_of(&self, vector: &Vector) -> usize {
        self.experts * if vector.is_wide { 8 } else { 4 }
    }

    /// Adds the counts of a vector to `sums`; answers whether each sum was `ranks_before` times its count, where asked.
    ///
    /// # Errors
    /// [`ExpertsError::BadTensor`] for what is no count.
    pub fn add_counts(
        &self,
        vector: &Vector,
        bytes: &[u8],
        sums: &mut [u64],
        ranks_before: Option<u64>,
    ) -> Result<bool, ExpertsError> {
        let added = if vector.is_wide {
            add_all(sums, bytes.as_chunks::<8>().0, |bytes| i64::from_le_bytes(*bytes), ranks_before)
        } else {
            add_all(sums, bytes.as_chunks::<4>().0, |bytes| i32::from_le_bytes(*bytes).into(), ranks_before)
        };
        added.map_err(|count| {
            let name = format!("{}_{}", vector.iteration, vector.layer);
            self.bad_tensor(&name, format!("it holds the count {count}"))
        })
    }

    /// An error about one tensor of this file.
    pub fn bad_tensor(&self, tensor: &str, reason: String) -> ExpertsError {
        ExpertsError::BadTensor { path: self.path.clone(), tensor: tensor.to_owned(), reason }
    }

    fn unreadable(&self, source: io::Error) -> ExpertsError {
        let path = self.path.clone();
        if source.kind() == io::ErrorKind::UnexpectedEof {
            return ExpertsError::Damaged { path, reason: "it changed while it was read".to_owned() };
        }
        ExpertsError::Unreadable { path, source }
    }
}

/// More tokens than any expert gets in one iteration. A sum over many ranks and iterations of counts up to here stays far
/// from the limit of 64 bits.
const MAX_COUNT: u64 = 1 << 40;

/// Three passes over a vector that stays in the nearest cache, each without a branch by element. The error is the first
/// number that is no count.
fn add_all<B>(
    sums: &mut [u64],
    counts: &[B],
    decode: impl Fn(&B) -> i64,
    ranks_before: Option<u64>,
) -> Result<bool, i64> {
    let all = counts.iter().fold(0, |all, bytes| all | decode(bytes).cast_unsigned());
    if all > MAX_COUNT {
        // Several counts together may have bits that none has alone.
        let wrong = counts.iter().map(&decode).find(|count| count.cast_unsigned() > MAX_COUNT);
        if let Some(count) = wrong {
            return Err(count);
        }
    }
    let is_alike = ranks_before.is_none_or(|ranks| {
        sums.iter().zip(counts).all(|(sum, bytes)| *sum == ranks * decode(bytes).cast_unsigned())
    });
    for (sum, bytes) in sums.iter_mut().zip(counts) {
        *sum += decode(bytes).cast_unsigned();
    }
    Ok(is_alike)
}

/// The head and where the counts begin; or what does not fit.
fn read_head(file: &mut File) -> io::Result<Result<(Metadata, u64), String>> {
    let size = file.metadata()?.len();
    let mut length = [0; 8];
    match file.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Ok(Err(format!("it has {size} bytes, too few for a head")));
        }
        Err(error) => return Err(error),
    }
    let length = u64::from_le_bytes(length);
    if length > MOST_HEAD_BYTES || length + 8 > size {
        return Ok(Err(format!("its head would take {length} of {size} bytes")));
    }
    let mut head = Vec::new();
    file.take(length).read_to_end(&mut head)?;
    let head: Metadata = match serde_json::from_slice(&head) {
        Ok(head) => head,
        Err(error) => return Ok(Err(format!("its head is not understood: {error}"))),
    };
    let end = head.data_len() as u64 + length + 8;
    Ok(if end == size {
        Ok((head, length + 8))
    } else {
        Err(format!("it has {size} bytes where its head names {end}"))
    })
}

fn parse_name(name: &str) -> Option<(u32, u32)> {
    let (iteration, layer) = name.split_once('_')?;
    Some((parse_number(iteration)?, parse_number(layer)?))
}

/// Only one spelling each, or two tensors could claim the same place.
fn parse_number(text: &str) -> Option<u32> {
    let is_plain = !text.starts_with('+') && (text.len() == 1 || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
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
        assert_eq!(parse_name("0_0"), Some((0, 0)));
        for other in ["12", "a_1", "+1_2", "01_2", "1_2_3", "-1_2", "99999999999_1", "_1", "1_"] {
            assert_eq!(parse_name(other), None, "{other}");
        }
    }

    #[test]
    fn counts_that_share_bits_with_too_large_ones_are_counts() {
        let counts = [MAX_COUNT.cast_signed(), 5];
        let mut sums = [1, 1];
        assert_eq!(add_all(&mut sums, &counts, |count| *count, None), Ok(true));
        assert_eq!(sums, [MAX_COUNT + 1, 6]);
        assert_eq!(add_all(&mut sums, &[3, -1], |count| *count, None), Err(-1));
        assert_eq!(add_all(&mut [4, 6], &[2, 3], |count| *count, Some(2)), Ok(true));
        assert_eq!(add_all(&mut [4, 7], &[2, 3], |count| *count, Some(2)), Ok(false));
    }
}
