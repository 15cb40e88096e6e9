package import Analyzers
import Cryptography
package import Platform

/// The process that opens one artifact: it is there for it alone, confined, and ends with it.
public enum AnalysisChild {
    /// What a child does once it is confined, instead of an analysis; for tests of its walls.
    package typealias Behaviour = (AnalysisOrder, OpenFile, SequencedSocket) -> Int32

    /// Runs as a child of a worker and returns the exit code.
    ///
    /// Call it before any other thread exists: the sandbox covers only this thread, and copies have only this one. The
    /// supervisor's descriptors are those of `ChildChannel`.
    public static func main(arguments: [String]) -> Int32 { main(arguments: arguments, behaviour: nil) }

    package static func main(arguments: [String], behaviour: Behaviour?) -> Int32 {
        let userRules: UserRules?
        switch rules(named: arguments) {
        case .success(let rules): userRules = rules
        case .failure: return ChildChannel.foreignRules
        }
        let analyzer = StaticAnalyzer(rules: userRules)
        return StaticAnalyzer.withPreparedProcess {
            if arguments.contains(ChildChannel.templateArgument) {
                StaticAnalyzer.prepareTables()
                return serveCopies(ChildJob(analyzer: analyzer, behaviour: behaviour))
            }
            return ChildJob(analyzer: analyzer, behaviour: behaviour).run()
        }
    }

    /// The operator's rules that came with the process, by the digest that it was told; nil when there are none.
    private static func rules(named arguments: [String]) -> Result<UserRules?, UserRuleError> {
        guard let place = arguments.firstIndex(of: ChildChannel.rulesArgument), place + 1 < arguments.count else {
            return .success(nil)
        }
        do {
            let digest = try SHA256Digest(hex: arguments[place + 1])
            let file = try OpenFile(adopting: ChildChannel.rulesDescriptor, path: "rules")
            let compiled = try file.read(at: 0, count: Int(file.sizeBytes))
            return .success(try UserRules(compiled: compiled, digest: digest))
        } catch {
            return .failure(.damaged(reason: "\(error)"))
        }
    }

    /// Makes a copy of this process for every job that comes, one after the other, until the supervisor is gone.
    ///
    /// This process itself never sees a byte of an artifact.
    private static func serveCopies(_ job: ChildJob) -> Int32 {
        let control = SequencedSocket(adopting: ChildChannel.controlDescriptor)
        while let passed = control.receivePassed(maxBytes: CopyOrder.byteCount + 1) {
            guard let limits = CopyOrder(decoding: passed.message)?.limits else { return ChildChannel.brokenOrder }
            let copy: ProcessCopy
            do throws(SpawnError) {
                copy = try ProcessCopy.start {
                    guard OwnDescriptors.keepOnly([passed.first, passed.second]), limits.applyToThisProcess() else {
                        return ChildChannel.brokenOrder
                    }
                    return job.run()
                }
            } catch {
                return ChildChannel.noProcess
            }
            // Only the copy keeps the connection, so that its end is noticed.
            passed.close()
            let status = copy.wait()
            do throws(MessageError) {
                try control.send(CopyOrder.encode(status), timeout: .seconds(10))
            } catch {
                return 0
            }
        }
        return 0
    }
}

/// What a template is told about one job besides its descriptors: what the copy may use.
struct CopyOrder: Equatable {
    static let byteCount = 16

    let memoryBytes: Int64
    let processorSeconds: Int64

    init(memoryBytes: Int64, processorSeconds: Int64) {
        self.memoryBytes = memoryBytes
        self.processorSeconds = processorSeconds
    }

    var encoded: [UInt8] {
        [memoryBytes, processorSeconds].flatMap { value in
            (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
    }

    init?(decoding bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        let values = [bytes[..<8], bytes[8...]].map { $0.reduce(Int64(0)) { $0 << 8 | Int64($1) } }
        guard values[0] > 0, values[1] > 0 else { return nil }
        self.init(memoryBytes: values[0], processorSeconds: values[1])
    }

    var limits: ResourceLimits {
        // Processes: none besides itself, and no thread either.
        ResourceLimits(
            addressSpaceBytes: memoryBytes, cpuSeconds: processorSeconds, fileSizeBytes: 0,
            openFiles: ChildLimits.openFiles, coreBytes: 0, processes: 0)
    }

    /// How a copy ended, as a template reports it.
    static func encode(_ status: ExitStatus) -> [UInt8] {
        switch status {
        case .exited(let code): [0, UInt8(truncatingIfNeeded: code)]
        case .signalled(let signal): [1, UInt8(truncatingIfNeeded: signal)]
        }
    }

    static func status(decoding bytes: [UInt8]) -> ExitStatus? {
        guard bytes.count == 2 else { return nil }
        switch bytes[0] {
        case 0: return .exited(Int32(bytes[1]))
        case 1: return .signalled(Int32(bytes[1]))
        default: return nil
        }
    }
}
