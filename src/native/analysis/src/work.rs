// SPDX-License-Identifier: Apache-2.0
//! The work of each device with the times of its launch calls: what most questions about devices begin with.

use iterscope_model::{CategoryRole, KindClass, Row};
use iterscope_store::Store;

use crate::attribution::Launches;
use crate::composition::{ClassTimeline, Composition};
use crate::devices::{Activity, activities};
use crate::idle::{IdleCauses, IdleTimeline};
use crate::spans::Span;

/// All work of one device.
#[derive(Debug)]
pub struct DeviceWork {
    pub device: u32,
    /// Sorted by start.
    pub activities: Vec<Activity>,
    /// Start of the launch call of each, else of the operator with the same external id.
    pub launched_at: Vec<Option<i64>>,
}

/// Work of all devices, by device.
pub fn device_work(store: &Store) -> Vec<DeviceWork> {
    let mut launches = Launches::of(store);
    activities(store)
        .chunk_by(|a, b| a.device == b.device)
        .map(|work| DeviceWork {
            device: work[0].device,
            activities: work.to_vec(),
            launched_at: work.iter().map(|activity| launches.launched_at(activity)).collect(),
        })
        .collect()
}

/// How a device spent its time, for any number of windows.
pub struct DeviceTime {
    classes: ClassTimeline,
    communication: ClassTimeline,
    idle: IdleTimeline,
}

impl DeviceTime {
    /// `without_work` are the host windows in which nothing was scheduled.
    pub fn of(store: &Store, work: &DeviceWork, without_work: Vec<Span>) -> Self {
        let spans = || {
            work.activities.iter().map(|activity| {
                let class = activity.class(store);
                // A kernel of no class still keeps the device from being idle.
                (activity.span, if class == KindClass::None { KindClass::Compute } else { class })
            })
        };
        Self {
            classes: ClassTimeline::of(spans()),
            communication: ClassTimeline::of(spans().filter(|(_, class)| *class == KindClass::Communication)),
            idle: IdleTimeline::of(&work.activities, &work.launched_at, without_work),
        }
    }

    pub fn composition(&self, window: Span) -> Composition {
        self.classes.within(window)
    }

    /// Time with communication, whatever runs beside it; what no computing hides is in the composition.
    pub fn communication_ns(&self, window: Span) -> i64 {
        self.communication.within(window).communication_ns
    }

    pub fn idle(&self, window: Span) -> IdleCauses {
        self.idle.within(window)
    }

    pub fn gaps(&self) -> &IdleTimeline {
        &self.idle
    }
}

/// From the start of a launch call to the start of the first activity that it launched, in time order of the
/// calls: kernels of one graph launch count once. Copies and sets count as kernels do.
pub fn launch_delays(store: &Store, work: &[DeviceWork]) -> Vec<(Row, i64)> {
    let mut launches = Launches::of(store);
    let mut delays: Vec<(Row, i64)> = work
        .iter()
        .flat_map(|work| &work.activities)
        .filter_map(|activity| {
            let call = launches.call_of_any(activity.row)?;
            Some((call, activity.span.0 - store.starts()[call as usize]))
        })
        .collect();
    delays.sort_unstable();
    delays.dedup_by_key(|(call, _)| *call);
    delays.sort_unstable_by_key(|(call, _)| store.starts()[*call as usize]);
    delays
}

/// Whether an activity is a kernel, not a copy or set.
pub fn is_kernel(activity: &Activity) -> bool {
    activity.role == CategoryRole::Kernel
}
