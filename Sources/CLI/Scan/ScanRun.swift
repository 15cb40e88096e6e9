import Analyzers
import Configuration
import Platform
import Registry
import VerdictStore
import Worker

/// Analyses targets, several at once, and gives the results in their order.
struct ScanRun: Sendable {
    private let options: ScanOptions
    private let analysis: LocalAnalysis
    private let progress: ProgressLine
    /// Packing reads whole folders, which blocks.
    private let disk = BlockingPool(name: "packing", threads: 1)

    init(options: ScanOptions, executablePath: String, progress: ProgressLine) {
        self.options = options
        self.progress = progress
        var limits = AnalysisLimits.standard
        limits.seconds = options.allowance.seconds
        analysis = LocalAnalysis(
            executablePath: executablePath, concurrent: options.jobs,
            sandbox: options.sandbox == .required ? .required : .degraded, limits: limits,
            childLimits: ChildLimits(options.allowance), rules: options.rules)
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
        switch target.contents {
        case .unreadable(let reason): return (unavailable(target, "unreadable", reason), [])
        case .tooDeep: return (unavailable(target, "limit", "it lies deeper than folders are searched"), [])
        case .file:
            let file: OpenFile
            do throws(FileError) { file = try OpenFile.openForReading(target.path) } catch {
                return (unavailable(target, "unreadable", "\(error)"), [])
            }
            let input = LocalAnalysis.Input(
                file: file, filename: target.filename, ecosystem: options.ecosystem, purl: options.purl)
            return (await analyse(input, target), [])
        case .folder(let form):
            do throws(FolderFault) {
                let packed = try await disk.run { () throws(FolderFault) in
                    var packing = FolderPacking(target.path, as: form)
                    return try packing.pack()
                }
                let input = LocalAnalysis.Input(
                    file: packed.file, filename: packed.filename, ecosystem: packed.ecosystem, purl: options.purl)
                return (await analyse(input, target, prefix: packed.prefix), packed.notes)
            } catch {
                return (unavailable(target, error.isLimit ? "limit" : "unreadable", "\(error)"), [])
            }
        }
    }

    private func analyse(_ input: LocalAnalysis.Input, _ target: ScanTarget, prefix: String = "") async -> ScanResult {
        switch await analysis.analyze(input) {
        case .success(let outcome):
            let artifact = ScannedArtifact(outcome, prefix: prefix, least: options.least)
            return ScanResult(
                input: target.path, isFolder: target.contents != .file,
                outcome: .analysed(
                    options.advisories.map { artifact.judged(by: $0, least: options.least) } ?? artifact))
        case .failure(let failure): return unavailable(target, failure.word, failure.detail)
        }
    }

    private func unavailable(_ target: ScanTarget, _ cause: String, _ detail: String) -> ScanResult {
        ScanResult(
            input: target.path, isFolder: target.contents != .file,
            outcome: .unavailable(cause: cause, detail: detail))
    }
}
