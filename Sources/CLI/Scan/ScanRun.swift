import Analyzers
import Configuration
import Cryptography
import Platform
import Registry
import Worker

/// Analyses targets, several at once, and gives the results in their order.
struct ScanRun: Sendable {
    private let options: ScanOptions
    /// What the one target is compared with; nil to judge each by itself.
    private let base: ScanTarget?
    private let analysis: LocalAnalysis
    private let progress: ProgressLine
    /// Packing reads whole folders, which blocks.
    private let disk = BlockingPool(name: "packing", threads: 1)

    init(options: ScanOptions, base: ScanTarget? = nil, executablePath: String, progress: ProgressLine) {
        self.options = options
        self.base = base
        self.progress = progress
        analysis = LocalAnalysis(
            executablePath: executablePath, jobs: options.jobs, allowance: options.allowance,
            isSandboxRequired: options.sandbox == .required, rules: options.rules)
    }

    /// The results in the order of the targets, and what people should know besides.
    func results(of targets: [ScanTarget]) async -> (results: [ScanResult], notes: [String]) {
        defer { progress.finish() }
        var found: [Int: (result: ScanResult, notes: [String])] = [:]
        await withTaskGroup(of: (Int, ScanResult, [String]).self) { group in
            var next = 0
            func start() {
                guard next < targets.count else { return }
                let (position, target) = (next, targets[next])
                next += 1
                group.addTask {
                    let (result, notes) = await self.result(of: target)
                    return (position, result, notes)
                }
            }
            for _ in 0..<options.jobs { start() }
            while let (position, result, notes) = await group.next() {
                found[position] = (result, notes)
                show(found.count, of: targets.count)
                start()
            }
        }
        let ordered = targets.indices.compactMap { found[$0] }
        return (ordered.map(\.result), ordered.flatMap(\.notes))
    }

    private func show(_ done: Int, of all: Int) {
        guard all > 1 else { return }
        progress.show(part: Int64(done), of: Int64(all)) { "\(done) of \(all) artifacts analysed" }
    }

    private func result(of target: ScanTarget) async -> (ScanResult, [String]) {
        do throws(OpenedTarget.Fault) {
            let opened = try await OpenedTarget(
                target, ecosystem: options.ecosystem, purl: options.purl, on: disk)
            var notes = opened.notes
            var artifact = try await analyse(opened)
            if let base {
                let older = try await OpenedTarget(base, ecosystem: options.ecosystem, on: disk)
                notes += older.notes
                artifact = try await compare(opened, with: older, as: artifact)
            }
            let judged = options.advisories.map { artifact.judged(by: $0, least: options.least) } ?? artifact
            return (result(target, .analysed(judged)), notes)
        } catch {
            return (result(target, .unavailable(cause: error.cause, detail: error.detail)), [])
        }
    }

    private func analyse(_ opened: OpenedTarget) async throws(OpenedTarget.Fault) -> ScannedArtifact {
        switch await analysis.analyze(opened.input) {
        case .success(let outcome): return ScannedArtifact(outcome, in: opened, least: options.least)
        case .failure(let failure): throw OpenedTarget.Fault(cause: failure.word, detail: failure.detail)
        }
    }

    private func compare(
        _ opened: OpenedTarget, with older: OpenedTarget, as artifact: ScannedArtifact
    ) async throws(OpenedTarget.Fault) -> ScannedArtifact {
        switch await analysis.compare(opened.input, with: older.input) {
        case .success(let comparison):
            return ScannedArtifact(
                comparison.verdict.report, purl: artifact.purl, sha512: comparison.digests.sha512, in: opened,
                least: options.least)
        case .failure(let failure):
            throw OpenedTarget.Fault(cause: failure.word, detail: "compared with the older one: \(failure.detail)")
        }
    }

    private func result(_ target: ScanTarget, _ outcome: ScanResult.Outcome) -> ScanResult {
        ScanResult(
            input: target.path, isFolder: target.contents != .file, outcome: outcome, against: base?.path)
    }
}
