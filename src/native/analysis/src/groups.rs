// SPDX-License-Identifier: Apache-2.0
//! Slices summed up by name, kind or track.

use iterscope_model::{Kind, NameId, Result, Row, TrackId};
use iterscope_store::Store;
use rustc_hash::FxHashMap;

use crate::distribution::Distribution;
use crate::own_time::own_times;
use crate::selection::{Chosen, Selection, Subject};

/// What makes slices one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// All are one group.
    Nothing,
    /// Name and kind.
    Name,
    /// Kind.
    Kind,
    /// Track.
    Track,
}

/// A group of slices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Their name, when grouped by it.
    pub name: Option<String>,
    /// Their kind, when grouped by name or kind.
    pub kind: Option<Kind>,
    /// Their track, when grouped by it.
    pub track: Option<TrackId>,
    /// Their whole durations.
    pub durations: Distribution,
    /// The sum of what lies inside of the selected range.
    pub inside_ns: i64,
    /// The sum of their durations without what is nested in them and chosen, too.
    pub own_ns: i64,
    /// The longest of them; of equals the first.
    pub longest: Row,
}

#[derive(Default)]
struct Members {
    durations: Vec<i64>,
    inside_ns: i64,
    own_ns: i64,
    longest: (i64, Row),
}

type Key = (NameId, u8, TrackId);

/// Groups of the selected slices, the most time first; equal times by name, kind and track.
///
/// # Errors
/// `query.out-of-range` when the selection names iterations that the trace does not have.
pub fn groups(subject: &Subject<'_>, selection: &Selection, by: GroupBy) -> Result<Vec<Group>> {
    Ok(group_rows(subject.store, &selection.choose(subject)?, by))
}

pub fn group_rows(store: &Store, chosen: &[Chosen], by: GroupBy) -> Vec<Group> {
    let mut members: FxHashMap<Key, Members> = FxHashMap::default();
    for (slice, own_ns) in chosen.iter().zip(own_times(store, chosen)) {
        let group = members.entry(key_of(store, slice, by)).or_default();
        let dur_ns = store.dur_ns(slice.row);
        let first = group.durations.is_empty();
        group.durations.push(dur_ns);
        if first || dur_ns > group.longest.0 || dur_ns == group.longest.0 && slice.row < group.longest.1 {
            group.longest = (dur_ns, slice.row);
        }
        group.inside_ns = group.inside_ns.saturating_add(slice.inside_ns);
        group.own_ns = group.own_ns.saturating_add(own_ns);
    }
    let mut found: Vec<Group> = members
        .into_iter()
        .filter_map(|((name, kind, track), group)| {
            Some(Group {
                name: (by == GroupBy::Name).then(|| store.text(name).unwrap_or_default().to_owned()),
                kind: matches!(by, GroupBy::Name | GroupBy::Kind).then(|| Kind::from_number(kind)),
                track: (by == GroupBy::Track).then_some(track),
                durations: Distribution::of(group.durations)?,
                inside_ns: group.inside_ns,
                own_ns: group.own_ns,
                longest: group.longest.1,
            })
        })
        .collect();
    found.sort_unstable_by(|a, b| {
        let rest = |group: &Group| (group.kind, group.track);
        let longest = b.inside_ns.cmp(&a.inside_ns).then(b.durations.total_ns.cmp(&a.durations.total_ns));
        longest.then_with(|| a.name.cmp(&b.name)).then_with(|| rest(a).cmp(&rest(b)))
    });
    found
}

fn key_of(store: &Store, slice: &Chosen, by: GroupBy) -> Key {
    let row = slice.row as usize;
    match by {
        GroupBy::Nothing => (0, 0, 0),
        GroupBy::Name => (store.name_ids()[row], store.kinds()[row], 0),
        GroupBy::Kind => (0, store.kinds()[row], 0),
        GroupBy::Track => (0, 0, slice.track),
    }
}

/// One name in two selections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// In the first; none when it is not there.
    pub before: Option<Group>,
    /// In the second.
    pub after: Option<Group>,
}

impl Difference {
    /// Time in the second selection minus time in the first.
    #[must_use]
    pub fn change_ns(&self) -> i64 {
        let inside = |group: &Option<Group>| group.as_ref().map_or(0, |group| group.inside_ns);
        inside(&self.after) - inside(&self.before)
    }
}

/// What changed from one selection to another, by name and kind, the largest change first.
///
/// # Errors
/// `query.out-of-range` when a selection names iterations that the trace does not have.
pub fn differences(subject: &Subject<'_>, before: &Selection, after: &Selection) -> Result<Vec<Difference>> {
    let mut found: FxHashMap<(String, Kind), Difference> = FxHashMap::default();
    for (selection, is_after) in [(before, false), (after, true)] {
        for group in groups(subject, selection, GroupBy::Name)? {
            let (Some(name), Some(kind)) = (group.name.clone(), group.kind) else { continue };
            let difference = found.entry((name.clone(), kind)).or_insert(Difference {
                name,
                kind,
                before: None,
                after: None,
            });
            *(if is_after { &mut difference.after } else { &mut difference.before }) = Some(group);
        }
    }
    let mut found: Vec<Difference> = found.into_values().collect();
    found.sort_unstable_by(|a, b| {
        let size = |difference: &Difference| difference.change_ns().abs();
        size(b).cmp(&size(a)).then_with(|| (&a.name, a.kind).cmp(&(&b.name, b.kind)))
    });
    Ok(found)
}
