public import Platform

/// Checks everything that a deployment has on disk: `jurat fsck`, and the oracle of the tests of backup and restore.
///
/// It reads only, so it is safe while a server runs; what changes meanwhile is not taken for damage. Blocks for as long
/// as reading everything takes.
public struct DeploymentCheck: Sendable {
    public typealias Progress = @Sendable (_ part: CheckPart, _ done: UInt64, _ of: UInt64) -> Void

    /// What a server leaves unfinished for longer than any download may take.
    static let leftoverAge = Duration.seconds(3600)

    let data: DataDirectory
    let cacheDirectory: String?
    let now: Timestamp
    /// Whether the bytes of artifacts are left alone: only their presence and size are looked at.
    let isQuick: Bool
    let progress: Progress

    /// - Parameters:
    ///   - cacheDirectory: nil leaves the cache unchecked.
    ///   - now: for telling what is left over from what is under way.
    public init(
        data: DataDirectory, cacheDirectory: String?, now: Timestamp, isQuick: Bool = false,
        progress: @escaping Progress = { _, _, _ in }
    ) {
        self.data = data
        self.cacheDirectory = cacheDirectory
        self.now = now
        self.isQuick = isQuick
        self.progress = progress
    }

    /// Checks one part. Whatever goes wrong is a finding: a check that cannot be made has not passed.
    public func check(_ part: CheckPart) -> CheckResult {
        switch part {
        case .log: checkLog()
        case .databases: checkDatabases()
        case .keys: checkKeys()
        case .artifacts: checkArtifacts()
        case .hosted: checkHosted()
        case .leftovers: checkLeftovers()
        }
    }

    /// Checks one part and puts right what is disposable: damaged cached artifacts, their index, and leftovers.
    ///
    /// The index and leftovers are touched only while no server runs, which this makes sure of.
    public func repair(_ part: CheckPart) -> CheckResult {
        let found = check(part)
        guard !found.findings.isEmpty else { return found }
        switch part {
        case .log, .databases, .keys, .hosted: return found
        case .artifacts, .leftovers: break
        }
        let lock = try? FileLock.acquire(data.lockPath)
        defer { withExtendedLifetime(lock) {} }
        let findings = found.findings.map { repaired($0, isAlone: lock != nil) }
        return CheckResult(part: part, summary: found.summary, findings: findings)
    }

    /// An artifact goes whoever runs: a server finds it gone and fetches it again. The rest needs to be ours alone.
    private func repaired(_ finding: CheckFinding, isAlone: Bool) -> CheckFinding {
        let isArtifact = finding.part == .artifacts && finding.place != artifactIndexPath
        guard finding.isDisposable, isAlone || isArtifact else { return finding }
        var finding = finding
        do throws(FileError) {
            try Files.remove(finding.place)
            finding.isRepaired = true
        } catch {
            finding.isRepaired = error.isNotFound
        }
        return finding
    }

    var artifactIndexPath: String? { cacheDirectory.map { $0 + "/artifacts/index.db" } }
}

/// Gathers findings about one part.
struct FindingList {
    let part: CheckPart
    private(set) var findings: [CheckFinding] = []

    init(_ part: CheckPart) {
        self.part = part
    }

    mutating func add(
        _ weight: CheckFinding.Weight, _ place: String, _ problem: String, advice: String, isDisposable: Bool = false
    ) {
        findings.append(
            CheckFinding(
                weight: weight, part: part, place: place, problem: problem, advice: advice, isDisposable: isDisposable))
    }

    /// What cannot be read has not passed.
    mutating func add(_ place: String, unreadable error: any Error) {
        add(.damage, place, "it cannot be checked: \(error)", advice: "make it readable for this user and check again")
    }

    func result(_ summary: String) -> CheckResult {
        CheckResult(part: part, summary: summary, findings: findings)
    }
}
