import CLinux

/// Why a program could not be started.
public enum SpawnError: Error, Equatable, CustomStringConvertible {
    /// The request itself is wrong.
    case malformedRequest(executable: String, reason: String)
    /// The kernel refused a step; `code` is its error number.
    case refused(executable: String, step: Step, code: Int32)

    /// What was being done for the new process.
    public enum Step: Sendable, Equatable {
        case createProcess
        case tieToParent
        case dropPrivileges
        case changeDirectory
        case arrangeDescriptors
        case setLimits
        case execute
        case observe

        init(_ step: jurat_spawn_step) {
            self =
                switch step {
                case jurat_spawn_parent_gone: .tieToParent
                case jurat_spawn_privileges: .dropPrivileges
                case jurat_spawn_directory: .changeDirectory
                case jurat_spawn_descriptors: .arrangeDescriptors
                case jurat_spawn_limits: .setLimits
                case jurat_spawn_execute: .execute
                default: .createProcess
                }
        }

        var words: String {
            switch self {
            case .createProcess: "creating the process"
            case .tieToParent: "tying its life to ours"
            case .dropPrivileges: "refusing it new privileges"
            case .changeDirectory: "changing its directory"
            case .arrangeDescriptors: "arranging its descriptors"
            case .setLimits: "setting its limits"
            case .execute: "executing the program"
            case .observe: "observing the process"
            }
        }
    }

    public var description: String {
        switch self {
        case .malformedRequest(let executable, let reason):
            "cannot start \(Logger.printable(executable)): \(reason)"
        case .refused(let executable, let step, let code):
            "cannot start \(Logger.printable(executable)): \(step.words) failed: \(errorText(code))"
        }
    }
}
