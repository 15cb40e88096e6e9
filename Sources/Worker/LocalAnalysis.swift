public import Analyzers
public import Cryptography
public import Platform
public import Registry
public import Screening
import VerdictStore

/// Analyses files of this machine as a worker would, without a gateway: the same engine in the same confined child.
///
/// Nothing is signed and nothing is kept. What a registry would say is not known here, so an artifact is compared with
/// what it says of itself, unless the caller knows better.
public final class LocalAnalysis: Sendable {
    /// What is known of a file before it is opened.
    public struct Input: Sendable {
        public let file: OpenFile
        /// The name that tells the kind, such as `box-1.0.0.tgz`; without folders.
        public let filename: String
        /// Nil leaves it to the content.
        public let ecosystem: Ecosystem?
        /// What a registry would list it as; nil leaves it to the content.
        public let purl: PackageURL?

        public init(file: OpenFile, filename: String, ecosystem: Ecosystem? = nil, purl: PackageURL? = nil) {
            self.file = file
            self.filename = filename
            self.ecosystem = ecosystem
            self.purl = purl
        }
    }

    /// What was found out about a file that could be analysed.
    public struct Outcome: Sendable {
        public let digests: ComputedDigests
        public let identity: ArtifactIdentity
        public let report: AnalysisReport
    }

    /// What a comparison of two files says.
    public struct Comparison: Sendable {
        public let digests: ComputedDigests
        public let baseDigests: ComputedDigests
        public let increment: IncrementReport
        /// What the `diff` analyzer would say if the older file were its verified base, and nothing were known of both
        /// besides their bytes.
        public let verdict: IncrementVerdict
    }

    /// Why nothing is known of a file.
    public enum Failure: Error, Sendable {
        case unreadable(FileError)
        case notAnalysed(AnalysisFailure)

        /// A word for programs, such as `unreadable` or `time`.
        public var word: String {
            switch self {
            case .unreadable: "unreadable"
            case .notAnalysed(let failure): failure.cause.rawValue
            }
        }

        /// A sentence for people; never text from a package.
        public var detail: String {
            switch self {
            case .unreadable(let error): "\(error)"
            case .notAnalysed(let failure): failure.detail
            }
        }
    }

    private let runner: AnalysisRunner
    private let pool: BlockingPool
    private let limits: AnalysisLimits
    private let childLimits: ChildLimits
    private let sandbox: WorkerConfiguration.SandboxRequirement
    private let rules: UserRules?
    private let ruleset: SHA256Digest

    /// - Parameters:
    ///   - executablePath: the executable that is started for each file, with `analysis-child` as its first argument.
    ///   - concurrent: how many files are analysed at once, at least one.
    ///   - rules: the operator's own beside the built-in ones.
    public init(
        executablePath: String, concurrent: Int, sandbox: WorkerConfiguration.SandboxRequirement = .required,
        limits: AnalysisLimits = .standard, childLimits: ChildLimits = ChildLimits(), rules: UserRules? = nil
    ) {
        pool = BlockingPool(name: "scan", threads: max(concurrent, 1))
        runner = AnalysisRunner(
            executable: executablePath, arguments: [ChildChannel.argument], limits: childLimits,
            start: .copies(ChildStart.usualCopies),
            pool: pool)
        self.limits = limits
        self.childLimits = childLimits
        self.sandbox = sandbox
        self.rules = rules
        ruleset = StaticAnalyzer.rulesetDigest(with: rules?.digest)
    }

    /// Analyses one file; waits for its turn when `concurrent` others are under way. Cancelling the task kills its child.
    public func analyze(_ input: Input) async -> Result<Outcome, Failure> {
        let digests: ComputedDigests
        do throws(FileError) { digests = try await self.digests(of: input) } catch {
            return .failure(.unreadable(error))
        }
        let order = order(for: input)
        return await runner.answer(to: order, on: input.file, rules: rules).map { answer in
            let known = ArtifactIdentity(ecosystem: order.context.ecosystem, purl: input.purl)
            return Outcome(digests: digests, identity: answer.identity ?? known, report: answer.report)
        }.mapError(Failure.notAnalysed)
    }

    /// Compares one file with an older one of the same package; otherwise as `analyze`.
    ///
    /// What is known of the new file's identity is taken to be known of both.
    ///
    /// - Parameter extent: how much of the difference itself is in the answer.
    public func compare(
        _ new: Input, with base: Input, thresholds: DiffThresholds = .standard,
        showing extent: ShownDifference.Extent = .nothing
    ) async -> Result<Comparison, Failure> {
        let (digests, baseDigests): (ComputedDigests, ComputedDigests)
        do throws(FileError) {
            (digests, baseDigests) = (try await self.digests(of: new), try await self.digests(of: base))
        } catch {
            return .failure(.unreadable(error))
        }
        let analysis = order(for: new).holding(base.file.sizeBytes)
        let order = IncrementOrder(
            analysis, base: order(for: base).context, thresholds: thresholds, showing: extent)
        return await runner.increment(for: order, on: new.file, base: base.file, rules: rules).map { increment in
            // No log says anything of a file here.
            let nothing = StatementID(digest: SHA256Digest(hashing: []))
            let stated = IncrementBase(
                sha512: baseDigests.sha512, statement: nothing, anchorStatement: nothing, depth: 0)
            let verdict = IncrementVerdict(
                step: increment, cumulative: nil, history: nil, base: stated, thresholds: thresholds)
            return Comparison(
                digests: digests, baseDigests: baseDigests, increment: increment, verdict: verdict)
        }.mapError(Failure.notAnalysed)
    }

    private func digests(of input: Input) async throws(FileError) -> ComputedDigests {
        try await pool.run { () throws(FileError) in try VerifiedArtifactFile.digests(of: input.file) }
    }

    private func order(for input: Input) -> AnalysisOrder {
        let ecosystem = input.purl?.name.ecosystem ?? input.ecosystem
        let identification: ArtifactIdentification =
            input.purl != nil ? .nothing : ecosystem != nil ? .name : .everything
        return AnalysisOrder(
            context: ArtifactContext(
                ecosystem: ecosystem ?? .npm, purl: input.purl ?? Self.nameless(in: ecosystem ?? .npm),
                filename: input.filename),
            identification: identification, limits: limits, ruleset: ruleset,
            memoryBytes: childLimits.memoryBytes + input.file.sizeBytes, allowsDegradedSandbox: sandbox == .degraded)
    }

    /// What stands in an order for a name that only the artifact knows; the child puts that in its place.
    private static func nameless(in ecosystem: Ecosystem) -> PackageURL {
        do throws(NameError) {
            return PackageURL(try PackageName(parsing: "unnamed", ecosystem: ecosystem))
        } catch {
            preconditionFailure("a word of small letters is a name everywhere: \(error)")
        }
    }
}
