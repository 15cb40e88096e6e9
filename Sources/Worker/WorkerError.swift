public import Cryptography
public import Platform
public import VerdictStore

/// Why a worker cannot start.
public enum WorkerError: Error, CustomStringConvertible {
    /// The key that verdicts are signed with cannot be used.
    case key(KeyFileError)
    /// The log, which says which keys are good, cannot be read.
    case log(LogError)
    /// The log ended the key: nothing that it signs counts any more.
    case keyEnded(KeyID)
    /// Neither a socket nor a URL of the gateway was given.
    case noServer
    /// The kernel lacks layers of the sandbox, and the configuration does not allow to go on without.
    case sandbox(SandboxReport)

    public var description: String {
        switch self {
        case .key(let error): "the worker has no key to sign verdicts with: \(error)"
        case .log(let error): "the worker cannot tell which verdict key is good: \(error)"
        case .keyEnded(let id):
            "the verdict key \(id.hex.prefix(16))… was retired or revoked, so this worker ends; give it the key that "
                + "follows (jurat key list), or end another one's use with jurat key rotate verdict"
        case .noServer: "the worker knows no gateway; give it the admin socket or the URL of one"
        case .sandbox(let report):
            "the kernel cannot confine analyses (\(report)); use a kernel that can, or set `sandbox: degraded`"
        }
    }
}
