import CLinux

/// What the kernel lets a child use. Nil leaves a limit as the parent has it.
public struct ResourceLimits: Sendable, Equatable {
    /// The whole address space: code, heap, stacks and mappings. Beyond it allocations fail.
    public var addressSpaceBytes: Int64?
    /// Processor time over all threads. At the limit the child is ended by `SIGXCPU`.
    public var cpuSeconds: Int64?
    /// The size that a file can grow to by writing. Beyond it the child is ended by `SIGXFSZ`.
    public var fileSizeBytes: Int64?
    /// One more than the highest descriptor number. The dynamic linker needs a few.
    public var openFiles: Int64?
    /// The size of a core file. Zero: memory of a crashed child, which holds hostile bytes, is not written anywhere.
    public var coreBytes: Int64?
    /// Processes and threads of the user. The kernel does not apply it to root.
    public var processes: Int64?

    public init(
        addressSpaceBytes: Int64? = nil, cpuSeconds: Int64? = nil, fileSizeBytes: Int64? = nil,
        openFiles: Int64? = nil, coreBytes: Int64? = 0, processes: Int64? = nil
    ) {
        self.addressSpaceBytes = addressSpaceBytes
        self.cpuSeconds = cpuSeconds
        self.fileSizeBytes = fileSizeBytes
        self.openFiles = openFiles
        self.coreBytes = coreBytes
        self.processes = processes
    }

    /// The limits as the kernel takes them. Negative values count as zero.
    var kernelLimits: [jurat_spawn_limit] {
        let hardLimits = [
            (jurat_limit_address_space, addressSpaceBytes), (jurat_limit_file_size, fileSizeBytes),
            (jurat_limit_open_files, openFiles), (jurat_limit_core, coreBytes), (jurat_limit_processes, processes),
        ]
        var limits = hardLimits.compactMap { resource, value in
            value.map { value in
                let bound = UInt(max(0, value))
                return jurat_spawn_limit(resource: Int32(resource), soft: bound, hard: bound)
            }
        }
        if let cpuSeconds {
            // The second between the two is for the signal that says why.
            let soft = UInt(max(0, cpuSeconds))
            let hard = soft == .max ? soft : soft + 1
            limits.append(jurat_spawn_limit(resource: Int32(jurat_limit_cpu), soft: soft, hard: hard))
        }
        return limits
    }
}
