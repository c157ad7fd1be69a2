// SPDX-License-Identifier: Apache-2.0
//! The work of each device with the times of its launch calls: what most questions about devices begin with.

use iterscope_model::{CategoryRole, KindClass, Row};
use iterscope_store::Store;
use rayon::prelude::*;

use crate::attributed::window_holding;
use crate::attribution::Launchers;
use crate::composition::{ClassTimeline, Composition};
use crate::devices::{Activity, activities, roles};
use crate::idle::{IdleCauses, IdleTimeline};
use crate::spans::Span;

/// All work of one device.
#[derive(Debug)]
pub struct DeviceWork {
    pub device: u32,
    /// Sorted by start.
    pub activities: Vec<Activity>,
    /// The launch call of each, else the operator with the same external id.
    pub launched_by: Vec<Option<Row>>,
    /// Its start.
    pub launched_at: Vec<Option<i64>>,
}

/// Work of all devices, by device.
pub fn device_work(store: &Store) -> Vec<DeviceWork> {
    let mut launchers = Launchers::of(store);
    let start_of = |launcher: &Option<Row>| launcher.map(|row| store.starts()[row as usize]);
    activities(store)
        .into_iter()
        .map(|activities| {
            let launched_by = launchers.launched(&activities);
            let launched_at = launched_by.par_iter().map(start_of).collect();
            DeviceWork { device: activities[0].device, activities, launched_by, launched_at }
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
        let communicates = |(_, class): &(Span, KindClass)| *class == KindClass::Communication;
        let (classes, (communication, idle)) = rayon::join(
            || ClassTimeline::of(spans()),
            || {
                let idle = IdleTimeline::of(&work.activities, &work.launched_at, without_work);
                (ClassTimeline::of(spans().filter(communicates)), idle)
            },
        );
        Self { classes, communication, idle }
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

/// From the start of a launch call to the start of the first activity that it launched, of the calls of each host
/// window: kernels of one graph launch count once. Copies and sets count as kernels do.
pub fn launch_delays(store: &Store, work: &[DeviceWork], host_windows: &[Span]) -> Vec<Vec<i64>> {
    let is_call = call_test(store);
    let mut delays: Vec<Vec<(Row, i64)>> = vec![Vec::new(); host_windows.len()];
    for work in work {
        let launched = work.activities.iter().zip(&work.launched_by).zip(&work.launched_at);
        for ((activity, launcher), launched_at) in launched {
            let (Some(call), Some(time_ns)) = (launcher.filter(|row| is_call(*row)), *launched_at) else {
                continue;
            };
            if let Some(window) = window_holding(host_windows, time_ns) {
                delays[window].push((call, activity.span.0 - time_ns));
            }
        }
    }
    let first_of_each = |mut delays: Vec<(Row, i64)>| {
        delays.sort_unstable();
        delays.dedup_by_key(|(call, _)| *call);
        delays.into_iter().map(|(_, delay_ns)| delay_ns).collect()
    };
    delays.into_par_iter().map(first_of_each).collect()
}

/// Whether what launched an activity is a call, not an operator.
pub fn call_test(store: &Store) -> impl Fn(Row) -> bool + Sync + '_ {
    let roles = roles(store);
    move |row| roles[usize::from(store.categories()[row as usize])] == CategoryRole::HostApi
}

/// Whether an activity is a kernel, not a copy or set.
pub fn is_kernel(activity: &Activity) -> bool {
    activity.role == CategoryRole::Kernel
}
