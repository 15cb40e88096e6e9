import CLinux
import Glibc

/// What a confined process must not be able to do, tried in earnest: the proof that the walls stand.
///
/// Every attempt is harmless where it goes through.
public enum SandboxAttempt: String, CaseIterable, Sendable {
    case readFile = "read a file"
    case writeFile = "create a file"
    case listFolder = "list a folder"
    case networkSocket = "open a network socket"
    case localSocket = "open a local socket"
    case execute = "run a program"
    case copyItself = "start another process"
    case trace = "trace its parent"
    case readMemory = "read its parent's memory"
    case signal = "signal its parent"
    case signalByDescriptor = "have a descriptor signal its parent"
    case executableMemory = "make memory executable"
    case ring = "use io_uring"
    case kernelProgram = "load a kernel program"
    case faultHandling = "handle page faults"
    case keyring = "read the keyring"
    case namespaces = "make namespaces"
    case limits = "raise its limits"

    /// Tries it in the calling process.
    ///
    /// - Returns: the error number that refused it, 0 when it went through. Some attempts end a confined process instead.
    public func perform() -> Int32 {
        let parent = getppid()
        return switch self {
        case .readFile: unsafe jurat_attempt_open("/etc/passwd", O_RDONLY)
        case .writeFile: createFile()
        case .listFolder: unsafe jurat_attempt_open("/", O_RDONLY | Int32(O_DIRECTORY))
        case .networkSocket: jurat_attempt_socket(AF_INET)
        case .localSocket: jurat_attempt_socket(AF_UNIX)
        case .execute: jurat_attempt_execute()
        case .copyItself: jurat_attempt_fork()
        case .trace: jurat_attempt_trace(parent)
        case .readMemory: jurat_attempt_read_memory(parent)
        case .signal: jurat_attempt_signal(parent)
        case .signalByDescriptor: jurat_attempt_signal_by_descriptor(0, parent)
        case .executableMemory: jurat_attempt_executable_memory()
        case .ring: jurat_attempt_ring()
        case .kernelProgram: jurat_attempt_kernel_program()
        case .faultHandling: jurat_attempt_fault_handling()
        case .keyring: jurat_attempt_keyring()
        case .namespaces: jurat_attempt_namespaces()
        case .limits: jurat_attempt_limits()
        }
    }

    private func createFile() -> Int32 {
        let path = "/tmp/.jurat-attempt-\(getpid())"
        let code = unsafe jurat_attempt_open(path, O_WRONLY | O_CREAT | O_EXCL)
        if code == 0 { _ = unsafe jurat_attempt_unlink(path) }
        return code
    }

    /// The short name and the sentence of an error number, such as `EACCES`.
    public static func name(ofError code: Int32) -> String {
        let names: [Int32: String] = [EPERM: "EPERM", EACCES: "EACCES", ENOSYS: "ENOSYS", ENOENT: "ENOENT"]
        return names[code] ?? "error \(code), \(errorText(code))"
    }
}
