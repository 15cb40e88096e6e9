import Analyzers
import Cryptography
import Platform

/// How analysis children come into being. Either way each has one artifact and no other.
public enum ChildStart: Sendable, Equatable {
    /// The executable is started for every artifact.
    case fresh
    /// The executable is started once as a template, which prepares what every analysis needs and then copies itself for
    /// each of so many artifacts, one after the other. It never sees their bytes.
    case copies(Int)

    /// So many that preparing costs next to nothing for each, and so few that what a template leaks never matters.
    public static let usualCopies = 64
}

/// A child that works, as its supervisor sees it.
struct RunningChild {
    /// Our end of the connection to it.
    let socket: SequencedSocket
    let origin: Origin

    enum Origin {
        case fresh(FreshChild)
        case template(AnalysisTemplate)
    }

    /// What ends it.
    var killer: ChildKiller {
        switch origin {
        case .fresh(let child): child.process.killer
        case .template(let template): template.killer
        }
    }

    /// How it ended; nil when it did not within `duration`, or when nobody can tell any more.
    func status(within duration: Duration) -> ExitStatus? {
        switch origin {
        case .fresh(let child): child.process.status(within: duration)
        case .template(let template): template.status(within: duration)
        }
    }
}

final class FreshChild: Sendable {
    let process: ChildProcess

    init(_ process: consuming ChildProcess) { self.process = process }
}

/// A process that makes copies of itself for analyses. Used by one analysis at a time; dropping it ends it.
final class AnalysisTemplate: Sendable {
    /// The operator's rules that it has.
    let rules: SHA256Digest?
    private let process: ChildProcess
    private let control: SequencedSocket
    private let jobs = Lock(0)

    init(process: consuming ChildProcess, control: SequencedSocket, rules: SHA256Digest?) {
        self.process = process
        self.control = control
        self.rules = rules
    }

    /// How many copies it was asked for.
    var jobCount: Int { jobs.withLock { $0 } }

    /// Ends it and its copy: they are one process group, which a confined process cannot leave.
    var killer: ChildKiller { process.groupKiller }

    /// Asks for a copy that works on an artifact and talks on a connection.
    func begin(_ order: CopyOrder, artifact: OpenFile, socket: SequencedSocket) throws(MessageError) {
        jobs.withLock { $0 += 1 }
        try control.send(order.encoded, passing: artifact.descriptor, socket.descriptor)
    }

    /// How the copy ended, as far as the template can tell within `duration`.
    func status(within duration: Duration) -> ExitStatus? {
        guard let message = try? control.receive(maxBytes: 16, timeout: duration) else { return nil }
        return CopyOrder.status(decoding: message)
    }
}

/// Starts children, and keeps templates between them.
final class ChildStarter: Sendable {
    private let executable: String
    private let arguments: [String]
    private let limits: ChildLimits
    private let start: ChildStart
    private let idle = Lock<[AnalysisTemplate]>([])
    private let rulesFile = Lock<(digest: SHA256Digest, file: OpenFile)?>(nil)

    init(executable: String, arguments: [String], limits: ChildLimits, start: ChildStart) {
        self.executable = executable
        self.arguments = arguments
        self.limits = limits
        self.start = start
    }

    /// Starts a child for one artifact. On return our copy of its end is closed, so that its end is noticed.
    func child(for artifact: OpenFile, memoryBytes: Int64, rules: UserRules?) throws -> RunningChild {
        let pair = try SequencedSocketPair()
        switch start {
        case .fresh:
            let process = try spawn(
                arguments, rules: rules,
                inheriting: [
                    (descriptor: artifact.descriptor, as: ChildChannel.artifactDescriptor),
                    (descriptor: pair.child.descriptor, as: ChildChannel.socketDescriptor),
                ],
                limits: ResourceLimits(
                    addressSpaceBytes: memoryBytes, cpuSeconds: limits.processorSeconds, fileSizeBytes: 0,
                    openFiles: ChildLimits.openFiles, coreBytes: 0, processes: 0))
            return RunningChild(socket: pair.parent, origin: .fresh(FreshChild(process)))
        case .copies:
            let template = try template(with: rules)
            let order = CopyOrder(memoryBytes: memoryBytes, processorSeconds: limits.processorSeconds)
            try template.begin(order, artifact: artifact, socket: pair.child)
            return RunningChild(socket: pair.parent, origin: .template(template))
        }
    }

    /// Takes back what a child came from, once it is known how the child ended.
    func giveBack(_ child: RunningChild) {
        guard case .template(let template) = child.origin, case .copies(let most) = start, template.jobCount < most
        else { return }
        idle.withLock { $0.append(template) }
    }

    private func template(with rules: UserRules?) throws -> AnalysisTemplate {
        let waiting = idle.withLock { idle in
            // Templates with other rules have served their time.
            idle.removeAll { $0.rules != rules?.digest }
            return idle.popLast()
        }
        if let waiting { return waiting }
        let control = try SequencedSocketPair()
        let process = try spawn(
            arguments + [ChildChannel.templateArgument], rules: rules,
            inheriting: [(descriptor: control.child.descriptor, as: ChildChannel.controlDescriptor)],
            limits: ResourceLimits(fileSizeBytes: 0, openFiles: ChildLimits.templateOpenFiles, coreBytes: 0))
        return AnalysisTemplate(process: process, control: control.parent, rules: rules?.digest)
    }

    private func spawn(
        _ arguments: [String], rules: UserRules?, inheriting: [(descriptor: Int32, as: Int32)], limits: ResourceLimits
    ) throws -> ChildProcess {
        var (arguments, inheriting) = (arguments, inheriting)
        let file = try rules.map(file(of:))
        if let rules, let file {
            arguments += [ChildChannel.rulesArgument, rules.digest.hex]
            inheriting.append((descriptor: file.descriptor, as: ChildChannel.rulesDescriptor))
        }
        let process = try ChildProcess.spawn(
            executable: executable, arguments: arguments, environment: [], inheriting: inheriting, limits: limits,
            diesWithParent: true)
        withExtendedLifetime(file) {}
        return process
    }

    /// The compiled rules as a file that nobody can change, made once for each set.
    private func file(of rules: UserRules) throws -> OpenFile {
        if let kept = rulesFile.withLock({ $0 }), kept.digest == rules.digest { return kept.file }
        var memory = try MemoryFile(name: "rules")
        try memory.append(rules.compiled)
        let file = try memory.sealed()
        rulesFile.withLock { $0 = (rules.digest, file) }
        return file
    }
}
