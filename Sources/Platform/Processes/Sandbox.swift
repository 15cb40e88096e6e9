import CLinux
import Glibc

/// One layer of the walls around hostile bytes. Each holds by itself; together they leave computing and the
/// descriptors that the process has.
public enum SandboxLayer: String, Sendable, CaseIterable {
    /// Nothing that this process does can gain privileges it does not have.
    case noNewPrivileges = "no-new-privileges"
    /// Other processes cannot read its memory, and a crash leaves no core file.
    case notInspectable = "not-inspectable"
    /// No access to any file, directory or TCP port by name.
    case landlock
    /// No system calls but those for memory, threads, the clock and open descriptors.
    case seccomp
}

/// Which layers hold, and why others do not.
public struct SandboxReport: Sendable, Equatable, CustomStringConvertible {
    /// A layer that does not hold.
    public struct Gap: Sendable, Equatable {
        public let layer: SandboxLayer
        public let reason: String

        public init(layer: SandboxLayer, reason: String) {
            self.layer = layer
            self.reason = reason
        }
    }

    /// The layers that hold, in the order of `SandboxLayer`.
    public let applied: [SandboxLayer]
    /// The layers that do not hold.
    public let gaps: [Gap]

    public init(applied: [SandboxLayer], gaps: [Gap]) {
        self.applied = applied
        self.gaps = gaps
    }

    /// Whether every layer holds. Otherwise the sandbox is degraded, which only the configuration may allow.
    public var isComplete: Bool { gaps.isEmpty }

    public var description: String {
        let held = applied.map(\.rawValue).joined(separator: ", ")
        let missing = gaps.map { "\($0.layer.rawValue) is missing (\($0.reason))" }.joined(separator: "; ")
        return isComplete ? held : "degraded: \(missing); applied: \(held.isEmpty ? "nothing" : held)"
    }
}

/// Shuts the calling process in before it opens what it was given.
public enum Sandbox {
    /// Applies every layer that the kernel has, for ever, to this process and what it starts.
    ///
    /// Call it on the main thread before any other thread exists (Landlock covers the calling thread and those that it
    /// starts later) and after everything that needs files: libraries, locale, rules, the artifact's descriptor.
    /// Afterwards, asking for the network, another program or another process's memory ends the process by `SIGSYS`, and
    /// every other request that computing does not need answers `EPERM`.
    public static func confine() -> SandboxReport {
        let isSingleThreaded = isSingleThreaded()
        var applied: [SandboxLayer] = []
        var gaps: [SandboxReport.Gap] = []
        for layer in SandboxLayer.allCases {
            if let reason = apply(layer) {
                gaps.append(SandboxReport.Gap(layer: layer, reason: reason))
            } else if layer == .landlock && !isSingleThreaded {
                gaps.append(SandboxReport.Gap(layer: layer, reason: "other threads were running and are not covered"))
            } else {
                applied.append(layer)
            }
        }
        return SandboxReport(applied: applied, gaps: gaps)
    }

    /// What `confine` would achieve on this kernel; changes nothing.
    public static func available() -> SandboxReport {
        let reasons: [(SandboxLayer, String?)] = [
            (.noNewPrivileges, nil), (.notInspectable, nil),
            (.landlock, jurat_landlock_version() > 0 ? nil : landlockMissing()),
            (.seccomp, reason(jurat_seccomp_available())),
        ]
        return SandboxReport(
            applied: reasons.compactMap { $0.1 == nil ? $0.0 : nil },
            gaps: reasons.compactMap { layer, reason in reason.map { SandboxReport.Gap(layer: layer, reason: $0) } })
    }

    /// The version of the kernel's Landlock; nil when it has none or has it switched off.
    public static var landlockVersion: Int? {
        let version = jurat_landlock_version()
        return version > 0 ? Int(version) : nil
    }

    /// Applies one layer; returns why it does not hold, or nil.
    static func apply(_ layer: SandboxLayer) -> String? {
        switch layer {
        case .noNewPrivileges: return reason(jurat_forbid_new_privileges())
        case .notInspectable: return reason(jurat_forbid_inspection())
        case .landlock:
            let version = jurat_landlock_version()
            return version > 0 ? reason(jurat_landlock_deny_all(version)) : landlockMissing()
        case .seccomp: return reason(jurat_seccomp_apply())
        }
    }

    private static func reason(_ code: Int32) -> String? {
        code == 0 ? nil : errorText(code)
    }

    private static func landlockMissing() -> String {
        switch currentErrorNumber() {
        case EOPNOTSUPP: "the kernel has Landlock switched off; add it to lsm= on its command line"
        case ENOSYS: "the kernel has no Landlock; it needs Linux 5.13 built with it"
        default: errorText(currentErrorNumber())
        }
    }

    /// Unknown counts as several: the report must not claim more than it knows.
    private static func isSingleThreaded() -> Bool {
        do throws(FileError) {
            return try Files.list("/proc/self/task").count == 1
        } catch {
            return false
        }
    }
}
