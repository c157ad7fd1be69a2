// SPDX-License-Identifier: Apache-2.0
//! What an event category of a trace stands for, whatever its producer calls it.

/// The part that a category plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CategoryRole {
    /// Kernels on a device.
    Kernel,
    /// Memory copies on a device.
    DeviceCopy,
    /// Memory sets on a device.
    DeviceSet,
    /// Whole graphs on a device, recorded as one activity each.
    DeviceGraph,
    /// Ranges mirrored onto a device's rows.
    DeviceRange,
    /// Synchronisations, shown on the rows of the streams that they wait for: nothing runs for them.
    DeviceSync,
    /// Calls into a GPU runtime or driver.
    HostApi,
    /// Framework operators.
    Operator,
    /// Ranges that the program named.
    HostRange,
    /// Python functions.
    Python,
    /// The profiler's own work.
    Overhead,
    /// Anything else; kept as it is.
    Other,
}

impl CategoryRole {
    /// The role of a category by its name in the trace.
    #[must_use]
    pub fn of(category: &str) -> Self {
        match category {
            "kernel" | "concurrent_kernel" => Self::Kernel,
            "gpu_memcpy" => Self::DeviceCopy,
            "gpu_memset" => Self::DeviceSet,
            "cuda_graph" => Self::DeviceGraph,
            "gpu_user_annotation" => Self::DeviceRange,
            "cuda_sync" => Self::DeviceSync,
            "cuda_runtime"
            | "cuda_driver"
            | "hip_runtime"
            | "hip_driver"
            | "privateuse1_runtime"
            | "privateuse1_driver"
            | "xpu_runtime"
            | "mtia_runtime" => Self::HostApi,
            "cpu_op" => Self::Operator,
            "user_annotation" | "nvtx" => Self::HostRange,
            "python_function" => Self::Python,
            "overhead" | "profiler_overhead" => Self::Overhead,
            _ => Self::Other,
        }
    }

    /// Whether such a slice is work of a device: kernel, copy, set or graph.
    #[must_use]
    pub const fn is_device_work(self) -> bool {
        matches!(self, Self::Kernel | Self::DeviceCopy | Self::DeviceSet | Self::DeviceGraph)
    }

    /// Whether such a slice lies on a device's rows.
    #[must_use]
    pub const fn is_on_device(self) -> bool {
        self.is_device_work() || matches!(self, Self::DeviceRange | Self::DeviceSync)
    }
}
