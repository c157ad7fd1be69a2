// SPDX-License-Identifier: Apache-2.0
//! The pool of distinct strings: kernel names run to kilobytes and repeat a thousand times.

use rustc_hash::FxHashMap;

use crate::NameId;

/// Distinct strings in order of first appearance.
#[derive(Debug, Default)]
pub struct NamePool {
    ids: FxHashMap<Box<str>, NameId>,
    names: Vec<Box<str>>,
}

impl NamePool {
    /// The id of this string, new or known.
    pub fn intern(&mut self, name: &str) -> NameId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id = NameId::try_from(self.names.len()).unwrap_or(NameId::MAX);
        self.ids.insert(name.into(), id);
        self.names.push(name.into());
        id
    }

    /// The string with this id.
    #[must_use]
    pub fn get(&self, id: NameId) -> Option<&str> {
        self.names.get(id as usize).map(AsRef::as_ref)
    }

    /// How many distinct strings there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// All strings in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_share_an_id() {
        let mut pool = NamePool::default();
        let first = pool.intern("gemm");
        let other = pool.intern("norm");
        assert_eq!(pool.intern("gemm"), first);
        assert_ne!(first, other);
        assert_eq!(pool.get(other), Some("norm"));
        assert_eq!(pool.len(), 2);
    }
}
