// SPDX-License-Identifier: Apache-2.0
//! Where a record belongs: a stream of a device, or one section of a thread's activity.
//!
//! Nsight Systems packs hardware, virtual machine, process and thread into one number: 8, 8, 24 and 24 bits.

const THREAD_BITS: u32 = 24;
const THREAD_MASK: i64 = (1 << THREAD_BITS) - 1;

/// A part of what a thread does, with a track of its own; the order is that of display.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// An NVTX domain by its number in the process.
    Domain(i64),
    /// Python garbage collection.
    GarbageCollection,
    /// Calls into CUDA's runtime and driver.
    Api,
    /// Ranges of the table at this index: other libraries that were traced.
    Ranges(u16),
    /// Calls into the operating system.
    OsRuntime,
    /// When the thread was on a core.
    Scheduling,
    /// The profiler's own work.
    Overhead,
}

/// A track to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Work of a stream.
    Stream { process: i64, device: i64, context: i64, stream: i64 },
    /// Waits for a device's context.
    Waits { process: i64, device: i64, context: i64 },
    /// A section of a thread.
    Thread { thread: i64, section: Section },
}

impl Place {
    /// The packed number of the process.
    pub fn process(self) -> i64 {
        match self {
            Self::Stream { process, .. } | Self::Waits { process, .. } => process,
            Self::Thread { thread, .. } => process_of(thread),
        }
    }
}

/// The packed number of a thread's process.
pub fn process_of(global_tid: i64) -> i64 {
    global_tid & !THREAD_MASK
}

/// The process number of a packed process or thread.
pub fn pid_of(global: i64) -> i64 {
    (global >> THREAD_BITS) & THREAD_MASK
}

/// The thread number of a packed thread.
pub fn tid_of(global_tid: i64) -> i64 {
    global_tid & THREAD_MASK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_thread_gives_its_process_and_number() {
        let thread = 281_475_396_141_092;
        assert_eq!((pid_of(thread), tid_of(thread)), (25, 36));
        assert_eq!(process_of(thread), 281_475_396_141_056);
        assert_eq!(pid_of(process_of(thread)), 25);
    }
}
