// SPDX-License-Identifier: Apache-2.0
//! Operators and the device work that they launched. Work belongs to the operators around its launch call on
//! the call's thread; without a call, to the operator with the same external id and those around it. It is
//! an operator's own when no other operator lies between.

use std::ops::Range;

use iterscope_model::{Kind, LaneRows, NameId, Result, Row, TrackId};
use iterscope_store::Store;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::devices::{parts_of as rows_in_parts, roles};
use crate::distribution::Distribution;
use crate::groups::{Group, GroupBy, group_rows};
use crate::selection::{Chosen, Layer, Members, Selection, Subject};
use crate::spans::sum_ns;

/// Operators of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorStat {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Their durations on the host.
    pub host: Distribution,
    /// Kernels, copies and sets launched inside, nested operators included.
    pub work_count: u64,
    /// Their durations.
    pub work_ns: i64,
    /// Of these, what no nested operator launched.
    pub own_work_ns: i64,
}

type ByName<T> = FxHashMap<(NameId, u8), T>;

/// Pieces of work that one thread goes through at a time.
const PART: usize = 1 << 16;

#[derive(Default)]
struct Launched {
    count: u64,
    total_ns: i64,
    own_ns: i64,
}

impl Launched {
    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.total_ns = self.total_ns.saturating_add(other.total_ns);
        self.own_ns = self.own_ns.saturating_add(other.own_ns);
    }
}

/// Operators (or ranges, by the selection's layer) by name with what they launched, the most work first.
///
/// # Errors
/// `query.out-of-range` when the selection names iterations that the trace does not have.
pub fn operators(subject: &Subject<'_>, selection: &Selection) -> Result<Vec<OperatorStat>> {
    let store = subject.store;
    let members = selection.members(subject)?;
    let anchored = anchored_work(subject);
    let visit = |launched: &mut ByName<Launched>, stack: &[Row], works: &[Row]| {
        let count = works.len() as u64;
        let total_ns: i64 = sum_ns(works.iter().map(|work| store.dur_ns(*work)));
        let mut seen: Vec<(NameId, u8)> = Vec::with_capacity(stack.len());
        for (depth, row) in stack.iter().enumerate().filter(|(_, row)| members.has(store, **row)) {
            let key = (store.name_ids()[*row as usize], store.kinds()[*row as usize]);
            let sums = launched.entry(key).or_default();
            if depth == 0 {
                sums.own_ns = sums.own_ns.saturating_add(total_ns);
            }
            // An operator within one of the same name must not count its work twice.
            if !seen.contains(&key) {
                seen.push(key);
                sums.count += count;
                sums.total_ns = sums.total_ns.saturating_add(total_ns);
            }
        }
    };
    let (launched, durations) = rayon::join(
        || {
            merged(fold_stacks(store, selection.layer, &anchored, visit), |launched, other| {
                launched.add(&other);
            })
        },
        || durations_of(store, &members),
    );
    Ok(stats(store, durations, &launched))
}

fn durations_of(store: &Store, members: &Members) -> ByName<Vec<i64>> {
    let lanes: Vec<LaneRows> =
        store.meta().tracks.iter().flat_map(|track| store.lanes_of(track.id)).copied().collect();
    let add_part = |mut durations: ByName<Vec<i64>>, part: Range<Row>| {
        for row in part.filter(|row| members.has(store, *row)) {
            let key = (store.name_ids()[row as usize], store.kinds()[row as usize]);
            durations.entry(key).or_default().push(store.dur_ns(row));
        }
        durations
    };
    let join = |all, part| merged(vec![all, part], |all: &mut Vec<i64>, mut part| all.append(&mut part));
    rows_in_parts(&lanes).into_par_iter().fold(ByName::default, add_part).reduce(ByName::default, join)
}

fn merged<T: Default>(parts: Vec<ByName<T>>, add: impl Fn(&mut T, T)) -> ByName<T> {
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap_or_default();
    for (key, value) in parts.flatten() {
        add(all.entry(key).or_default(), value);
    }
    all
}

fn stats(store: &Store, durations: ByName<Vec<i64>>, launched: &ByName<Launched>) -> Vec<OperatorStat> {
    let none = Launched::default();
    let mut found: Vec<OperatorStat> = durations
        .into_par_iter()
        .filter_map(|(key, durations)| {
            let work = launched.get(&key).unwrap_or(&none);
            Some(OperatorStat {
                name: store.text(key.0).unwrap_or_default().to_owned(),
                kind: Kind::from_number(key.1),
                host: Distribution::of(durations)?,
                work_count: work.count,
                work_ns: work.total_ns,
                own_work_ns: work.own_ns,
            })
        })
        .collect();
    found.sort_unstable_by(|a, b| {
        let size = |stat: &OperatorStat| (stat.work_ns, stat.host.total_ns);
        size(b).cmp(&size(a)).then_with(|| (&a.name, a.kind).cmp(&(&b.name, b.kind)))
    });
    found
}

/// The device work launched inside of operators of one name, by its own name; each piece counts once.
///
/// # Errors
/// `query.out-of-range` when the selection names iterations that the trace does not have.
pub fn work_of_operator(subject: &Subject<'_>, selection: &Selection, name: &str) -> Result<Vec<Group>> {
    let store = subject.store;
    let members = selection.members(subject)?;
    let is_wanted =
        |row: &Row| store.text(store.name_ids()[*row as usize]) == Some(name) && members.has(store, *row);
    let visit = |works: &mut Vec<Chosen>, stack: &[Row], launched: &[Row]| {
        if stack.iter().any(is_wanted) {
            works.extend(launched.iter().map(|row| Chosen {
                row: *row,
                track: 0,
                inside_ns: store.dur_ns(*row),
            }));
        }
    };
    let works = fold_stacks(store, selection.layer, &anchored_work(subject), visit).concat();
    Ok(group_rows(store, &works, GroupBy::Name))
}

/// Calls `visit` with the slices of the layer around each host slice that launched work (the innermost first)
/// and that work. Each part of the work has a sum of its own; all of them, in order.
fn fold_stacks<T: Default + Send>(
    store: &Store,
    layer: Layer,
    anchored: &[(Row, Row)],
    visit: impl Fn(&mut T, &[Row], &[Row]) + Sync,
) -> Vec<T> {
    let roles = roles(store);
    let is_layer = |row: Row| layer.has(roles[usize::from(store.categories()[row as usize])]);
    let sum_of = |part: &[(Row, Row)]| {
        let (mut sum, mut ancestors, mut stack) = (T::default(), Ancestors::default(), Vec::new());
        for work in part.chunk_by(|a, b| a.0 == b.0) {
            let anchor = work[0].0;
            stack.clear();
            if is_layer(anchor) {
                stack.push(anchor);
            }
            ancestors.of(store, anchor, &mut |row| {
                if is_layer(row) {
                    stack.push(row);
                }
            });
            let rows: Vec<Row> = work.iter().map(|(_, row)| *row).collect();
            visit(&mut sum, &stack, &rows);
        }
        sum
    };
    parts_of(anchored, PART).into_par_iter().map(sum_of).collect()
}

/// Cut so that the work of one host slice stays together.
fn parts_of(anchored: &[(Row, Row)], least: usize) -> Vec<&[(Row, Row)]> {
    let (mut parts, mut rest) = (Vec::new(), anchored);
    while let Some((anchor, _)) = rest.get(least).copied() {
        let (part, later) = rest.split_at(rest.partition_point(|(row, _)| *row <= anchor));
        parts.push(part);
        rest = later;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// Host slices that launched something, each with one piece of work, in row order.
fn anchored_work(subject: &Subject<'_>) -> Vec<(Row, Row)> {
    let work = subject.device_work();
    let launched = work.par_iter().flat_map(|work| work.activities.par_iter().zip(&work.launched_by));
    let mut found: Vec<(Row, Row)> =
        launched.filter_map(|(activity, launcher)| Some(((*launcher)?, activity.row))).collect();
    found.par_sort_unstable();
    found
}

/// Finds the slices around others that are asked for in row order: within a lane starts only grow, so that a
/// position in each lane above moves only forward.
#[derive(Default)]
struct Ancestors {
    place: Option<(TrackId, u32)>,
    positions: Vec<u32>,
}

impl Ancestors {
    fn of(&mut self, store: &Store, row: Row, visit: &mut dyn FnMut(Row)) {
        let Ok((track, lane)) = store.place_of(row) else { return };
        let (start, end) = (store.starts()[row as usize], store.end_ns(row));
        if self.place != Some((track, lane)) {
            self.place = Some((track, lane));
            self.positions = positions_at(store, track, lane, start);
        }
        let above = store.lanes_of(track).iter().zip(&mut self.positions).rev();
        for (lane, position) in above {
            if let Some(candidate) = advance(store, *lane, position, start)
                && store.end_ns(candidate) >= end
            {
                visit(candidate);
            }
        }
    }
}

/// How many slices of each lane above another one start at or before a time.
fn positions_at(store: &Store, track: TrackId, lane: u32, start_ns: i64) -> Vec<u32> {
    let begun = |lane: &LaneRows| {
        let starts = &store.starts()[lane.first as usize..(lane.first + lane.count) as usize];
        u32::try_from(starts.partition_point(|start| *start <= start_ns)).unwrap_or(lane.count)
    };
    store.lanes_of(track).iter().take(lane as usize).map(begun).collect()
}

/// The last slice of a lane that starts at or before a time; `position` counts those that do.
fn advance(store: &Store, lane: LaneRows, position: &mut u32, start_ns: i64) -> Option<Row> {
    while *position < lane.count && store.starts()[(lane.first + *position) as usize] <= start_ns {
        *position += 1;
    }
    Some(lane.first + position.checked_sub(1)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_the_work_of_one_host_slice_together_and_lose_none() {
        let anchored = [(1, 10), (1, 11), (1, 12), (2, 13), (3, 14), (3, 15)];
        for least in 1..8 {
            let parts = parts_of(&anchored, least);
            assert_eq!(parts.concat(), anchored);
            assert!(parts.windows(2).all(|pair| pair[0].last().unwrap().0 < pair[1][0].0));
        }
        assert_eq!(parts_of(&anchored, 2).iter().map(|part| part.len()).collect::<Vec<_>>(), [3, 3]);
        assert_eq!(parts_of(&[], 2).concat(), []);
    }
}
