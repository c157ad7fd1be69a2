// SPDX-License-Identifier: Apache-2.0
//! Operators and the device work that they launched. Work belongs to the operators around its launch call on
//! the call's thread; without a call, to the operator with the same external id and those around it. It is
//! an operator's own when no other operator lies between.

use iterscope_model::{Kind, LaneRows, NO_ID, NameId, Result, Row, TrackId};
use iterscope_store::Store;
use rustc_hash::FxHashMap;

use crate::attribution::Launches;
use crate::devices::{activities, roles};
use crate::distribution::Distribution;
use crate::groups::{Group, GroupBy, group_rows};
use crate::selection::{Chosen, Layer, Selection, Subject};
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

#[derive(Default)]
struct Launched {
    count: u64,
    total_ns: i64,
    own_ns: i64,
}

/// Operators (or ranges, by the selection's layer) by name with what they launched, the most work first.
///
/// # Errors
/// `query.out-of-range` when the selection names iterations that the trace does not have.
pub fn operators(subject: &Subject<'_>, selection: &Selection) -> Result<Vec<OperatorStat>> {
    let store = subject.store;
    let chosen = selection.choose(subject)?;
    let mut launched: FxHashMap<(NameId, u8), Launched> = FxHashMap::default();
    let is_chosen = membership(store, &chosen);
    for_each_stack(store, selection.layer, &mut |stack, works| {
        let count = works.len() as u64;
        let total_ns: i64 = sum_ns(works.iter().map(|work| store.dur_ns(*work)));
        let mut seen: Vec<(NameId, u8)> = Vec::with_capacity(stack.len());
        for (depth, row) in stack.iter().enumerate().filter(|(_, row)| is_chosen[**row as usize]) {
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
    });
    Ok(stats(store, &chosen, &launched))
}

fn stats(
    store: &Store,
    chosen: &[Chosen],
    launched: &FxHashMap<(NameId, u8), Launched>,
) -> Vec<OperatorStat> {
    let mut durations: FxHashMap<(NameId, u8), Vec<i64>> = FxHashMap::default();
    for slice in chosen {
        let row = slice.row as usize;
        durations
            .entry((store.name_ids()[row], store.kinds()[row]))
            .or_default()
            .push(store.dur_ns(slice.row));
    }
    let none = Launched::default();
    let mut found: Vec<OperatorStat> = durations
        .into_iter()
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
        size(b).cmp(&size(a)).then_with(|| a.name.cmp(&b.name))
    });
    found
}

/// The device work launched inside of operators of one name, by its own name; each piece counts once.
///
/// # Errors
/// `query.out-of-range` when the selection names iterations that the trace does not have.
pub fn work_of_operator(subject: &Subject<'_>, selection: &Selection, name: &str) -> Result<Vec<Group>> {
    let store = subject.store;
    let mut chosen = selection.choose(subject)?;
    chosen.retain(|slice| store.text(store.name_ids()[slice.row as usize]) == Some(name));
    let is_chosen = membership(store, &chosen);
    let mut works: Vec<Chosen> = Vec::new();
    for_each_stack(store, selection.layer, &mut |stack, launched| {
        if stack.iter().any(|row| is_chosen[*row as usize]) {
            works.extend(launched.iter().map(|row| Chosen {
                row: *row,
                track: 0,
                inside_ns: store.dur_ns(*row),
            }));
        }
    });
    Ok(group_rows(store, &works, GroupBy::Name))
}

fn membership(store: &Store, chosen: &[Chosen]) -> Vec<bool> {
    let mut is_chosen = vec![false; store.slice_count()];
    for slice in chosen {
        is_chosen[slice.row as usize] = true;
    }
    is_chosen
}

/// Calls `visit` with the slices of the layer around each host slice that launched work (the innermost first)
/// and that work.
fn for_each_stack(store: &Store, layer: Layer, visit: &mut dyn FnMut(&[Row], &[Row])) {
    let roles = roles(store);
    let is_layer = |row: Row| layer.has(roles[usize::from(store.categories()[row as usize])]);
    let mut ancestors = Ancestors::default();
    let mut stack = Vec::new();
    for work in anchored_work(store).chunk_by(|a, b| a.0 == b.0) {
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
        visit(&stack, &rows);
    }
}

/// Host slices that launched something, each with one piece of work, in row order.
fn anchored_work(store: &Store) -> Vec<(Row, Row)> {
    let mut launches = Launches::of(store);
    let mut found: Vec<(Row, Row)> = activities(store)
        .iter()
        .filter_map(|activity| {
            let anchor = launches.call_of_any(activity.row).or_else(|| launches.operator_of(activity.row))?;
            Some((anchor, activity.row))
        })
        .collect();
    found.sort_unstable();
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
        if self.place != Some((track, lane)) {
            self.place = Some((track, lane));
            self.positions = vec![NO_ID; lane as usize];
        }
        let (start, end) = (store.starts()[row as usize], store.end_ns(row));
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

/// The last slice of a lane that starts at or before a time; `position` counts those that do.
fn advance(store: &Store, lane: LaneRows, position: &mut u32, start_ns: i64) -> Option<Row> {
    while *position < lane.count && store.starts()[(lane.first + *position) as usize] <= start_ns {
        *position += 1;
    }
    Some(lane.first + position.checked_sub(1)?)
}
